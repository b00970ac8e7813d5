/** Why an engine did not answer. */
export type FailureKind =
  /** 429: too much asked at once, or for a while. */
  | 'rate-limited'
  /** 5xx, or no connection. */
  | 'down'
  | 'timed-out'
  /** The answer broke off, or was no JSON where JSON was promised. */
  | 'broken-answer'
  /** 400 and the like: this request is not taken, another engine may take it. */
  | 'refused'
  /** Key, address, model or account are not right: an operator has to act. */
  | 'misconfigured'
  /** Our own limit of calls at once is reached. */
  | 'busy'
  /** It failed several times in a row and is left alone for a while. */
  | 'resting';

// Not after a timeout: each retry would cost the caller the whole time once more.
const WORTH_A_RETRY: ReadonlySet<FailureKind> = new Set(['rate-limited', 'down', 'broken-answer']);
const SIGN_OF_TROUBLE: ReadonlySet<FailureKind> = new Set([...WORTH_A_RETRY, 'timed-out']);

/** A failure of an engine; the message says what happened in plain words and never holds text of the call. */
export class EngineFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly more: { readonly retryAfterMs?: number | undefined; readonly status?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'EngineFailure';
  }

  /** Asking the same engine again may help. */
  get isRetryable(): boolean {
    return WORTH_A_RETRY.has(this.kind);
  }

  /** Counts towards leaving the engine alone. */
  get isTrouble(): boolean {
    return SIGN_OF_TROUBLE.has(this.kind);
  }
}

const MAX_RETRY_AFTER_MS = 24 * 3600_000;

/** `Retry-After` in milliseconds: seconds or an HTTP date, `retry-after-ms` first; undefined when it says nothing sensible. */
export function retryAfterMs(headers: Readonly<Record<string, string>> | undefined, now: Date): number | undefined {
  const exact = Number(headers?.['retry-after-ms'] ?? Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return Math.min(exact, MAX_RETRY_AFTER_MS);
  const text = headers?.['retry-after']?.trim();
  if (!text) return undefined;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now.getTime();
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

/** The failure that an HTTP status stands for. */
export function failureOfStatus(status: number, body: string, more: { retryAfterMs?: number | undefined; cause?: unknown }): EngineFailure {
  const details = { ...more, status };
  // OpenAI answers 429 for an empty account as well, which no waiting refills.
  if (status === 429 && /insufficient_quota|billing/i.test(body))
    return new EngineFailure('misconfigured', 'its account has no credit left', details);
  if (status === 429) return new EngineFailure('rate-limited', 'it takes no more requests for now (429)', details);
  if (status === 401 || status === 403) return new EngineFailure('misconfigured', `it does not accept the key (${status})`, details);
  if (status === 404) return new EngineFailure('misconfigured', 'the address or the model is not known there (404)', details);
  if (status === 408 || status === 409 || status === 425 || status >= 500)
    return new EngineFailure('down', `it answered ${status}`, details);
  return new EngineFailure('refused', `it did not take the request (${status})`, details);
}

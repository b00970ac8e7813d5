import { OutgoingFailed, type OutgoingFault } from '../../../platform/net/outgoing-failed.js';
import type { OutgoingAnswer } from '../../../platform/net/safe-http.js';
import type { LaneHealth } from './lanes.repository.js';

/** Why an attempt failed, as the log shows it. */
export type AttemptError = OutgoingFault | 'redirected' | 'refused' | 'gone' | 'event-gone' | 'internal-error';

/** What one attempt came to. */
export interface Outcome {
  readonly isDelivered: boolean;
  /** The receiver says that it will never want a message again. */
  readonly isGone: boolean;
  readonly status: number | null;
  readonly error: AttemptError | null;
  readonly detail: string | null;
  readonly response: string | null;
  /** Seconds the receiver asked for. */
  readonly retryAfterSeconds: number | null;
}

/** What came of one message. */
export interface Sent {
  readonly isDelivered: boolean;
  readonly isGone: boolean;
  /** Undefined when the attempt says nothing of the receiver, or was not made. */
  readonly health: LaneHealth | undefined;
  readonly isInterrupted: boolean;
}

const NOTHING = {
  isDelivered: false,
  isGone: false,
  status: null,
  error: null,
  detail: null,
  response: null,
  retryAfterSeconds: null,
} as const;

/** Only 2xx is success. A redirect is not followed: where it leads was not agreed on, and was not checked. */
export function outcomeOfAnswer({ status, retryAfter, text }: OutgoingAnswer, nowMs: number): Outcome {
  const response = storable(text);
  const seen = { ...NOTHING, status, response: response === '' ? null : response };
  if (status >= 200 && status < 300) return { ...seen, isDelivered: true };
  if (status === 410) return { ...seen, isGone: true, error: 'gone', detail: 'The receiver answered 410: it wants no more messages.' };
  if (status >= 300 && status < 400)
    return { ...seen, error: 'redirected', detail: 'The receiver redirects. Redirects are not followed; enter the final URL.' };
  return { ...seen, error: 'refused', detail: `The receiver answered ${status}.`, retryAfterSeconds: secondsOf(retryAfter, nowMs) };
}

/** What a call without an answer came to. */
export function outcomeOfError(error: unknown): Outcome {
  if (error instanceof OutgoingFailed) return { ...NOTHING, error: error.fault, detail: error.detail.slice(0, 500) };
  return { ...NOTHING, error: 'internal-error', detail: 'Something went wrong on our side.' };
}

/** What becomes of a message whose event is not sent any more. */
export const EVENT_GONE: Outcome = { ...NOTHING, error: 'event-gone', detail: 'This version of the program does not send such events.' };

/** Seconds of a `Retry-After`, which is a number of them or a date. */
export function secondsOf(retryAfter: string | undefined, nowMs: number): number | null {
  if (retryAfter === undefined) return null;
  if (/^\d{1,9}$/.test(retryAfter.trim())) return Number(retryAfter);
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - nowMs) / 1000));
}

// PostgreSQL cannot store NUL; the other control characters would only disturb whoever reads the log.
function storable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\uFFFD');
}

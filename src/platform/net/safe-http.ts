import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { callableAddresses, type NameLookup, nameServerLookup } from './host-addresses.js';
import { OutgoingFailed } from './outgoing-failed.js';
import { hostOf, targetUrlFault } from './target-url.js';

export interface OutgoingPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For everything together: looking up the name, connecting, sending and the answer. */
  readonly timeoutMs: number;
  /** How much of the answer is kept; the rest is not even read. */
  readonly keepBytes: number;
  /** Ends it early, e.g. when the process stops. */
  readonly signal?: AbortSignal;
}

export interface OutgoingAnswer {
  readonly status: number;
  /** The `Retry-After` header as it came. */
  readonly retryAfter: string | undefined;
  /** The beginning of the body as text; bytes that are no UTF-8 are replaced. */
  readonly text: string;
}

export interface SafeHttpOptions {
  readonly allowLoopback: boolean;
  /** A port, so that tests can have names that change their answer; the name servers of the machine when not said. */
  readonly lookup?: NameLookup;
}

const systemLookup = nameServerLookup();
const MAX_HEADER_BYTES = 16_384;
const TIMED_OUT = new Error('the time is over');
const STOPPED = new Error('the call was given up');

/**
 * HTTP to addresses that users choose: only to the public internet, at an address that was checked and is then pinned, without
 * redirects, proxies or kept connections, bounded in time and size. Each call has a connection of its own, because a kept one would go
 * to an address that was checked for another call.
 */
export class SafeHttp {
  constructor(private readonly options: SafeHttpOptions) {}

  /** Why a URL would be refused before anything is sent; undefined when it may be called as far as its text tells. */
  urlFault(url: string): string | undefined {
    return targetUrlFault(url, this.options);
  }

  /** Sends one POST; any status is an answer, a redirect too. Throws `OutgoingFailed` when there is none. */
  async post(given: OutgoingPost): Promise<OutgoingAnswer> {
    const fault = this.urlFault(given.url);
    if (fault !== undefined) throw new OutgoingFailed('url-refused', `The URL ${fault}.`);
    // Not AbortSignal.any: it leaves something behind for each call on a signal that lives as long as the process.
    const over = new AbortController();
    const stop = (): void => over.abort(STOPPED);
    const timer = setTimeout(() => over.abort(TIMED_OUT), given.timeoutMs);
    given.signal?.addEventListener('abort', stop, { once: true });
    if (given.signal?.aborted) stop();
    try {
      return await this.send(given, over.signal);
    } catch (error) {
      if (over.signal.reason === TIMED_OUT)
        throw new OutgoingFailed('timed-out', `There was no answer within ${given.timeoutMs} ms.`, { cause: error });
      if (over.signal.aborted)
        throw new OutgoingFailed('interrupted', 'The call was given up because the process stops.', { cause: error });
      throw translated(error);
    } finally {
      clearTimeout(timer);
      given.signal?.removeEventListener('abort', stop);
    }
  }

  private async send({ url: text, headers, body, keepBytes }: OutgoingPost, signal: AbortSignal): Promise<OutgoingAnswer> {
    const url = new URL(text);
    const { lookup = systemLookup, allowLoopback } = this.options;
    // A look-up cannot be interrupted, so it is left behind when the time is over.
    const addresses = await unlessAborted(callableAddresses(hostOf(url), lookup, allowLoopback), signal);
    const dispatcher = new Agent({
      connect: { lookup: pinnedTo(addresses), autoSelectFamily: true },
      pipelining: 0,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
    try {
      const answer = await request(url, { method: 'POST', headers, body, dispatcher, signal });
      const kept = await beginningOf(answer.body, keepBytes);
      return { status: answer.statusCode, retryAfter: [answer.headers['retry-after']].flat()[0], text: kept };
    } finally {
      await dispatcher.destroy();
    }
  }
}

/** A look-up that knows one answer. */
function pinnedTo(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}

async function beginningOf(body: AsyncIterable<Buffer>, most: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.length;
    if (size >= most) break;
  }
  return new TextDecoder().decode(Buffer.concat(parts).subarray(0, most));
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

const CERTIFICATE = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_SSL|EPROTO)/;
const UNREADABLE = /^(HPE_|HTTPParserError|UND_ERR_(HEADERS_OVERFLOW|RES_|SOCKET_PARSER))/;

/** Says what happened in words that help at the other end; codes of ours stay in `cause`. */
function translated(error: unknown): Error {
  if (error instanceof OutgoingFailed) return error;
  const code = codeOf(error);
  if (CERTIFICATE.test(code))
    return new OutgoingFailed('certificate-refused', `The TLS connection was refused (${code}).`, { cause: error });
  if (UNREADABLE.test(code))
    return new OutgoingFailed('answer-unreadable', `The answer is not HTTP as we can read it (${code}).`, { cause: error });
  return new OutgoingFailed('connection-failed', `The connection failed (${code}).`, { cause: error });
}

function codeOf(error: unknown): string {
  const { code, name, errors } = (error ?? {}) as { code?: unknown; name?: unknown; errors?: readonly unknown[] };
  if (errors?.[0] !== undefined) return codeOf(errors[0]);
  // A parser error has a name, but a code only for some of its kinds.
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
}

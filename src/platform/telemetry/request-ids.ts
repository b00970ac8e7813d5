import { randomFillSync } from 'node:crypto';

/** The identity of one request: what the log, the answer, jobs and outgoing calls carry. */
export interface RequestIds {
  requestId: string;
  /** W3C trace context to hand on: the trace of the caller, or a new one, with a span of our own. */
  traceparent: string;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Letters, digits and a few marks: safe in headers, logs, file names and SQL comments. */
const ACCEPTED_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/;
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Asking the system for randomness costs more than the rest of a request id, so it is asked for 256 of them at once. */
const ID_BYTES = 24;
const pool = Buffer.alloc(ID_BYTES * 256);
let used = pool.length;

function randomHex(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.toString('hex', used - ID_BYTES, used);
}

interface Trace {
  traceId: string;
  flags: string;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? undefined : value;
}

function parseTraceparent(value: string | undefined): Trace | undefined {
  const match = value === undefined || value.length > 55 ? null : TRACEPARENT.exec(value);
  const [, traceId, spanId, flags] = match ?? [];
  if (!traceId || !spanId || !flags || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, flags };
}

function acceptedId(value: string | string[] | undefined): string | undefined {
  const text = single(value);
  return text !== undefined && ACCEPTED_ID.test(text) ? text : undefined;
}

/** Takes `X-Request-Id`, else `X-Log-Id`, else the trace id of `traceparent`, when well formed; makes what is missing. */
export function requestIds(headers: Headers): RequestIds {
  const trace = parseTraceparent(single(headers['traceparent']));
  const random = randomHex();
  const traceId = trace?.traceId ?? random.slice(0, 32);
  const requestId = acceptedId(headers['x-request-id']) ?? acceptedId(headers['x-log-id']) ?? traceId;
  return { requestId, traceparent: `00-${traceId}-${random.slice(32)}-${trace?.flags ?? '01'}` };
}

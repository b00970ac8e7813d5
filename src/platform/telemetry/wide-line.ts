import { createHmac } from 'node:crypto';

/** What is known of a request when it ends. */
export interface FinishedRequest {
  requestId: string;
  organizationId?: string | null;
  actorId?: string | null;
  method: string;
  /** The template, such as `/api/v1/leads/:id`, never the address itself: queries carry personal data. */
  route: string;
  status: number;
  ms: number;
  dbMs: number;
  dbCount: number;
  bytes: number;
  ipHash?: string;
  /** The declared failure that was answered. */
  problem?: string;
}

/** What is known of a job when an attempt ends. */
export interface FinishedJob {
  requestId: string;
  organizationId?: string | null;
  actorId?: string | null;
  job: string;
  jobId: string;
  queue: string;
  attempt: number;
  outcome: 'done' | 'failed' | 'retry' | 'cancelled';
  ms: number;
  /** From the moment it could have started to the moment it did. */
  waitedMs: number;
  dbMs: number;
  dbCount: number;
}

/** Tenths of milliseconds are as fine as anybody reads them. */
function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** The fields of the one line a request writes. */
export function requestLine(request: FinishedRequest): Record<string, unknown> {
  return {
    request_id: request.requestId,
    org_id: request.organizationId ?? null,
    actor_id: request.actorId ?? null,
    method: request.method,
    route: request.route,
    status: request.status,
    ms: tenths(request.ms),
    db_ms: tenths(request.dbMs),
    db_count: request.dbCount,
    bytes: request.bytes,
    ...(request.ipHash && { ip_hash: request.ipHash }),
    ...(request.problem && { problem: request.problem }),
  };
}

/** The fields of the one line an attempt of a job writes. */
export function jobLine(job: FinishedJob): Record<string, unknown> {
  return {
    request_id: job.requestId,
    org_id: job.organizationId ?? null,
    actor_id: job.actorId ?? null,
    job: job.job,
    job_id: job.jobId,
    queue: job.queue,
    attempt: job.attempt,
    outcome: job.outcome,
    ms: tenths(job.ms),
    waited_ms: tenths(job.waitedMs),
    db_ms: tenths(job.dbMs),
    db_count: job.dbCount,
  };
}

const MAX_ADDRESSES = 10_000;

/** Gives an address as twelve hex digits that only the holder of the key can link to it; remembers the busy ones. */
export function addressHasher(key: string): (address: string) => string {
  const known = new Map<string, string>();
  return (address) => {
    let hash = known.get(address);
    if (hash === undefined) {
      if (known.size >= MAX_ADDRESSES) known.clear();
      known.set(address, (hash = createHmac('sha256', key).update(address).digest('hex').slice(0, 12)));
    }
    return hash;
  };
}

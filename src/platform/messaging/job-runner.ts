import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../shared/ids.js';
import { Clock } from '../clock/clock.js';
import { systemScope } from '../database/scope.js';
import { Problem } from '../http/problems/problem.js';
import { readShape } from '../http/shapes/shape-pipe.js';
import { withLogContext } from '../telemetry/log-context.js';
import type { JobOutcome } from '../telemetry/metrics.js';
import { type Handler, HandlerRegistry } from './handler-registry.js';
import type { JobContext } from './handles.js';
import { Interruption, interruptionOf } from './interruption.js';
import { JobFailed } from './job-failed.js';
import { JobLog } from './job-log.js';
import { jobErrorOf, MAX_CRASHES, nextAttemptInMs } from './job-outcome.js';
import { JobRun, scopeOfJob } from './job-run.js';
import { type Attempt, JobStore, type StartedJob } from './job-store.js';
import { NotYet } from './not-yet.js';
import { ProgressWriter } from './progress-writer.js';
import type { Delivery } from './queues.js';
import { RunningJobs } from './running-jobs.js';

/** At most four writes a second per job. */
const PROGRESS_EVERY_MS = 250;
/** How long a handler that was told to stop may take to do so, before the job goes on without it. */
const ABANDON_MS = 5_000;

/** What the queue is to do with a delivery: forget it, or bring it again later. */
export type Verdict = { readonly againInMs: number } | undefined;

/** Runs one delivery of one job: takes the row, calls the handler, writes what came of it. */
@Injectable()
export class JobRunner {
  constructor(
    @Inject(JobStore) private readonly store: JobStore,
    @Inject(HandlerRegistry) private readonly registry: HandlerRegistry,
    @Inject(RunningJobs) private readonly running: RunningJobs,
    @Inject(JobLog) private readonly log: JobLog,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async run(delivery: Delivery, dispatchId: string): Promise<Verdict> {
    const token = newId();
    const row = await this.store.start(systemScope(`job-${delivery.jobId}`, delivery.organizationId), delivery, dispatchId, token);
    if (!row) return undefined;
    const attempt: Attempt = { scope: scopeOfJob(row, delivery.organizationId), jobId: row.id, token };
    const context = { logId: row.request_id, ...(row.traceparent ? { traceparent: row.traceparent } : {}) };
    return withLogContext(context, async () => {
      const startedMs = this.clock.now().getTime();
      const { outcome, verdict } = await this.attempt(row, attempt);
      this.log.attemptEnded(row, attempt.scope, { outcome, startedMs, endedMs: this.clock.now().getTime() });
      return verdict;
    });
  }

  private async attempt(row: StartedJob, attempt: Attempt): Promise<{ outcome: JobOutcome; verdict: Verdict }> {
    const handler = this.registry.get(row.name);
    const controller = new AbortController();
    try {
      const result = await this.running.during(attempt, controller, () => this.callHandler(row, attempt, { handler, controller }));
      const isOurs = handler?.definition.kind === 'schedule' ? await this.store.remove(attempt) : await this.store.succeed(attempt, result);
      if (!isOurs) this.log.superseded(row);
      return { outcome: 'done', verdict: undefined };
    } catch (error) {
      return this.ended(row, attempt, { error, handler, interruption: interruptionOf(controller.signal) });
    }
  }

  private async callHandler(
    row: StartedJob,
    attempt: Attempt,
    { handler, controller }: { handler: Handler | undefined; controller: AbortController },
  ): Promise<unknown> {
    if (row.cancel_requested_at !== null) throw new Interruption('cancelled');
    if (!handler) throw new JobFailed('unknown-job', 'This version of the program does not know such jobs.');
    if (row.crashes > MAX_CRASHES)
      throw new JobFailed('worker-lost', 'The job was stopped because the processes that ran it ended again and again.');
    const payload = parsedPayload(handler, row.payload);
    const progress = new ProgressWriter(
      (now) => this.store.progress(attempt, now),
      (error) => this.log.trouble(row, error),
      PROGRESS_EVERY_MS,
    );
    const context = new JobRun(row, attempt, payload, { store: this.store, progress, signal: controller.signal });
    const timer = setTimeout(() => controller.abort(new Interruption('timeout')), handler.timeoutMs);
    try {
      return await unlessAbandoned(handler.run(context as JobContext<unknown> as JobContext<never>), controller.signal);
    } finally {
      clearTimeout(timer);
      await progress.finish();
    }
  }

  private async ended(
    row: StartedJob,
    attempt: Attempt,
    { error, handler, interruption }: { error: unknown; handler: Handler | undefined; interruption: Interruption['why'] | undefined },
  ): Promise<{ outcome: JobOutcome; verdict: Verdict }> {
    if (interruption === 'shutdown') {
      const isOurs = await this.store.putBack(attempt);
      if (isOurs) return { outcome: 'retry', verdict: { againInMs: 1 } };
    }
    if (error instanceof NotYet && interruption === undefined) {
      const isOurs = await this.store.putBack(attempt);
      if (isOurs) return { outcome: 'retry', verdict: { againInMs: error.againInMs } };
    }
    if (interruption === 'superseded') {
      this.log.superseded(row);
      return { outcome: 'retry', verdict: undefined };
    }
    const cause = interruption === 'timeout' ? new Interruption('timeout') : error;
    const delay = handler ? nextAttemptInMs(cause, row.attempts, handler, Math.random) : undefined;
    const state = await this.store.fail(attempt, jobErrorOf(cause), delay);
    if (state === 'FAILURE' || state === 'PENDING') this.log.failed(row, cause, state);
    if (state === 'PENDING' && delay !== undefined) return { outcome: 'retry', verdict: { againInMs: delay } };
    return { outcome: state === 'CANCELLED' ? 'cancelled' : 'failed', verdict: undefined };
  }
}

/** Rows outlive deployments: the payload is checked again by the shape of today. */
function parsedPayload(handler: Handler, payload: unknown): unknown {
  if (!handler.payload) return {};
  try {
    return readShape(handler.payload, payload);
  } catch (error) {
    const pointers = error instanceof Problem ? (error.details.errors ?? []).map((one) => [one.pointer, one.message].join(' ')) : [];
    throw new JobFailed('invalid-payload', `The job cannot be read: ${pointers.join('; ')}`, { cause: error });
  }
}

/** The result of a handler; a handler that goes on long after it was told to stop is left to itself, its writes are fenced off. */
async function unlessAbandoned(work: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const abandoned = new Promise<never>((_, reject) => {
    const abandon = (): void => {
      timer = setTimeout(() => reject(signal.reason as Error), ABANDON_MS);
    };
    if (signal.aborted) abandon();
    else signal.addEventListener('abort', abandon, { once: true });
  });
  try {
    return await Promise.race([work, abandoned]);
  } finally {
    clearTimeout(timer);
  }
}

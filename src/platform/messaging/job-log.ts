import { Inject, Injectable } from '@nestjs/common';
import { NIL_ID } from '../../shared/ids.js';
import type { Scope } from '../database/scope.js';
import { type JobOutcome, Metrics } from '../telemetry/metrics.js';
import { LOGGER, type Logger } from '../telemetry/telemetry.module.js';
import { jobLine } from '../telemetry/wide-line.js';
import type { StartedJob } from './job-store.js';

/** What operators see of jobs: one wide line and one observation per attempt. */
@Injectable()
export class JobLog {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  attemptEnded(
    row: StartedJob,
    scope: Scope,
    { outcome, startedMs, endedMs }: { outcome: JobOutcome; startedMs: number; endedMs: number },
  ): void {
    this.metrics.observeJob(row.name, outcome, (endedMs - startedMs) / 1000);
    const line = jobLine({
      requestId: row.request_id,
      organizationId: scope.organizationId === NIL_ID ? null : scope.organizationId,
      actorId: row.created_by_user_id === NIL_ID ? null : row.created_by_user_id,
      job: row.name,
      jobId: row.id,
      queue: row.queue,
      attempt: row.attempts,
      outcome,
      ms: endedMs - startedMs,
      waitedMs: Math.max(0, startedMs - Date.parse(row.run_at)),
      dbMs: scope.cost.ms,
      dbCount: scope.cost.statements,
    });
    this.logger.info(line, 'job');
  }

  /** The full error; the job's owner gets a code and a sentence. */
  failed(row: StartedJob, error: unknown, state: 'FAILURE' | 'PENDING'): void {
    const facts = { err: error, job: row.name, job_id: row.id, attempt: row.attempts };
    if (state === 'FAILURE') this.logger.error(facts, 'job failed');
    else this.logger.warn(facts, 'job will be tried again');
  }

  superseded(row: StartedJob): void {
    this.logger.warn({ job: row.name, job_id: row.id }, 'another worker has taken the job over');
  }

  trouble(row: StartedJob, error: Error): void {
    this.logger.warn({ err: error, job: row.name, job_id: row.id }, 'progress was not written');
  }
}

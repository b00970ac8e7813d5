import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '../database/bus.js';
import { Database } from '../database/database.js';
import type { Actor, Scope } from '../database/scope.js';
import type { Tx } from '../database/tx.js';
import { isPlainObject } from '../http/shapes/field.js';
import { LOGGER, type Logger } from '../telemetry/telemetry.module.js';
import type { QueueName } from './definitions.js';
import { FAIL, KEEP_STATE, MARK_DONE, PROGRESS, PUT_BACK, REMOVE, START, SUCCEED } from './job-statements.js';
import type { Delivery } from './queues.js';

/** Topic of the bus that tells followers of a job, `job:ID`, that there is something new. */
export const jobTopic = (jobId: string): string => `job:${jobId}`;

/** Why a job failed, for its owner: no internals. */
export interface JobError {
  readonly code: string;
  readonly message: string;
}

/** What a started attempt knows of its job. */
export interface StartedJob {
  readonly id: string;
  readonly name: string;
  readonly queue: QueueName;
  readonly payload: unknown;
  readonly checkpoint: unknown;
  readonly attempts: number;
  readonly crashes: number;
  readonly visible: boolean;
  readonly once_key: string | null;
  readonly created_by_type: Actor['type'];
  readonly created_by_user_id: string;
  readonly permissions: Scope['permissions'] extends ReadonlySet<infer P> ? readonly P[] : never;
  readonly request_id: string;
  readonly traceparent: string | null;
  readonly run_at: string;
  readonly cancel_requested_at: string | null;
}

/** One attempt: the token is the fence that keeps a worker which lost its job from writing. */
export interface Attempt {
  readonly scope: Scope;
  readonly jobId: string;
  readonly token: string;
}

export type FinalState = 'SUCCESS' | 'FAILURE' | 'CANCELLED';

/** The rows of running jobs. Everything after `start` writes only while the attempt still owns its job. */
@Injectable()
export class JobStore {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Takes the job; undefined when it is finished, cancelled or was dispatched anew. */
  async start(scope: Scope, delivery: Delivery, dispatchId: string, token: string): Promise<StartedJob | undefined> {
    const row = await this.database.writeOne(scope, (tx) =>
      tx.first<StartedJob>(START, [scope.organizationId, delivery.jobId, dispatchId, token]),
    );
    if (row?.visible) await this.tell(scope, delivery.jobId);
    return row;
  }

  /** Ends the job well; false when another worker owns it now. */
  succeed(attempt: Attempt, result: unknown): Promise<boolean> {
    return this.change(attempt, SUCCEED, [resultText(result)]);
  }

  /** Ends it badly, or with `retryInMs` lets it wait for another try; a job that was to be cancelled is cancelled instead. */
  async fail(attempt: Attempt, error: JobError, retryInMs?: number): Promise<'FAILURE' | 'PENDING' | 'CANCELLED' | undefined> {
    const row = await this.write<{ state: 'FAILURE' | 'PENDING' | 'CANCELLED'; visible: boolean }>(attempt, FAIL, [
      JSON.stringify(error),
      retryInMs ?? null,
    ]);
    if (row?.visible) await this.tell(attempt.scope, attempt.jobId);
    return row?.state;
  }

  /** Lets it be run again as if this attempt had not been: the process stops. */
  putBack(attempt: Attempt): Promise<boolean> {
    return this.change(attempt, PUT_BACK, []);
  }

  /** Ends a tick of a schedule, which nobody asks for later. */
  remove(attempt: Attempt): Promise<boolean> {
    return this.change(attempt, REMOVE, []);
  }

  /** Tells how far it is; left out while a transaction of the handler holds the row. */
  async progress({ scope, jobId, token }: Attempt, progress: object): Promise<void> {
    const parameters = [scope.organizationId, jobId, token, JSON.stringify(progress)];
    const row = await this.database.writeOne(scope, (tx) => tx.first<{ visible: boolean }>(PROGRESS, parameters));
    if (row?.visible) await this.tell(scope, jobId);
  }

  /** Keeps where to go on, in the transaction of the step; false when another worker owns the job now. */
  async keepState(tx: Tx, attempt: Attempt, state: unknown): Promise<boolean> {
    return (
      (await tx.query(KEEP_STATE, [attempt.scope.organizationId, attempt.jobId, attempt.token, JSON.stringify(state ?? null)])).length > 0
    );
  }

  /** True when nobody marked it before. */
  async markDone(tx: Tx, handler: string, messageId: string): Promise<boolean> {
    return (await tx.query(MARK_DONE, [tx.scope.organizationId, handler, messageId])).length > 0;
  }

  private async change(attempt: Attempt, sql: string, parameters: readonly unknown[]): Promise<boolean> {
    const row = await this.write<{ visible: boolean }>(attempt, sql, parameters);
    if (row?.visible) await this.tell(attempt.scope, attempt.jobId);
    return row !== undefined;
  }

  private write<R>(attempt: Attempt, sql: string, parameters: readonly unknown[]): Promise<R | undefined> {
    const { scope, jobId, token } = attempt;
    // A real transaction: it may have to wait for one that an abandoned handler still has open.
    return this.database.write(scope, (tx) => tx.first<R>(sql, [scope.organizationId, jobId, token, ...parameters]));
  }

  /** After the commit; a follower who misses it looks by itself soon. */
  private async tell(scope: Scope, jobId: string): Promise<void> {
    try {
      await this.database.writeOne(scope, (tx) => this.bus.publish(tx, jobTopic(jobId), ''));
    } catch (error) {
      this.logger.debug({ err: error, job_id: jobId }, 'followers were not told');
    }
  }
}

/** Results are objects, so that a client can rely on it; a bare value is put into one. */
function resultText(result: unknown): string | null {
  if (result === undefined || result === null) return null;
  return JSON.stringify(isPlainObject(result) ? result : { value: result });
}

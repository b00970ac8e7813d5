import type { Scope } from '../database/scope.js';
import type { Tx } from '../database/tx.js';
import type { JobContext } from './handles.js';
import { Interruption } from './interruption.js';
import type { Attempt, JobStore, StartedJob } from './job-store.js';
import type { ProgressWriter } from './progress-writer.js';

/** The scope of whoever enqueued the job: same organization and rights, the job acting on behalf of the person. */
export function scopeOfJob(row: StartedJob, organizationId: string): Scope {
  return {
    organizationId,
    actor: { type: 'job', id: row.id, userId: row.created_by_user_id },
    permissions: new Set(row.permissions),
    requestId: row.request_id,
    address: null,
    sessionId: null,
    cost: { statements: 0, ms: 0 },
  };
}

/** One attempt as its handler sees it. */
export class JobRun implements JobContext<unknown> {
  readonly jobId: string;
  readonly attempt: number;
  readonly scope: Scope;
  private kept: unknown;

  constructor(
    private readonly row: StartedJob,
    private readonly owned: Attempt,
    readonly payload: unknown,
    private readonly tools: { readonly store: JobStore; readonly progress: ProgressWriter; readonly signal: AbortSignal },
  ) {
    this.jobId = row.id;
    this.attempt = row.attempts;
    this.scope = owned.scope;
    this.kept = row.checkpoint ?? undefined;
  }

  get signal(): AbortSignal {
    return this.tools.signal;
  }

  progress(done: number, total: number, note?: string): void {
    this.tools.progress.report(done, total, note);
  }

  once(tx: Tx): Promise<boolean> {
    return this.tools.store.markDone(tx, this.row.name, this.row.once_key ?? this.row.id);
  }

  state<T>(): T | undefined {
    return this.kept as T | undefined;
  }

  async saveState(tx: Tx, state: unknown): Promise<void> {
    if (!(await this.tools.store.keepState(tx, this.owned, state))) throw new Interruption('superseded');
    tx.afterCommit(() => (this.kept = state));
  }
}

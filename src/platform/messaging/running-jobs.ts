import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '../database/bus.js';
import { Database } from '../database/database.js';
import { systemScope } from '../database/scope.js';
import { LOGGER, type Logger } from '../telemetry/telemetry.module.js';
import { Interruption } from './interruption.js';
import type { Attempt } from './job-store.js';

/** Topic of the bus on which a job's id asks whoever runs it to stop. */
export const CANCEL_TOPIC = 'job-cancel';
const LOOK_MS = 2_000;

interface Running {
  readonly attempt: Attempt;
  readonly controller: AbortController;
}

const LOOK = `
  select id, run_token, cancel_requested_at is not null as is_cancelled from jobs
  where (organization_id, id) in (select * from unnest($1::uuid[], $2::uuid[]))`;

/** The attempts this process works on, so that they can be told to stop: by message, and by looking in case a message was lost. */
@Injectable()
export class RunningJobs {
  private readonly attempts = new Map<string, Running>();
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  open(): void {
    this.unsubscribe = this.bus.subscribe(CANCEL_TOPIC, (jobId) =>
      this.attempts.get(jobId)?.controller.abort(new Interruption('cancelled')),
    );
    this.timer = setInterval(() => {
      this.look().catch((error: Error) => this.logger.warn({ err: error }, 'running jobs could not be looked after'));
    }, LOOK_MS).unref();
  }

  close(): void {
    clearInterval(this.timer);
    this.unsubscribe?.();
  }

  /** Runs `work` where it can be interrupted. */
  async during<T>(attempt: Attempt, controller: AbortController, work: () => Promise<T>): Promise<T> {
    const entry = { attempt, controller };
    this.attempts.set(attempt.jobId, entry);
    try {
      return await work();
    } finally {
      if (this.attempts.get(attempt.jobId) === entry) this.attempts.delete(attempt.jobId);
    }
  }

  /** The process stops: whoever still works is to put its job back. */
  interruptAll(): void {
    for (const { controller } of this.attempts.values()) controller.abort(new Interruption('shutdown'));
  }

  private async look(): Promise<void> {
    const running = [...this.attempts.values()];
    if (running.length === 0) return;
    const keys = [running.map(({ attempt }) => attempt.scope.organizationId), running.map(({ attempt }) => attempt.jobId)];
    const rows = await this.database.asSystem('look after running jobs', systemScope('jobs'), (tx) =>
      tx.query<{ id: string; run_token: string | null; is_cancelled: boolean }>(LOOK, keys),
    );
    for (const { attempt, controller } of running) {
      const row = rows.find(({ id }) => id === attempt.jobId);
      if (row?.run_token !== attempt.token) controller.abort(new Interruption('superseded'));
      else if (row.is_cancelled) controller.abort(new Interruption('cancelled'));
    }
  }
}

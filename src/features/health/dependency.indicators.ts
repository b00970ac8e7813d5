import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Database } from '../../platform/database/database.js';
import { openMigrations } from '../../platform/database/provision.js';
import { anonymousScope } from '../../platform/database/scope.js';
import { QueueHealth } from '../../platform/messaging/queue-health.js';
import { ObjectStorage } from '../../platform/storage/object-storage.js';

const TIMEOUT_MS = 2_000;

/** Asks each dependency a small question, with a time limit, and times it. */
@Injectable()
export class DependencyIndicators {
  constructor(
    @Inject(HealthIndicatorService) private readonly health: HealthIndicatorService,
    @Inject(Database) private readonly database: Database,
    @Inject(QueueHealth) private readonly queue: QueueHealth,
    @Inject(ObjectStorage) private readonly storage: ObjectStorage,
  ) {}

  all(): (() => Promise<HealthIndicatorResult>)[] {
    return [
      () => this.ask('database', () => this.statement('select 1')),
      () => this.ask('migrations', () => this.migrationsAreCurrent()),
      () => this.ask('queue', () => this.queue.ping()),
      () => this.ask('storage', () => this.storage.ping()),
    ];
  }

  private async ask(name: string, question: () => Promise<unknown>): Promise<HealthIndicatorResult> {
    const check = this.health.check(name);
    const started = performance.now();
    const facts = (): { ms: number } => ({ ms: Math.round((performance.now() - started) * 10) / 10 });
    try {
      await withTimeout(question());
      return check.up(facts());
    } catch (error) {
      return check.down({ ...facts(), detail: error instanceof Error ? error.message.slice(0, 300) : 'unknown failure' });
    }
  }

  private statement(sql: string): Promise<unknown[]> {
    return this.database.read(anonymousScope('health', null), (tx) => tx.query(sql));
  }

  private async migrationsAreCurrent(): Promise<void> {
    const open = await this.database.read(anonymousScope('health', null), (tx) =>
      openMigrations({ query: async (text) => ({ rows: await tx.query<{ name: string }>(text) }) }),
    );
    if (open.length > 0) throw new Error(`${open.length} migrations have not run: ${open.join(', ')}`);
  }
}

async function withTimeout(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

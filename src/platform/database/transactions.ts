import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import type { DataSource, EntityTarget, ObjectLiteral, QueryRunner, Repository } from 'typeorm';
import { PostgresQueryRunner } from 'typeorm/driver/postgres/PostgresQueryRunner.js';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { misuse } from './failures.js';
import type { Lane } from './lane.js';
import { statementName } from './pg-types.js';
import type { Scope } from './scope.js';
import { Tx } from './tx.js';

/** Called after every statement with its kind and time; metrics and the wide line live from it. */
export type Meter = (kind: 'read' | 'write' | 'system', ms: number) => void;

const open = new AsyncLocalStorage<true>();
let watching = false;

/** Tests turn this on: then mail, storage and model clients refuse to be called inside an open transaction. */
export function watchOpenTransactions(): void {
  watching = true;
}

/** Clients of anything slow call this first; an open transaction around them would hold locks while they wait. */
export function assertNoOpenTransaction(what: string): void {
  if (watching && open.getStore()) throw new Error(`${what} was called inside an open database transaction`);
}

/** Runs the body of a transaction where `assertNoOpenTransaction` can see it. */
export function insideTransaction<T>(body: () => Promise<T>): Promise<T> {
  return watching ? open.run(true, body) : body();
}

/** Single statements on a lane: each is its own transaction. */
export class LaneTx extends Tx {
  private used = 0;

  constructor(
    scope: Scope,
    private readonly lane: Lane,
    private readonly dataSource: DataSource,
    private readonly limits: { kind: 'read' | 'write'; statements: number },
    private readonly meter: Meter,
  ) {
    super(scope);
  }

  async query<R>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
    return (await this.result(sql, parameters)).rows as R[];
  }

  repo<E extends ObjectLiteral>(entity: EntityTarget<E>): Repository<E> {
    const runner = new LaneQueryRunner(this.dataSource.driver as PostgresDriver, (sql, parameters) => this.result(sql, parameters));
    return this.dataSource.createEntityManager(runner).getRepository(entity);
  }

  afterCommit(action: () => void): void {
    this.committed.push(action);
  }
  readonly committed: (() => void)[] = [];

  private async result(sql: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    if (++this.used > this.limits.statements) throw misuse('a second statement in db.writeOne: use db.write');
    const { organizationId, actor, cost } = this.scope;
    const start = performance.now();
    try {
      return await this.lane.run({ organizationId, actorId: actor.userId }, sql, parameters);
    } finally {
      const ms = performance.now() - start;
      cost.statements++;
      cost.ms += ms;
      this.meter(this.limits.kind, ms);
    }
  }
}

/** Lets TypeORM's repositories run on a lane: every statement goes down it, connections are never taken from the pool. */
class LaneQueryRunner extends PostgresQueryRunner {
  constructor(
    driver: PostgresDriver,
    private readonly run: (sql: string, parameters: readonly unknown[]) => Promise<pg.QueryResult>,
  ) {
    super(driver, 'master');
  }

  override connect(): Promise<unknown> {
    return Promise.resolve({ query: (sql: string, parameters?: unknown[]) => this.run(sql, parameters ?? []) });
  }

  override startTransaction(): Promise<void> {
    return Promise.reject(misuse('a repository wanted a transaction on a lane: use db.write'));
  }
}

/** A real transaction of several statements on one connection of the pool. */
export class PoolTx extends Tx {
  readonly committed: (() => void)[] = [];

  constructor(
    scope: Scope,
    private readonly client: pg.ClientBase,
    private readonly runner: QueryRunner | undefined,
    private readonly kind: 'write' | 'system',
    private readonly meter: Meter,
  ) {
    super(scope);
  }

  async query<R>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
    const start = performance.now();
    try {
      return (await this.client.query({ name: statementName(sql), text: sql, values: parameters as unknown[] } as pg.QueryConfig))
        .rows as R[];
    } finally {
      const ms = performance.now() - start;
      this.scope.cost.statements++;
      this.scope.cost.ms += ms;
      this.meter(this.kind, ms);
    }
  }

  repo<E extends ObjectLiteral>(entity: EntityTarget<E>): Repository<E> {
    if (!this.runner) throw misuse('repositories are not offered to the system role: write the statement');
    return this.runner.manager.getRepository(entity);
  }

  afterCommit(action: () => void): void {
    this.committed.push(action);
  }
}

import pg from 'pg';
import type { DataSource } from 'typeorm';
import { isId, NIL_ID } from '../../shared/ids.js';
import { isRetryable, misuse, translated } from './failures.js';
import { claimIdempotency, storeIdempotentAnswer } from './idempotency.js';
import { Lane } from './lane.js';
import { SESSION_OPTIONS, textTypes } from './pg-types.js';
import type { Scope } from './scope.js';
import { insideTransaction, LaneTx, type Meter, PoolTx } from './transactions.js';
import type { Tx } from './tx.js';

export interface DatabaseOptions {
  readonly appUrl: string;
  readonly systemUrl: string;
  readonly lanes: number;
  readonly systemPoolMax: number;
  readonly statementTimeoutMs: number;
  readonly meter?: Meter;
  readonly onTrouble?: (error: Error, where: string) => void;
  /** Called once for each use of the system role, which sees every organization. */
  readonly onSystemUse?: (reason: string) => void;
}

const ATTEMPTS = 3;

/**
 * The database, reachable only for a `Scope`.
 *
 * `read`: every statement is one round trip and its own read-only transaction (read committed gives several statements no common
 * snapshot anyway). `writeOne`: exactly one statement, the same way. `write`: a real transaction, run again on serialization failure or
 * deadlock. `asSystem`: across organizations, for the relay, sealer and schedulers only.
 */
export class Database {
  private readonly reads: Lane;
  private readonly writes: Lane;
  private readonly system: pg.Pool;
  private readonly meter: Meter;

  constructor(
    private readonly dataSource: DataSource,
    private readonly options: DatabaseOptions,
  ) {
    const lane = (readOnly: boolean, connections: number): Lane =>
      new Lane({
        url: options.appUrl,
        connections,
        readOnly,
        statementTimeoutMs: options.statementTimeoutMs,
        applicationName: `concord-${readOnly ? 'read' : 'write'}`,
        onLost: (error) => options.onTrouble?.(error, 'lane'),
      });
    this.reads = lane(true, options.lanes);
    this.writes = lane(false, options.lanes);
    this.system = new pg.Pool({
      connectionString: options.systemUrl,
      max: options.systemPoolMax,
      types: textTypes,
      options: SESSION_OPTIONS,
      application_name: 'concord-system',
    });
    this.system.on('error', (error) => options.onTrouble?.(error, 'system pool'));
    this.meter = options.meter ?? (() => undefined);
  }

  async open(): Promise<void> {
    await Promise.all([this.reads.open(), this.writes.open()]);
  }

  async close(): Promise<void> {
    await Promise.all([this.reads.close(), this.writes.close(), this.system.end()]);
  }

  /** Connections in use, for metrics. */
  poolState(): { lanes: number; systemTotal: number; systemIdle: number; systemWaiting: number } {
    return {
      lanes: this.reads.size + this.writes.size,
      systemTotal: this.system.totalCount,
      systemIdle: this.system.idleCount,
      systemWaiting: this.system.waitingCount,
    };
  }

  async read<T>(scope: Scope, body: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await body(new LaneTx(scope, this.reads, this.dataSource, { kind: 'read', statements: Number.MAX_SAFE_INTEGER }, this.meter));
    } catch (error) {
      throw translated(error);
    }
  }

  async writeOne<T>(scope: Scope, body: (tx: Tx) => Promise<T>): Promise<T> {
    // A request with an Idempotency-Key stores its answer in the same transaction: that takes more than one statement.
    if (scope.idempotency) return this.write(scope, body);
    const tx = new LaneTx(scope, this.writes, this.dataSource, { kind: 'write', statements: 1 }, this.meter);
    try {
      const result = await body(tx);
      this.runCommitted(tx.committed);
      return result;
    } catch (error) {
      if (isRetryable(error)) return this.write(scope, body);
      throw translated(error);
    }
  }

  async write<T>(scope: Scope, body: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(scope, body);
      } catch (error) {
        if (attempt < ATTEMPTS && isRetryable(error)) continue;
        throw translated(error);
      }
    }
  }

  /** Runs as the role that sees every organization; `reason` is logged. Never for a request of a user. */
  async asSystem<T>(reason: string, scope: Scope, body: (tx: Tx) => Promise<T>): Promise<T> {
    this.options.onSystemUse?.(reason);
    const client = await this.system.connect();
    const tx = new PoolTx(scope, client, undefined, 'system', this.meter);
    let broken: Error | undefined;
    try {
      await client.query(beginText(scope));
      const result = await insideTransaction(() => body(tx));
      await commit(client);
      this.runCommitted(tx.committed);
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => (broken = failure));
      throw translated(error);
    } finally {
      client.release(broken);
    }
  }

  private async attempt<T>(scope: Scope, body: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    let broken: Error | undefined;
    try {
      const client = (await runner.connect()) as pg.ClientBase;
      await client.query(beginText(scope));
      // TypeORM must know of the transaction that the line above opened, or save() would open another.
      Object.assign(runner, { isTransactionActive: true });
      const tx = new PoolTx(scope, client, runner, 'write', this.meter);
      try {
        const result = await insideTransaction(() => this.withIdempotency(tx, body));
        await commit(client);
        this.runCommitted(tx.committed);
        return result;
      } catch (error) {
        await client.query('rollback').catch((failure: Error) => (broken = failure));
        throw error;
      } finally {
        Object.assign(runner, { isTransactionActive: false });
      }
    } finally {
      if (broken) await (runner as unknown as { releasePostgresConnection(error: Error): Promise<void> }).releasePostgresConnection(broken);
      else await runner.release();
    }
  }

  /** What was committed stays so: an action that throws is reported, not answered, and above all not a reason to write again. */
  private runCommitted(actions: readonly (() => void)[]): void {
    for (const action of actions) {
      try {
        action();
      } catch (error) {
        this.options.onTrouble?.(error as Error, 'after commit');
      }
    }
  }

  private async withIdempotency<T>(tx: Tx, body: (tx: Tx) => Promise<T>): Promise<T> {
    const claim = tx.scope.idempotency;
    if (!claim || claim.taken) return body(tx);
    await claimIdempotency(tx, claim);
    try {
      const result = await body(tx);
      await storeIdempotentAnswer(tx, claim, result);
      return result;
    } catch (error) {
      claim.taken = false;
      throw error;
    }
  }
}

/** PostgreSQL answers the commit of a transaction in which a statement failed by rolling back, without an error. */
async function commit(client: pg.ClientBase): Promise<void> {
  const { command } = await client.query('commit');
  if (command !== 'COMMIT') throw misuse('a failed statement was swallowed inside a transaction: use a savepoint or let it fail');
}

/** `begin` and the setter in one message; only ids reach the text. */
function beginText(scope: Scope): string {
  const { organizationId, actor } = scope;
  if (![organizationId, actor.userId].every((id) => id === NIL_ID || isId(id))) throw misuse('a scope without proper ids');
  return `begin; select set_config('app.organization_id', '${organizationId}', true), set_config('app.actor_id', '${actor.userId}', true)`;
}

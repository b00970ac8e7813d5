import type { EntityTarget, ObjectLiteral, Repository } from 'typeorm';
import type { Scope } from './scope.js';

/** The only handle on the database. `Database` makes one, always for a `Scope`; repositories take it as first argument. */
export abstract class Tx {
  constructor(readonly scope: Scope) {}

  /** Runs one statement with `$1` parameters and gives its rows. Statements are prepared once per connection. */
  abstract query<R = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<R[]>;

  /** The TypeORM repository of an entity, inside this transaction. */
  abstract repo<E extends ObjectLiteral>(entity: EntityTarget<E>): Repository<E>;

  /** Runs once the transaction has committed; never when it rolled back. */
  abstract afterCommit(action: () => void): void;

  /** The first row, or undefined. */
  async first<R = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<R | undefined> {
    return (await this.query<R>(sql, parameters))[0];
  }
}

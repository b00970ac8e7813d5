import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict } from '../../../platform/http/problems/core-problems.js';
import type { ProblemFactory } from '../../../platform/http/problems/problem.js';
import type { RecordStore, Versioned } from './record-store.js';

export interface Change<V> {
  readonly id: string;
  /** What the caller sent: a conflict answers with the current values of the same fields. */
  readonly patch: object;
  readonly ifMatch: number | undefined;
  readonly missing: ProblemFactory;
  /** What the audit trail calls it, in the past tense; `updated` unless said. */
  readonly verb?: string | undefined;
  /** The values of the columns after the change; undefined when nothing changes, which makes no new version. */
  readonly values: (current: V) => readonly unknown[] | undefined | Promise<readonly unknown[] | undefined>;
}

/** Changes a record in a transaction that is open: locked, compared with the version the caller knows, and written with its audit row. */
export async function changeRecord<V extends Versioned>(tx: Tx, store: RecordStore<V>, change: Change<V>): Promise<V> {
  const current = await store.lock(tx, change.id);
  if (!current) throw change.missing();
  if (change.ifMatch !== undefined && change.ifMatch !== current.version) throw staleVersion(current, Object.keys(change.patch));
  const values = await change.values(current);
  if (values === undefined) return current;
  const changed = await store.update(tx, current, values, change.verb);
  if (!changed) throw change.missing();
  return changed;
}

/** Puts a record away in a transaction that is open. */
export async function removeRecord<V extends Versioned>(
  tx: Tx,
  store: RecordStore<V>,
  { id, ifMatch, missing }: Pick<Change<V>, 'id' | 'ifMatch' | 'missing'>,
): Promise<void> {
  const outcome = await store.remove(tx, id, ifMatch);
  if (!outcome) throw missing();
  if (!outcome.removed) throw EditConflict({ extra: { current: { version: outcome.version } } });
}

/** What the caller wants to change, as it is now: enough to merge by hand without reading the record again. */
function staleVersion(current: Versioned, fields: readonly string[]): Error {
  const now = Object.fromEntries(Object.entries(current).filter(([name]) => fields.includes(name)));
  return EditConflict({
    detail: 'Look at the current values, then send your change with the new ETag.',
    extra: { current: { ...now, version: current.version } },
  });
}

/** Whether two values are the same as JSON; columns are compared so because lists and objects have no equality. */
export const isSame = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

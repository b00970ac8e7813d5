import { misuse } from './failures.js';
import { scopeIn } from './scope.js';
import { PoolTx } from './transactions.js';
import type { Tx } from './tx.js';

const ENTER = `select set_config('app.organization_id', $1, true)`;

/**
 * Runs part of a transaction in another organization and comes back: for making an organization, and for joining one. Whoever calls it
 * has proved that the caller may be there; nothing else moves between organizations in the middle of a transaction.
 */
export async function inOrganization<T>(tx: Tx, organizationId: string, body: (inside: Tx) => Promise<T>): Promise<T> {
  if (!(tx instanceof PoolTx)) throw misuse('inOrganization needs the real transaction of db.write');
  await tx.query(ENTER, [organizationId]);
  const inside = Object.create(tx, { scope: { value: scopeIn(tx.scope, organizationId) } }) as Tx;
  try {
    return await body(inside);
  } finally {
    // After an error of the database the transaction only rolls back, which takes the setting with it.
    await tx.query(ENTER, [tx.scope.organizationId]).catch(() => undefined);
  }
}

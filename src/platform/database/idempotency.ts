import { IdempotencyKeyReused, IdempotencyKeyRunning } from '../http/problems/core-problems.js';
import type { IdempotencyClaim } from './scope.js';
import type { Tx } from './tx.js';

/** Thrown out of a transaction whose request was answered before; the problem filter sends the stored answer. */
export class IdempotentReplay extends Error {
  constructor(
    readonly status: number,
    readonly text: string,
  ) {
    super('answered before');
  }
}

const LOCK = `select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as taken`;
const FIND = `select body_hash, status, response from idempotency_keys where organization_id = $1 and actor_id = $2 and route = $3 and key = $4`;
const STORE = `insert into idempotency_keys (organization_id, actor_id, route, key, body_hash, status, response) values ($1, $2, $3, $4, $5, $6, $7)`;

/**
 * First thing in the transaction of a request with an `Idempotency-Key`: a twin that still runs holds the lock (409), one that finished
 * left its answer (replayed, or 422 when the body differs). The lock ends with the transaction, so a crash leaves nothing behind.
 */
export async function claimIdempotency(tx: Tx, claim: IdempotencyClaim): Promise<void> {
  claim.taken = true;
  const { organizationId, actor } = tx.scope;
  const lock = await tx.first<{ taken: boolean }>(LOCK, [[organizationId, actor.id, claim.route, claim.key].join('|')]);
  if (!lock?.taken)
    throw IdempotencyKeyRunning({
      detail: 'Wait for the first request to finish, then ask again with the same key.',
      retryAfterSeconds: 1,
    });
  const found = await tx.first<{ body_hash: Buffer; status: number; response: string }>(FIND, [
    organizationId,
    actor.id,
    claim.route,
    claim.key,
  ]);
  if (!found) return;
  if (!found.body_hash.equals(claim.bodyHash))
    throw IdempotencyKeyReused({ detail: 'The same key came with another body. Use a new key for a new request.' });
  throw new IdempotentReplay(found.status, found.response);
}

/** Last thing in that transaction: the answer is stored with the effect, or neither is. */
export async function storeIdempotentAnswer(tx: Tx, claim: IdempotencyClaim, result: unknown): Promise<void> {
  const { organizationId, actor } = tx.scope;
  await tx.query(STORE, [organizationId, actor.id, claim.route, claim.key, claim.bodyHash, claim.status, claim.serialize(result)]);
}

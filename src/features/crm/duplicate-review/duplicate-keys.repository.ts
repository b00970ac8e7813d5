import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { LARGEST_BLOCK } from '../duplicates/candidate-pairs.js';

const INSERT = `
  insert into lead_duplicate_keys (organization_id, run_id, key_hash, record_id)
  select $1, $2, k.hash, k.id from unnest($3::bigint[], $4::uuid[]) as k (hash, id)
  on conflict do nothing`;
const SIZES = `
  select b.size, count(*)::int as blocks from (
    select count(*)::int as size from lead_duplicate_keys where organization_id = $1 and run_id = $2
    group by key_hash having count(*) between 2 and $3) b
  group by b.size`;
// One look into the index for each key, and never further than the largest block that counts.
const BLOCKS = `
  select h.hash, b.ids from unnest($3::bigint[]) as h (hash)
  cross join lateral (
    select array_agg(k.record_id) as ids from (
      select record_id from lead_duplicate_keys where organization_id = $1 and run_id = $2 and key_hash = h.hash limit $4 + 1) k) b
  where cardinality(b.ids) between 2 and $4`;
// By their places in the table: a join of a table that nobody has analyzed yet with itself may take minutes.
const DROP = `
  delete from lead_duplicate_keys where ctid = any (array(
    select ctid from lead_duplicate_keys where organization_id = $1 and run_id = $2 limit $3))
  returning 1`;

/** Keys under which records are looked for; they last as long as the search they were made for. */
@Injectable()
export class DuplicateKeysRepository {
  async insert(tx: Tx, runId: string, hashes: readonly number[], ids: readonly string[]): Promise<void> {
    await tx.query(INSERT, [tx.scope.organizationId, runId, hashes, ids]);
  }

  /** Pairs there are in blocks of each size, by size. */
  async pairsBySize(tx: Tx, runId: string): Promise<Float64Array> {
    const found = await tx.query<{ size: number; blocks: number }>(SIZES, [tx.scope.organizationId, runId, LARGEST_BLOCK]);
    const pairs = new Float64Array(LARGEST_BLOCK + 1);
    for (const { size, blocks } of found) pairs[size] = (blocks * size * (size - 1)) / 2;
    return pairs;
  }

  /** The records under each key, by key, for keys that at least two and at most `limit` records have. */
  async blocks(tx: Tx, runId: string, hashes: readonly number[], limit: number): Promise<Map<number, string[]>> {
    const found = await tx.query<{ hash: string; ids: string[] }>(BLOCKS, [tx.scope.organizationId, runId, hashes, limit]);
    return new Map(found.map(({ hash, ids }) => [Number(hash), ids]));
  }

  /** Removes some keys of a search; gives how many. */
  async drop(tx: Tx, runId: string, most: number): Promise<number> {
    return (await tx.query(DROP, [tx.scope.organizationId, runId, most])).length;
  }
}

import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { MatchFactor } from '../duplicates/score-pair.js';

/** Two leads that are likely one person; the left one has the smaller id. */
export interface FoundPair {
  readonly leftId: string;
  readonly rightId: string;
  readonly weight: number;
  readonly score: number;
  readonly factors: readonly MatchFactor[];
}

/** A pair without its reasons. */
export type PairLink = Pick<FoundPair, 'leftId' | 'rightId' | 'weight'>;

// What people have said are not duplicates never comes back.
const INSERT = `
  insert into lead_duplicate_pairs (organization_id, run_id, left_id, right_id, weight, score, factors)
  select $1, $2, p."leftId", p."rightId", p.weight, p.score, p.factors
  from jsonb_to_recordset($3::jsonb) as p ("leftId" uuid, "rightId" uuid, weight double precision, score double precision, factors jsonb)
  where not exists (select from lead_duplicate_dismissals d where d.organization_id = $1 and d.left_id = p."leftId" and d.right_id = p."rightId")
  on conflict do nothing`;
const COLUMNS = `p.left_id as "leftId", p.right_id as "rightId", p.weight`;
const OWN = `from lead_duplicate_pairs p where p.organization_id = $1 and p.run_id = $2`;
const STRONGEST = `
  select ${COLUMNS} ${OWN} and ($3::double precision is null or (-p.weight, p.left_id, p.right_id) > (-$3, $4::uuid, $5::uuid))
  order by p.weight desc, p.left_id, p.right_id limit $6`;
const AMONG = `
  select ${COLUMNS}, p.score, p.factors ${OWN} and p.left_id = any ($3::uuid[]) and p.right_id = any ($3::uuid[])
  order by p.weight desc, p.left_id, p.right_id`;
const COUNT = `select count(*)::int as count ${OWN}`;
const APART = `
  select d.left_id as "leftId", d.right_id as "rightId" from lead_duplicate_dismissals d
  where d.organization_id = $1 and d.left_id = any ($2::uuid[]) and d.right_id = any ($2::uuid[])`;
const SET_APART = `
  insert into lead_duplicate_dismissals (organization_id, left_id, right_id, dismissed_by)
  select $1, one.id, other.id, $3 from unnest($2::uuid[]) as one (id) join unnest($2::uuid[]) as other (id) on one.id < other.id
  on conflict do nothing`;
const DROP = `delete from lead_duplicate_pairs where organization_id = $1 and run_id = $2`;

/** Pairs a search has found, and those people have said are none. */
@Injectable()
export class DuplicatePairsRepository {
  async insert(tx: Tx, runId: string, pairs: readonly FoundPair[]): Promise<void> {
    if (pairs.length > 0) await tx.query(INSERT, [tx.scope.organizationId, runId, JSON.stringify(pairs)]);
  }

  /** The pairs behind one, strongest first. */
  strongest(tx: Tx, runId: string, after: PairLink | undefined, limit: number): Promise<PairLink[]> {
    const place = after ? [after.weight, after.leftId, after.rightId] : [null, null, null];
    return tx.query<PairLink>(STRONGEST, [tx.scope.organizationId, runId, ...place, limit]);
  }

  /** The pairs among some leads, with their reasons. */
  among(tx: Tx, runId: string, leadIds: readonly string[]): Promise<FoundPair[]> {
    return tx.query<FoundPair>(AMONG, [tx.scope.organizationId, runId, leadIds]);
  }

  async count(tx: Tx, runId: string): Promise<number> {
    return (await tx.first<{ count: number }>(COUNT, [tx.scope.organizationId, runId]))?.count ?? 0;
  }

  /** Pairs among some leads that people have said are two. */
  apart(tx: Tx, leadIds: readonly string[]): Promise<{ leftId: string; rightId: string }[]> {
    return tx.query(APART, [tx.scope.organizationId, leadIds]);
  }

  /** Remembers that no two of these leads are one. */
  async setApart(tx: Tx, leadIds: readonly string[]): Promise<void> {
    await tx.query(SET_APART, [tx.scope.organizationId, leadIds, tx.scope.actor.userId]);
  }

  async drop(tx: Tx, runId: string): Promise<void> {
    await tx.query(DROP, [tx.scope.organizationId, runId]);
  }
}

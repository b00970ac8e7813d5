import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { type LeadRelation, MOVING } from './lead-relations.js';

/** How many records of a kind. */
export interface RelationCount {
  readonly relation: string;
  readonly count: number;
}

// Of several absorbed leads with a record in the same place the one with the smallest id gives its own.
const chosen = ({ table, key, slot }: LeadRelation): string => `
  select w.key, w.lead_id from (
    select ${key} as key, t.lead_id, row_number() over (partition by ${slot} order by t.lead_id) as n from ${table} t
    where t.organization_id = $1 and t.lead_id = any ($3::uuid[])
      and ${slot} not in (select ${slot} from ${table} t where t.organization_id = $1 and t.lead_id = $2)) w
  where w.n = 1`;
const count = (relation: LeadRelation): string => `select count(*)::int as count from (${chosen(relation)}) c`;
const move = (relation: LeadRelation): string => `
  with chosen as (${chosen(relation)}),
  moved as (
    update ${relation.table} t set lead_id = $2 from chosen c
    where t.organization_id = $1 and t.lead_id = c.lead_id and ${relation.key} = c.key
    returning c.key, c.lead_id)
  insert into lead_merge_moves (organization_id, merge_id, relation, record_key, lead_id)
  select $1, $4, '${relation.name}', moved.key, moved.lead_id from moved returning 1`;
// A record that was deleted or went elsewhere since is not brought back, nor one whose place is taken again.
const moveBack = ({ name, table, key, slot }: LeadRelation): string => `
  with wanted as (
    select m.record_key, m.lead_id from lead_merge_moves m where m.organization_id = $1 and m.merge_id = $2 and m.relation = '${name}' and m.lead_id = any ($4::uuid[])),
  back as (
    update ${table} t set lead_id = w.lead_id from wanted w
    where t.organization_id = $1 and t.lead_id = $3 and ${key} = w.record_key
      and not exists (select from ${table} o where o.organization_id = $1 and o.lead_id = w.lead_id and ${slot.replaceAll('t.', 'o.')} = ${slot})
    returning 1)
  select (select count(*)::int from back) as moved, (select count(*)::int from lead_merge_moves m
    where m.organization_id = $1 and m.merge_id = $2 and m.relation = '${name}') as wanted`;

const STATEMENTS = MOVING.map((relation) => ({
  name: relation.name,
  count: count(relation),
  move: move(relation),
  back: moveBack(relation),
}));

/** Records that follow a lead into another one, and back. */
@Injectable()
export class LeadRelationsRepository {
  /** What a merge would move. */
  async count(tx: Tx, survivorId: string, absorbedIds: readonly string[]): Promise<RelationCount[]> {
    const found: RelationCount[] = [];
    for (const statement of STATEMENTS) {
      const row = await tx.first<{ count: number }>(statement.count, [tx.scope.organizationId, survivorId, absorbedIds]);
      found.push({ relation: statement.name, count: row?.count ?? 0 });
    }
    return found;
  }

  /** Moves them and remembers where they were. */
  async move(tx: Tx, mergeId: string, survivorId: string, absorbedIds: readonly string[]): Promise<RelationCount[]> {
    const moved: RelationCount[] = [];
    for (const statement of STATEMENTS) {
      const rows = await tx.query(statement.move, [tx.scope.organizationId, survivorId, absorbedIds, mergeId]);
      moved.push({ relation: statement.name, count: rows.length });
    }
    return moved;
  }

  /** Moves back to these leads what came from them; `kept` is what is no longer where the merge had put it. */
  async moveBack(
    tx: Tx,
    mergeId: string,
    survivorId: string,
    leadIds: readonly string[],
  ): Promise<{ moved: RelationCount[]; kept: RelationCount[] }> {
    const [moved, kept]: [RelationCount[], RelationCount[]] = [[], []];
    for (const { name: relation, back } of STATEMENTS) {
      const row = await tx.first<{ moved: number; wanted: number }>(back, [tx.scope.organizationId, mergeId, survivorId, leadIds]);
      moved.push({ relation, count: row?.moved ?? 0 });
      kept.push({ relation, count: (row?.wanted ?? 0) - (row?.moved ?? 0) });
    }
    return { moved, kept };
  }
}

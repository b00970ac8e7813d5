import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { sqlSelectList } from '../../../platform/http/shapes/schema.js';
import { WRITTEN_LEAD_LIST } from '../leads/lead-statements.js';
import type { LeadView } from '../leads/leads.shapes.js';
import { LeadMergeView } from './lead-merges.shapes.js';
import type { MergedField } from './merge-fields.js';

/** A lead of a merge as it stands, also a deleted one. */
export interface WholeLead {
  readonly view: LeadView;
  readonly rank: string;
  readonly rankEpoch: number;
}

/** A merge to be written down. */
export interface NewMerge {
  readonly id: string;
  readonly fields: readonly MergedField[];
  readonly before: LeadView;
  readonly after: LeadView;
  readonly absorbed: readonly WholeLead[];
  readonly movedCount: number;
}

/** A merge as undoing it needs it. */
export interface MergeRow {
  readonly id: string;
  readonly survivorId: string;
  readonly absorbedIds: string[];
  readonly before: LeadView;
  readonly after: LeadView;
  readonly undoneAt: string | null;
}

// The epoch is asked for beside the lead, not joined: a lead that was moved while this waited for it would no longer fit its old stage, and be missing.
const EPOCH = `(select s.rank_epoch from pipeline_stages s where s.organization_id = l.organization_id and s.pipeline_id = l.pipeline_id and s.key = l.status)`;
const LEAD = `select row_to_json(v) as view, v.rank, v."rankEpoch" from (
    select ${WRITTEN_LEAD_LIST}, l.rank, ${EPOCH} as "rankEpoch" from leads l
    where l.organization_id = $1 and l.id = t.id`;
// "offset 0": leads are locked one after the other in the order of their ids.
const wholeLeads = (lock: string): string => `
  select v.view, v.rank, v."rankEpoch" from (select t.id from unnest($2::uuid[]) as t (id) order by t.id offset 0) t
  cross join lateral (${LEAD} ${lock}) v) v order by t.id`;
const READ = wholeLeads('');
const LOCK = wholeLeads('for no key update of l');

const INSERT = `
  with made as (
    insert into lead_merges (organization_id, id, survivor_id, absorbed_ids, fields, before, after, moved_count, merged_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id)
  insert into lead_merge_leads (organization_id, merge_id, lead_id, before, rank, rank_epoch)
  select $1, made.id, a.id, a.before, a.rank, a.rank_epoch
  from made, jsonb_to_recordset($10::jsonb) as a (id uuid, before jsonb, rank text, rank_epoch integer)`;
const LOCK_MERGE = `
  select m.id, m.survivor_id as "survivorId", m.absorbed_ids as "absorbedIds", m.before, m.after, m.undone_at as "undoneAt"
  from lead_merges m where m.organization_id = $1 and m.id = $2 for update`;
const UNDONE = `update lead_merges set undone_by = $3, undone_at = now(), undo_report = $4 where organization_id = $1 and id = $2`;
// The order key is right again only in the column it was made for, as long as that was not put in order anew.
const SAME_PLACE = `
  update leads l set rank = m.rank from lead_merge_leads m, pipeline_stages s
  where m.organization_id = $1 and m.merge_id = $2 and m.lead_id = any ($3::uuid[])
    and l.organization_id = $1 and l.id = m.lead_id and l.status = m.before ->> 'status' and l.pipeline_id::text = m.before ->> 'pipelineId'
    and s.organization_id = $1 and s.pipeline_id = l.pipeline_id and s.key = l.status and s.rank_epoch = m.rank_epoch`;
const ABSORBING = (lead: string): string => `
  select m.id as merge_id, m.survivor_id from lead_merge_leads a
    join lead_merges m on m.organization_id = $1 and m.id = a.merge_id and m.undone_at is null
    where a.organization_id = $1 and a.lead_id = ${lead} order by m.id desc limit 1`;
// Follows a lead through the last merges that stand, to the first lead that is there. What was brought back by hand may be merged again, so
// there may be several merges of one lead, and circles: it goes one way, and not for ever.
const WHERE_TO = `
  with recursive steps as (
    select f.*, 1 as step from (${ABSORBING('$2')}) f
    union all
    select n.*, s.step + 1 from steps s cross join lateral (${ABSORBING('s.survivor_id')}) n
      where s.step < 100 and not exists (select from leads l where l.organization_id = $1 and l.id = s.survivor_id and l.deleted_at is null))
  select merge_id as "mergeId", survivor_id as "mergedInto" from steps order by step desc limit 1`;
const LATER = `
  select a.lead_id as "leadId", m.id as "mergeId", m.survivor_id as "mergedInto" from lead_merge_leads a
    join lead_merges m on m.organization_id = $1 and m.id = a.merge_id and m.undone_at is null
    where a.organization_id = $1 and a.lead_id = any ($2::uuid[]) and a.merge_id > $3 order by m.id desc limit 1`;
const VIEW = sqlSelectList(LeadMergeView, {
  id: 'm.id',
  survivorId: 'm.survivor_id',
  absorbedIds: 'm.absorbed_ids',
  fields: 'm.fields',
  movedCount: 'm.moved_count',
  mergedBy: 'm.merged_by',
  mergedAt: 'm.merged_at',
  undoneBy: 'm.undone_by',
  undoneAt: 'm.undone_at',
  undone: 'm.undo_report',
});
const FIND = `select row_to_json(v)::text as json from (select ${VIEW} from lead_merges m where m.organization_id = $1 and m.id = $2) v`;
const PAGE = `
  select row_to_json(v)::text as json, v.id from (
    select ${VIEW} from lead_merges m
    where m.organization_id = $1 and ($2::uuid is null or m.id < $2) and ($3::uuid is null or m.survivor_id = $3)
    order by m.id desc limit $4) v`;

/** Merges, and the leads they are about. */
@Injectable()
export class LeadMergesRepository {
  /** The leads that are there, deleted or not, by id. */
  async leads(tx: Tx, ids: readonly string[], isLocked: boolean): Promise<ReadonlyMap<string, WholeLead>> {
    const found = await tx.query<WholeLead>(isLocked ? LOCK : READ, [tx.scope.organizationId, ids]);
    return new Map(found.map((lead) => [lead.view.id, lead]));
  }

  async insert(tx: Tx, { id, fields, before, after, absorbed, movedCount }: NewMerge): Promise<void> {
    const ids = absorbed.map(({ view }) => view.id);
    const leads = absorbed.map(({ view, rank, rankEpoch }) => ({ id: view.id, before: view, rank, rank_epoch: rankEpoch }));
    const facts = [JSON.stringify(fields), JSON.stringify(before), JSON.stringify(after), movedCount, tx.scope.actor.userId];
    await tx.query(INSERT, [tx.scope.organizationId, id, before.id, ids, ...facts, JSON.stringify(leads)]);
  }

  lock(tx: Tx, id: string): Promise<MergeRow | undefined> {
    return tx.first<MergeRow>(LOCK_MERGE, [tx.scope.organizationId, id]);
  }

  async markUndone(tx: Tx, id: string, report: object): Promise<void> {
    await tx.query(UNDONE, [tx.scope.organizationId, id, tx.scope.actor.userId, JSON.stringify(report)]);
  }

  /** Puts cards back where they stood before the merge, if that place still is one. */
  async restorePlaces(tx: Tx, id: string, leadIds: readonly string[]): Promise<void> {
    await tx.query(SAME_PLACE, [tx.scope.organizationId, id, leadIds]);
  }

  /** Where a lead has gone by merging; undefined for one that was never absorbed. */
  whereTo(tx: Tx, leadId: string): Promise<{ mergeId: string; mergedInto: string } | undefined> {
    return tx.first(WHERE_TO, [tx.scope.organizationId, leadId]);
  }

  /** The last merge behind this one that absorbed one of these leads and stands. */
  laterOf(tx: Tx, id: string, leadIds: readonly string[]): Promise<{ leadId: string; mergeId: string; mergedInto: string } | undefined> {
    return tx.first(LATER, [tx.scope.organizationId, leadIds, id]);
  }

  find(tx: Tx, id: string): Promise<{ json: string } | undefined> {
    return tx.first(FIND, [tx.scope.organizationId, id]);
  }

  /** Newest first. */
  page(
    tx: Tx,
    { before, survivorId }: { before: string | undefined; survivorId: string | undefined },
    limit: number,
  ): Promise<{ json: string; id: string }[]> {
    return tx.query(PAGE, [tx.scope.organizationId, before ?? null, survivorId ?? null, limit]);
  }
}

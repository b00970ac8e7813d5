import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { NIL_ID } from '../../../shared/ids.js';
import type { HistoryChange, Journey, LastVisit, StageFact } from './stage-history.js';

export interface HistoryCursor {
  readonly seq: number;
  readonly isFilled: boolean;
  /** The last lead that was looked at for a history that has no beginning. */
  readonly filledTo: string;
}

/** What a stage was called until a moment, in milliseconds since 1970; null: what it is called now. */
export interface StageName {
  readonly pipelineId: string;
  readonly key: string;
  readonly name: string;
  readonly until: number | null;
}

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;
const instant = (column: string): string => `to_timestamp(${column} / 1000.0)`;

const BEGIN = `insert into lead_history_cursors (organization_id) values ($1) on conflict do nothing`;
const LOCK = `select seq::float8 as seq, is_filled as "isFilled", filled_to as "filledTo" from lead_history_cursors where organization_id = $1 for update`;
const IS_BEHIND = `select not exists (select from lead_history_cursors c where c.organization_id = $1 and c.is_filled
    and not exists (select from sealed_blocks b where b.organization_id = $1 and b.block > c.seq)) as behind`;
const BEHIND = `select organization_id as id from lead_histories_behind where organization_id > $1 order by organization_id limit $2`;
const LAST_OF = `select max(last_seq)::float8 as seq from sealed_blocks where organization_id = $1 and block > $2::bigint and block <= $2::bigint + $3::int`;
// Exactly the events that say where a lead stands; a status in another one may be that of something else.
const FACTS = `select e.seq::float8 as seq, e.resource_id as "leadId", ${ms('e.occurred_at')} as at, e.after ->> 'status' as stage, e.after ->> 'statusName' as "stageName",
    e.after ->> 'pipelineId' as "pipelineId", e.action = 'lead.deleted' as "isGone", e.actor_type as "actorType", e.user_id as "userId", e.after ->> 'reason' as reason,
    e.after ->> 'reasonNote' as "reasonNote"
  from sealed_events e
  where e.organization_id = $1 and e.block > $2::bigint and e.block <= $3::bigint and e.resource_type = 'lead' and e.resource_id is not null
    and (e.action = 'lead.deleted' or (e.action in ('lead.created', 'lead.updated', 'lead.moved', 'lead.restored') and e.after ? 'status'))
  order by e.seq`;
const LAST_VISITS = `select v.* from unnest($2::uuid[]) as g(id) cross join lateral (
    select h.lead_id as "leadId", h.seq::float8 as seq, h.pipeline_id as "pipelineId", h.stage, ${ms('h.entered_at')} as "enteredAt", ${ms('h.left_at')} as "leftAt"
    from lead_stage_history h where h.organization_id = $1 and h.lead_id = g.id order by h.seq desc limit 1) v`;
// For a lead whose beginning is not known. A query of its own: joined by the text in the trail, the policy would have all leads compared.
const PIPELINES_NOW = `select id, pipeline_id as "pipelineId" from leads where organization_id = $1 and id = any ($2::uuid[])`;
const JOURNEYS = `select lead_id as "leadId", pipeline_id as "pipelineId", ${ms('started_at')} as "startedAt", visited, stage, ${ms('since')} as since, gone_by as "goneBy", reason
  from lead_journeys where organization_id = $1 and lead_id = any ($2::uuid[])`;
const NAMES = `select n.pipeline_id as "pipelineId", n.key, n.name, ${ms('n.until')} as until from pipeline_stage_names n where n.organization_id = $1
  union all select s.pipeline_id, s.key, s.name, null from pipeline_stages s where s.organization_id = $1
  order by 1, 2, 4 nulls last`;

const CLOSE = `update lead_stage_history h set left_at = ${instant('c."leftAt"')}, left_by = c."leftBy"
  from jsonb_to_recordset($2::jsonb) as c("leadId" uuid, seq bigint, "leftAt" float8, "leftBy" text)
  where h.organization_id = $1 and h.lead_id = c."leadId" and h.seq = c.seq`;
const EXPLAIN = `update lead_stage_history h set reason = e.reason, reason_note = e."reasonNote"
  from jsonb_to_recordset($2::jsonb) as e("leadId" uuid, seq bigint, reason text, "reasonNote" text)
  where h.organization_id = $1 and h.lead_id = e."leadId" and h.seq = e.seq`;
const INSERT_VISITS = `insert into lead_stage_history (organization_id, lead_id, seq, pipeline_id, stage, stage_name, entered_at, left_at, left_by, actor_type, user_id, reason, reason_note)
  select $1, v."leadId", v.seq, v."pipelineId", v.stage, v."stageName", ${instant('v."enteredAt"')}, ${instant('v."leftAt"')}, v."leftBy", v."actorType", v."userId", v.reason, v."reasonNote"
  from jsonb_to_recordset($2::jsonb) as v("leadId" uuid, seq bigint, "pipelineId" uuid, stage text, "stageName" text, "enteredAt" float8, "leftAt" float8, "leftBy" text,
    "actorType" text, "userId" uuid, reason text, "reasonNote" text)`;
const PUT_JOURNEYS = `insert into lead_journeys (organization_id, lead_id, pipeline_id, started_at, visited, stage, since, gone_by, reason)
  select $1, j."leadId", j."pipelineId", ${instant('j."startedAt"')}, j.visited, j.stage, ${instant('j.since')}, j."goneBy", j.reason
  from jsonb_to_recordset($2::jsonb) as j("leadId" uuid, "pipelineId" uuid, "startedAt" float8, visited text[], stage text, since float8, "goneBy" text, reason text)
  on conflict (organization_id, lead_id, pipeline_id) do update set visited = excluded.visited, stage = excluded.stage, since = excluded.since, gone_by = excluded.gone_by,
    reason = excluded.reason`;
const ADVANCE = `update lead_history_cursors set seq = $2 where organization_id = $1`;

// A lead of the last minute may only wait for its event to be sealed. Each lead is looked up by itself, so that a table nobody has counted
// yet is not read once for every lead.
const FILL = `with looked_at as (
    select l.id, l.pipeline_id, l.status, l.created_at, l.updated_at, l.deleted_at from leads l where l.organization_id = $1 and l.id > $3 order by l.id limit $4::int),
  found as (
    select l.id, l.pipeline_id, l.status, s.name, l.created_at from looked_at l
      join pipeline_stages s on s.organization_id = $1 and s.pipeline_id = l.pipeline_id and s.key = l.status
      left join lateral (select true as is_known from lead_stage_history h where h.organization_id = $1 and h.lead_id = l.id limit 1) h on true
    where h.is_known is null and l.deleted_at is null and l.updated_at < now() - interval '1 minute'),
  v as (insert into lead_stage_history (organization_id, lead_id, seq, pipeline_id, stage, stage_name, entered_at, actor_type, user_id)
    select $1, f.id, 0, f.pipeline_id, f.status, f.name, f.created_at, 'system', $2 from found f on conflict do nothing),
  j as (insert into lead_journeys (organization_id, lead_id, pipeline_id, started_at, visited, stage, since)
    select $1, f.id, f.pipeline_id, f.created_at, array[f.status], f.status, f.created_at from found f on conflict do nothing)
  update lead_history_cursors set filled_to = coalesce((select id from looked_at order by id desc limit 1), filled_to), is_filled = (select count(*) from looked_at) < $4::int
  where organization_id = $1 returning not is_filled as more`;

const OF_LEAD = `select h.pipeline_id as "pipelineId", p.name as "pipelineName", h.stage as status, h.stage_name as "statusName", h.entered_at as "enteredAt", h.left_at as "leftAt",
    extract(epoch from coalesce(h.left_at, now()) - h.entered_at)::float8 as seconds, h.actor_type as "actorType", nullif(h.user_id, $3) as "userId", h.reason, h.reason_note as "reasonNote"
  from lead_stage_history h join pipelines p on p.organization_id = $1 and p.id = h.pipeline_id
  where h.organization_id = $1 and h.lead_id = $2 order by h.entered_at, h.seq limit 1000`;
const LEAD_IS_THERE = `select exists (select from leads where organization_id = $1 and id = $2) as found`;

/** A visit as it is shown to people. */
export interface VisitRow {
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly status: string;
  readonly statusName: string;
  readonly enteredAt: string;
  readonly leftAt: string | null;
  readonly seconds: number;
  readonly actorType: string;
  readonly userId: string | null;
  readonly reason: string | null;
  readonly reasonNote: string | null;
}

/** Questions about the history that is derived from the trail. */
@Injectable()
export class StageHistoryRepository {
  /** So many organizations behind one, by id, whose trail has gone on; needs the role that sees all of them. */
  async behind(tx: Tx, after: string, most: number): Promise<string[]> {
    return (await tx.query<{ id: string }>(BEHIND, [after, most])).map(({ id }) => id);
  }

  async isBehind(tx: Tx): Promise<boolean> {
    return (await tx.first<{ behind: boolean }>(IS_BEHIND, [tx.scope.organizationId]))?.behind ?? true;
  }

  /** Where to go on; whoever else wants to waits until the end of the transaction. */
  async lock(tx: Tx): Promise<HistoryCursor> {
    await tx.query(BEGIN, [tx.scope.organizationId]);
    return (await tx.first<HistoryCursor>(LOCK, [tx.scope.organizationId])) ?? { seq: 0, isFilled: false, filledTo: NIL_ID };
  }

  /** The number of the last event within the next so many; undefined when there is none yet. */
  async lastOf(tx: Tx, seq: number, most: number): Promise<number | undefined> {
    return (await tx.first<{ seq: number | null }>(LAST_OF, [tx.scope.organizationId, seq, most]))?.seq ?? undefined;
  }

  /** What the events after one number up to another say of leads, in their order; later ones may be sealed meanwhile. */
  facts(tx: Tx, after: number, last: number): Promise<StageFact[]> {
    return tx.query(FACTS, [tx.scope.organizationId, after, last]);
  }

  lastVisits(tx: Tx, leadIds: readonly string[]): Promise<LastVisit[]> {
    return tx.query(LAST_VISITS, [tx.scope.organizationId, leadIds]);
  }

  /** The pipelines leads are in today, by lead. */
  async pipelinesNow(tx: Tx, leadIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (leadIds.length === 0) return new Map();
    const found = await tx.query<{ id: string; pipelineId: string }>(PIPELINES_NOW, [tx.scope.organizationId, leadIds]);
    return new Map(found.map(({ id, pipelineId }) => [id, pipelineId]));
  }

  journeys(tx: Tx, leadIds: readonly string[]): Promise<Journey[]> {
    return tx.query(JOURNEYS, [tx.scope.organizationId, leadIds]);
  }

  /** All names stages have had, each stage's in the order of time. */
  names(tx: Tx): Promise<StageName[]> {
    return tx.query(NAMES, [tx.scope.organizationId]);
  }

  async write(tx: Tx, { visits, explanations, closings, journeys }: HistoryChange): Promise<void> {
    const { organizationId } = tx.scope;
    // Of several explanations of one visit the last holds.
    const last = [...new Map(explanations.map((one) => [`${one.leadId} ${one.seq}`, one])).values()];
    if (last.length > 0) await tx.query(EXPLAIN, [organizationId, JSON.stringify(last)]);
    if (closings.length > 0) await tx.query(CLOSE, [organizationId, JSON.stringify(closings)]);
    if (visits.length > 0) await tx.query(INSERT_VISITS, [organizationId, JSON.stringify(visits)]);
    if (journeys.length > 0) await tx.query(PUT_JOURNEYS, [organizationId, JSON.stringify(journeys)]);
  }

  async advance(tx: Tx, seq: number): Promise<void> {
    await tx.query(ADVANCE, [tx.scope.organizationId, seq]);
  }

  /** Begins the history of so many leads the trail knows nothing of, when they were made; false after the last. */
  async fill(tx: Tx, after: string, most: number): Promise<boolean> {
    return (await tx.first<{ more: boolean }>(FILL, [tx.scope.organizationId, NIL_ID, after, most]))?.more ?? false;
  }

  async isLead(tx: Tx, id: string): Promise<boolean> {
    return (await tx.first<{ found: boolean }>(LEAD_IS_THERE, [tx.scope.organizationId, id]))?.found ?? false;
  }

  /** Visits of a lead in order. */
  ofLead(tx: Tx, id: string): Promise<VisitRow[]> {
    return tx.query(OF_LEAD, [tx.scope.organizationId, id, NIL_ID]);
  }
}

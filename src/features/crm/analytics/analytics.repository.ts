import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { GroupedLeads } from './breakdown.js';
import type { CurrencyFigure } from './figures.js';
import type { OpenLeads } from './forecast.js';
import type { Path, ReportedStage } from './funnel.js';
import type { Grouping, Range } from './period.js';
import type { ClosedLeads, WonValues } from './velocity.js';

/** A pipeline as reports see it. */
export interface ReportedPipeline {
  readonly id: string;
  readonly name: string;
  readonly stages: readonly ReportedStage[];
}

/** What a report is about: days of `timeZone`, cut into periods. */
export interface Frame extends Range {
  readonly pipelineId: string;
  readonly timeZone: string;
  readonly grouping: Grouping;
}

export interface DwellRow {
  readonly stage: string;
  readonly period: string | null;
  readonly visits: number;
  readonly averageSeconds: number;
  readonly medianSeconds: number;
  readonly p90Seconds: number;
}

export interface WaitingRow {
  readonly stage: string;
  readonly count: number;
  readonly averageSeconds: number;
}

export interface ReasonRow {
  readonly stage: string;
  readonly reason: string | null;
  readonly count: number;
}

const PIPELINE = `select p.id, p.name, (
    select json_agg(json_build_object('key', s.key, 'name', s.name, 'kind', s.kind, 'probability', s.probability, 'isArchived', s.archived_at is not null) order by s.position, s.key)
    from pipeline_stages s where s.organization_id = $1 and s.pipeline_id = p.id) as stages
  from pipelines p where p.organization_id = $1 and p.archived_at is null and case when $2::uuid is null then p.is_default else p.id = $2 end`;

/**
 * Rows whose moment lies within days $3 to $4 of time zone $5, with `wall`: what a clock on the wall showed then. A day is one of the
 * calendar there, so one of 23 or 25 hours is one day. The first two conditions only let an index narrow it down, a day wider than any time
 * zone; "offset 0" has the zone looked up once a row.
 */
const within = (moment: string, select: string, from: string): string => `(
    select w.* from (select ${select}, ${moment} at time zone $5 as wall from ${from} and ${moment} >= $3::date - interval '2 days' and ${moment} < $4::date + interval '3 days' offset 0) w
    where w.wall::date between $3::date and $4::date)`;
/** The period of a row of `within`, and how it is written: the first day of its month or week. */
const period = (row: string): string => `date_trunc($6, ${row}.wall)`;
const written = (moment: string): string => `to_char(${moment}, 'YYYY-MM-DD')`;

/** Leads that came into the pipeline in the range. Deleted ones are left out of everything. */
const cohort = (select: string): string =>
  within('started_at', select, `lead_journeys where organization_id = $1 and pipeline_id = $2 and gone_by is distinct from 'delete'`);

const PATHS = `select j.visited, j.stage, ${written(period('j'))} as period, count(*)::int as count from ${cohort('visited, stage')} j group by 1, 2, ${period('j')}`;

const DWELL = `select v.stage, ${written('v.period')} as period, count(*)::int as visits, avg(v.seconds) as "averageSeconds",
    percentile_cont(0.5) within group (order by v.seconds) as "medianSeconds", percentile_cont(0.9) within group (order by v.seconds) as "p90Seconds"
  from (select h.stage, ${period('h')} as period, extract(epoch from h.left_at - h.entered_at)::float8 as seconds
    from ${within('left_at', 'stage, entered_at, left_at', `lead_stage_history where organization_id = $1 and pipeline_id = $2 and left_by = 'move'`)} h) v
  group by grouping sets ((v.stage), (v.stage, v.period))`;
const WAITING = `select j.stage, count(*)::int as count, avg(extract(epoch from now() - j.since))::float8 as "averageSeconds" from lead_journeys j
  where j.organization_id = $1 and j.pipeline_id = $2 and j.stage is not null group by j.stage`;

/** Leads that came into the won or lost stage they stand in within the range. */
const CLOSED_NOW = `(select s.kind, j.stage, j.reason, j.lead_id, j.started_at, j.since, j.wall
    from ${within(
      'since',
      'stage, reason, lead_id, started_at, since',
      `lead_journeys where organization_id = $1 and pipeline_id = $2
        and stage = any (array(select key from pipeline_stages where organization_id = $1 and pipeline_id = $2 and kind <> 'open'))`,
    )} j
    join pipeline_stages s on s.organization_id = $1 and s.pipeline_id = $2 and s.key = j.stage)`;
const CLOSED = `select ${written('v.period')} as period, v.kind, count(*)::int as count, avg(v.seconds) as "averageSeconds",
    percentile_cont(0.5) within group (order by v.seconds) as "medianSeconds"
  from (select c.kind, ${period('c')} as period, extract(epoch from c.since - c.started_at)::float8 as seconds from ${CLOSED_NOW} c) v
  group by grouping sets ((v.kind), (v.kind, v.period))`;
const WON = `select ${written(period('c'))} as period, l.value_currency as currency, count(*)::int as count, sum(l.value_minor)::text as "amountMinor"
  from ${CLOSED_NOW} c join leads l on l.organization_id = $1 and l.id = c.lead_id
  where c.kind = 'won' and l.value_currency is not null group by ${period('c')}, 2 order by ${period('c')}, 2`;
const REASONS = `select c.stage, c.reason, count(*)::int as count from ${CLOSED_NOW} c group by 1, 2 order by 3 desc, 2`;

const OPEN_NOW = `l.organization_id = $1 and l.pipeline_id = $2 and l.deleted_at is null
    and l.status in (select s.key from pipeline_stages s where s.organization_id = $1 and s.pipeline_id = $2 and s.kind = 'open')`;
const OPEN = `select l.value_currency as currency, count(*)::int as count, sum(l.value_minor)::text as "amountMinor" from leads l
  where ${OPEN_NOW} and l.value_currency is not null group by 1`;
// A day has ten letters; whatever else somebody wrote is told apart from days by the caller, and need not be told apart from each other.
const EXPECTED = `case when l.attributes ->> $3 ~ '^\\d{4}-\\d\\d-\\d\\d$' then l.attributes ->> $3 end`;
const FORECAST = `select l.status as stage, ${EXPECTED} as "expectedOn", l.value_currency as currency, count(*)::int as count, coalesce(sum(l.value_minor), 0)::text as sum
  from leads l where ${OPEN_NOW} group by 1, 2, 3`;

/** Most frequent first, those beyond $6 put together. */
const breakdown = (key: string): string => `with c as materialized (
    select coalesce(${key}, '') as key, s.kind, l.value_currency as currency, count(*)::int as count, coalesce(sum(l.value_minor), 0) as sum
    from ${cohort('lead_id, stage')} j join leads l on l.organization_id = $1 and l.id = j.lead_id
      left join pipeline_stages s on s.organization_id = $1 and s.pipeline_id = $2 and s.key = j.stage
    group by 1, 2, 3),
  top as (select key, true as is_listed from c group by key order by sum(count) desc, key limit $6::int)
  select case when t.is_listed then c.key else '' end as key, t.is_listed is null as "isRest", c.kind, c.currency, sum(c.count)::int as count, sum(c.sum)::text as sum
  from c left join top t on t.key = c.key group by 1, 2, 3, 4`;
const BREAKDOWNS = { source: breakdown('l.source'), owner: breakdown('l.owner_id::text') } as const;
const PEOPLE = `select id, name from user_directory where id = any ($1::uuid[])`;

/** Questions of reports; each is one statement. */
@Injectable()
export class AnalyticsRepository {
  /** A pipeline with all stages it ever had, in board order; the default one for null. */
  pipeline(tx: Tx, id: string | null): Promise<ReportedPipeline | undefined> {
    return tx.first(PIPELINE, [tx.scope.organizationId, id]);
  }

  paths(tx: Tx, frame: Frame): Promise<Path[]> {
    return tx.query(PATHS, parametersOf(tx, frame));
  }

  /** Visits that ended in the range, by stage and by stage and period. */
  dwell(tx: Tx, frame: Frame): Promise<DwellRow[]> {
    return tx.query(DWELL, parametersOf(tx, frame));
  }

  /** Leads that stand in each stage now, and for how long. */
  waiting(tx: Tx, { pipelineId }: Frame): Promise<WaitingRow[]> {
    return tx.query(WAITING, [tx.scope.organizationId, pipelineId]);
  }

  closed(tx: Tx, frame: Frame): Promise<ClosedLeads[]> {
    return tx.query(CLOSED, parametersOf(tx, frame));
  }

  won(tx: Tx, frame: Frame): Promise<WonValues[]> {
    return tx.query(WON, parametersOf(tx, frame));
  }

  reasons(tx: Tx, frame: Frame): Promise<ReasonRow[]> {
    return tx.query(REASONS, parametersOf(tx, frame).slice(0, -1));
  }

  open(tx: Tx, { pipelineId }: Frame): Promise<CurrencyFigure[]> {
    return tx.query(OPEN, [tx.scope.organizationId, pipelineId]);
  }

  forecast(tx: Tx, { pipelineId }: Frame, field: string): Promise<OpenLeads[]> {
    return tx.query(FORECAST, [tx.scope.organizationId, pipelineId, field]);
  }

  /** Leads of the range by source or owner; `most` are listed by themselves. */
  breakdown(tx: Tx, frame: Frame, by: keyof typeof BREAKDOWNS, most: number): Promise<GroupedLeads[]> {
    return tx.query(BREAKDOWNS[by], [...parametersOf(tx, frame).slice(0, -1), most]);
  }

  /** Names of people, former members too. */
  async people(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = await tx.query<{ id: string; name: string }>(PEOPLE, [ids]);
    return new Map(found.map(({ id, name }) => [id, name]));
  }
}

function parametersOf(tx: Tx, { pipelineId, from, to, timeZone, grouping }: Frame): unknown[] {
  return [tx.scope.organizationId, pipelineId, from, to, timeZone, grouping];
}

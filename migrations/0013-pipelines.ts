import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './sql/tenancy.js';

// is_ruled says whether entering the stage has to be judged at all, so that moves into all others stay one statement that looks at one flag.
// allowed_from null: from everywhere.
const RULES = `
  alter table pipelines
    add column win_reasons text[] not null default '{}',
    add column lost_reasons text[] not null default '{}',
    add column is_win_reason_required boolean not null default false,
    add column is_lost_reason_required boolean not null default false;
  alter table pipeline_stages
    add column probability smallint not null default 50,
    add column wip_limit integer,
    add column allowed_from text[],
    add column required_fields text[] not null default '{}',
    add column is_ruled boolean not null default false,
    add constraint pipeline_stages_probability check (probability between 0 and 100),
    add constraint pipeline_stages_wip_limit check (wip_limit > 0);`;

// Open stages that were there get what new pipelines get: the usual ones their own, others steps of equal size.
const PROBABILITIES = `
  update pipeline_stages s set probability = case
      when s.kind = 'won' then 100 when s.kind = 'lost' then 0
      when s.key = 'interest' then 10 when s.key = 'meeting-booked' then 30 when s.key = 'proposal-sent' then 60
      else o.place end
    from (select organization_id, pipeline_id, key,
        round(100.0 * row_number() over w / (count(*) over (partition by organization_id, pipeline_id, kind) + 1))::smallint as place
      from pipeline_stages window w as (partition by organization_id, pipeline_id, kind order by position, key)) o
    where o.organization_id = s.organization_id and o.pipeline_id = s.pipeline_id and o.key = s.key;`;

// Names a stage had until a moment; what it is called since stands in pipeline_stages.
const NAMES = `
  create table pipeline_stage_names (
    organization_id uuid not null,
    pipeline_id uuid not null,
    key text collate "C" not null,
    until timestamptz(3) not null default now(),
    name text not null,
    constraint pipeline_stage_names_pkey primary key (organization_id, pipeline_id, key, until)
  );
  ${tenantTable('pipeline_stage_names', ['select', 'insert'])}
  insert into pipeline_stage_names (organization_id, pipeline_id, key, until, name)
    select e.organization_id, e.resource_id::uuid, e.before ->> 'stage', e.occurred_at, e.before ->> 'name' from audit_events e
    where e.resource_type = 'pipeline' and e.action = 'stage.updated' and e.before ->> 'name' <> e.after ->> 'name'
    on conflict do nothing;`;

// What the audit publishes for features that derive something from the trail: sealed events in the order of their chain, block by block.
// A block is complete when it is there, and those of an organization come in order, so its last number is a cursor without gaps. "offset 0": each
// event is found by its number, never by reading all events of a kind for each of them.
const SEALED_EVENTS = `
  create view sealed_blocks with (security_invoker = true) as
    select organization_id, first_seq as block, last_seq from audit_seals;
  create view sealed_events with (security_invoker = true) as
    select s.organization_id, s.first_seq as block, s.first_seq + n.n - 1 as seq, e.occurred_at, e.actor_type, e.user_id, e.action, e.resource_type, e.resource_id,
      e.before, e.after
    from audit_seals s cross join lateral unnest(s.ids) with ordinality as n(id, n)
      cross join lateral (
        select occurred_at, actor_type, user_id, action, resource_type, resource_id, before, after from audit_events
        where organization_id = s.organization_id and id = n.id offset 0) e;
  grant select on sealed_blocks, sealed_events to concord_app, concord_system;`;

// Derived from the audit trail, see docs/decisions/0008. seq is the number of the event that began the visit, 0 for what was found without one.
const HISTORY = `
  create table lead_stage_history (
    organization_id uuid not null,
    lead_id uuid not null,
    seq bigint not null,
    pipeline_id uuid not null,
    stage text collate "C" not null,
    stage_name text not null,
    entered_at timestamptz(3) not null,
    left_at timestamptz(3),
    left_by text,
    actor_type text not null,
    user_id uuid not null,
    reason text,
    reason_note text,
    constraint lead_stage_history_pkey primary key (organization_id, lead_id, seq),
    constraint lead_stage_history_left_by check (left_by in ('move', 'delete')),
    constraint lead_stage_history_left check ((left_at is null) = (left_by is null) and left_at >= entered_at)
  );
  create index lead_stage_history_by_leaving on lead_stage_history (organization_id, pipeline_id, left_at) include (stage, entered_at) where left_by = 'move';
  ${tenantTable('lead_stage_history', ['select', 'insert', 'update'])}

  create table lead_journeys (
    organization_id uuid not null,
    lead_id uuid not null,
    pipeline_id uuid not null,
    started_at timestamptz(3) not null,
    visited text[] collate "C" not null,
    stage text collate "C",
    since timestamptz(3) not null,
    gone_by text,
    reason text,
    constraint lead_journeys_pkey primary key (organization_id, lead_id, pipeline_id),
    constraint lead_journeys_gone_by check (gone_by in ('move', 'delete')),
    constraint lead_journeys_gone check ((stage is null) = (gone_by is not null))
  );
  create index lead_journeys_by_start on lead_journeys (organization_id, pipeline_id, started_at);
  create index lead_journeys_by_stage on lead_journeys (organization_id, pipeline_id, stage, since) include (started_at);
  ${tenantTable('lead_journeys', ['select', 'insert', 'update'])}

  create table lead_history_cursors (
    organization_id uuid not null,
    seq bigint not null default 0,
    filled_to uuid not null default '00000000-0000-0000-0000-000000000000',
    is_filled boolean not null default false,
    constraint lead_history_cursors_pkey primary key (organization_id)
  );
  ${tenantTable('lead_history_cursors', ['select', 'insert', 'update'])}

  create view lead_histories_behind with (security_invoker = true) as
    select o.organization_id from audit_chains o left join lead_history_cursors c on c.organization_id = o.organization_id
    where o.last_seq > coalesce(c.seq, 0) or not coalesce(c.is_filled, false);
  grant select on lead_histories_behind to concord_app, concord_system;`;

/** Rules of stages, and the history of leads through them. */
export class Pipelines1763700000013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RULES);
    await runner.query(PROBABILITIES);
    await runner.query(NAMES);
    await runner.query(SEALED_EVENTS);
    await runner.query(HISTORY);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './sql/tenancy.js';

/** The audit trail: events, the head of each organization's chain, and its signed checkpoints. */
export class Audit1763700000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(EVENTS);
    await runner.query(CHAINS);
    await runner.query(RECORD_ELSEWHERE);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

// The insert is part of every write of the application, so there are as few indexes as the questions allow: newest first and one event
// are read by the primary key, the other two hold what is not sealed yet and the history of a resource. The sealed rows' index is
// written by the sealer alone.
const EVENTS = `
  create table audit_events (
    organization_id uuid not null,
    id bigint generated always as identity,
    occurred_at timestamptz(3) not null default clock_timestamp(),
    actor_type text not null,
    actor_id uuid not null,
    user_id uuid not null,
    action text not null,
    resource_type text not null,
    resource_id text,
    before jsonb,
    after jsonb,
    request_id text,
    address text,
    erased_at timestamptz(3),
    seq bigint,
    details_digest bytea,
    prev_hash bytea,
    hash bytea,
    constraint audit_events_pkey primary key (organization_id, id)
  );
  create index audit_events_pending on audit_events (organization_id, id) where seq is null;
  create unique index audit_events_sealed on audit_events (organization_id, seq) where seq is not null;
  create index audit_events_by_resource on audit_events (organization_id, resource_type, resource_id, id) where resource_id is not null;
  alter table audit_events set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
  ${tenantTable('audit_events', ['select', 'insert'])}
  revoke update, delete on audit_events from concord_system;
  grant update (seq, details_digest, prev_hash, hash, before, after, erased_at) on audit_events to concord_system;`;

const CHAINS = `
  create table audit_chains (
    organization_id uuid not null,
    last_seq bigint not null,
    last_hash bytea not null,
    mac bytea not null,
    constraint audit_chains_pkey primary key (organization_id)
  );
  ${tenantTable('audit_chains', ['select'])}
  revoke delete on audit_chains from concord_system;

  create table audit_checkpoints (
    organization_id uuid not null,
    seq bigint not null,
    hash text not null,
    signed_at timestamptz(3) not null,
    signature text not null,
    constraint audit_checkpoints_pkey primary key (organization_id, seq)
  );
  ${tenantTable('audit_checkpoints', ['select'])}
  revoke update, delete on audit_checkpoints from concord_system;`;

// An event of another organization than the one the transaction works in, such as the creation of one or a login. The setting is put
// back before the statement ends, so nothing else in the transaction sees the other organization.
const RECORD_ELSEWHERE = `
  create function concord_audit_elsewhere(target uuid, request_id text, address text, events jsonb)
  returns void language plpgsql as $$
  declare
    here text := current_setting('app.organization_id');
  begin
    perform set_config('app.organization_id', target::text, true);
    insert into audit_events (organization_id, request_id, address, actor_type, actor_id, user_id, action, resource_type, resource_id, before, after)
      select target, request_id, address, e."actorType", e."actorId", e."userId", e.action, e."resourceType", e."resourceId", e.before, e.after
      from jsonb_to_recordset(events)
        as e("actorType" text, "actorId" uuid, "userId" uuid, action text, "resourceType" text, "resourceId" text, before jsonb, after jsonb);
    perform set_config('app.organization_id', here, true);
  end $$;
  revoke execute on function concord_audit_elsewhere from public;
  grant execute on function concord_audit_elsewhere to concord_app, concord_system;`;

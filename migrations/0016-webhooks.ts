import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './sql/tenancy.js';

// Secrets are sealed. A deleted subscription stays as a row until its deliveries have aged out, so that the log does not lose its head.
const WEBHOOKS = `
  create table webhooks (
    organization_id uuid not null,
    id uuid not null,
    url text not null,
    events text[] not null,
    description text,
    active boolean not null default true,
    secret text not null,
    previous_secret text,
    previous_until timestamptz(3),
    created_by uuid not null,
    created_by_type text not null,
    enabled_at timestamptz not null default clock_timestamp(),
    disabled_at timestamptz(3),
    disabled_reason text,
    version integer not null default 1,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    deleted_at timestamptz(3),
    constraint webhooks_pkey primary key (organization_id, id),
    constraint webhooks_disabled_reason check (disabled_reason in ('by-hand', 'failing', 'gone')),
    constraint webhooks_previous_is_whole check ((previous_secret is null) = (previous_until is null))
  );
  create unique index webhooks_one_url on webhooks (organization_id, url) where deleted_at is null;
  create index webhooks_deleted on webhooks (organization_id, id) where deleted_at is not null;
  ${tenantTable('webhooks')}`;

// How far the events of an organization were looked at. Its row is the lock that lets one dispatcher work at a time.
const CURSORS = `
  create table webhook_cursors (
    organization_id uuid not null,
    seq bigint not null,
    constraint webhook_cursors_pkey primary key (organization_id)
  );
  ${tenantTable('webhook_cursors')}`;

// The state of sending to one address: when something is due, which process sends now, and how its receiver fares. Beside the
// subscription and not in it, because it changes with every attempt and the subscription has a version that people see.
const LANES = `
  create table webhook_lanes (
    organization_id uuid not null,
    webhook_id uuid not null,
    due_at timestamptz(3),
    claim uuid,
    claimed_until timestamptz(3),
    paused_until timestamptz(3),
    failures integer not null default 0,
    failing_since timestamptz(3),
    last_success_at timestamptz(3),
    constraint webhook_lanes_pkey primary key (organization_id, webhook_id),
    constraint webhook_lanes_webhook foreign key (organization_id, webhook_id) references webhooks (organization_id, id) on delete cascade
  );
  create index webhook_lanes_due on webhook_lanes (due_at) where due_at is not null;
  ${tenantTable('webhook_lanes')}`;

// The body of a message is made from the event whenever it is sent, so that no copy of it lies here.
const DELIVERIES = `
  create table webhook_deliveries (
    organization_id uuid not null,
    id uuid not null,
    webhook_id uuid not null,
    kind text not null,
    event_type text not null,
    event_seq bigint,
    state text not null default 'pending',
    attempts integer not null default 0,
    next_attempt_at timestamptz(3),
    last_status integer,
    last_error text,
    created_at timestamptz(3) not null default now(),
    finished_at timestamptz(3),
    constraint webhook_deliveries_pkey primary key (organization_id, id),
    constraint webhook_deliveries_webhook foreign key (organization_id, webhook_id) references webhooks (organization_id, id) on delete cascade,
    constraint webhook_deliveries_kind check (kind in ('event', 'replay', 'test')),
    constraint webhook_deliveries_state check (state in ('pending', 'delivered', 'failed', 'cancelled')),
    constraint webhook_deliveries_seq check ((event_seq is null) = (kind = 'test')),
    constraint webhook_deliveries_waiting check ((next_attempt_at is not null) = (state = 'pending')),
    constraint webhook_deliveries_finished check ((finished_at is null) = (state = 'pending'))
  );
  create unique index webhook_deliveries_once on webhook_deliveries (organization_id, webhook_id, event_seq) where kind = 'event';
  create index webhook_deliveries_log on webhook_deliveries (organization_id, webhook_id, id);
  create index webhook_deliveries_by_state on webhook_deliveries (organization_id, webhook_id, state, id);
  create index webhook_deliveries_due on webhook_deliveries (organization_id, webhook_id, next_attempt_at) where state = 'pending';
  create index webhook_deliveries_by_age on webhook_deliveries (created_at);
  ${tenantTable('webhook_deliveries')}

  create table webhook_attempts (
    organization_id uuid not null,
    delivery_id uuid not null,
    number integer not null,
    started_at timestamptz(3) not null,
    duration_ms integer not null,
    status integer,
    error text,
    detail text,
    response text,
    constraint webhook_attempts_pkey primary key (organization_id, delivery_id, number),
    constraint webhook_attempts_delivery foreign key (organization_id, delivery_id) references webhook_deliveries (organization_id, id) on delete cascade
  );
  ${tenantTable('webhook_attempts')}`;

/** Subscriptions to events, what is sent for them, and what came back. */
export class Webhooks1763700000016 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(WEBHOOKS);
    await runner.query(CURSORS);
    await runner.query(LANES);
    await runner.query(DELIVERIES);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { globalTable, tenantTable } from './sql/tenancy.js';

/** Jobs, the outbox that hands them to the queue, what callers follow, and what has been done already. */
export class Messaging1763700000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(JOBS);
    await runner.query(BESIDE_JOBS);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

// Jobs of nobody's organization (a mail of the login flow, a schedule) stand under the nil organization.
const JOBS = `
  create table jobs (
    organization_id uuid not null,
    id uuid not null,
    dispatch_id uuid not null,
    name text not null,
    queue text not null,
    state text not null default 'PENDING',
    payload jsonb not null,
    checkpoint jsonb,
    progress jsonb,
    result jsonb,
    error jsonb,
    attempts integer not null default 0,
    crashes integer not null default 0,
    run_token uuid,
    once_key text,
    visible boolean not null,
    last_seq integer not null default 0,
    created_by_type text not null,
    created_by_id uuid not null,
    created_by_user_id uuid not null,
    permissions text[] not null,
    request_id text not null,
    traceparent text,
    created_at timestamptz(3) not null default now(),
    run_at timestamptz(3) not null,
    started_at timestamptz(3),
    finished_at timestamptz(3),
    cancel_requested_at timestamptz(3),
    constraint jobs_pkey primary key (organization_id, id),
    constraint jobs_state_known check (state in ('PENDING', 'PROCESSING', 'SUCCESS', 'FAILURE', 'CANCELLED')),
    constraint jobs_finished_when_final check ((finished_at is not null) = (state in ('SUCCESS', 'FAILURE', 'CANCELLED')))
  );
  create unique index jobs_once on jobs (organization_id, name, once_key) where once_key is not null and state <> 'CANCELLED';
  create index jobs_by_person on jobs (organization_id, created_by_user_id, id);
  create index jobs_failed on jobs (organization_id, id) where state = 'FAILURE';
  create index jobs_open on jobs (organization_id, name) where state in ('PENDING', 'PROCESSING');
  create index jobs_open_by_time on jobs (run_at) where state in ('PENDING', 'PROCESSING');
  create index jobs_finished on jobs (finished_at) where finished_at is not null;
  ${tenantTable('jobs')}`;

const BESIDE_JOBS = `
  create table job_events (
    organization_id uuid not null,
    job_id uuid not null,
    seq integer not null,
    kind text not null,
    data jsonb not null,
    created_at timestamptz(3) not null default now(),
    constraint job_events_pkey primary key (organization_id, job_id, seq)
  );
  ${tenantTable('job_events', ['select', 'insert'])}

  create table outbox (
    organization_id uuid not null,
    id uuid not null,
    job_id uuid not null,
    name text not null,
    queue text not null,
    run_at timestamptz(3) not null,
    created_at timestamptz(3) not null default now(),
    constraint outbox_pkey primary key (organization_id, id)
  );
  create index outbox_in_order on outbox (id);
  ${tenantTable('outbox', ['select', 'insert'])}

  create table processed_messages (
    organization_id uuid not null,
    handler text not null,
    message_id text not null,
    created_at timestamptz(3) not null default now(),
    constraint processed_messages_pkey primary key (organization_id, handler, message_id)
  );
  create index processed_messages_by_age on processed_messages (created_at);
  ${tenantTable('processed_messages', ['select', 'insert'])}

  create table schedules (
    name text not null,
    every_seconds integer not null,
    next_at timestamptz(3) not null,
    last_at timestamptz(3),
    constraint schedules_pkey primary key (name)
  );
  ${globalTable('schedules', ['select'])}`;

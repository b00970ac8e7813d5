import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './sql/tenancy.js';

// One row a call, without a word of what was asked or answered. Costs are millionths of a US dollar.
const CALLS = `
  create table ai_calls (
    organization_id uuid not null,
    id uuid not null,
    month date not null,
    started_at timestamptz(3) not null,
    finished_at timestamptz(3),
    feature text not null,
    task text not null,
    prompt_name text,
    prompt_version integer,
    status text not null,
    engine text,
    model text,
    tokens_in bigint not null default 0,
    tokens_out bigint not null default 0,
    audio_ms bigint not null default 0,
    reserved_micros bigint not null default 0,
    cost_micros bigint not null default 0,
    prices text,
    is_estimated boolean not null default false,
    is_fallback boolean not null default false,
    attempts integer not null default 0,
    duration_ms integer not null default 0,
    actor_type text not null,
    user_id uuid not null,
    request_id text not null,
    constraint ai_calls_pkey primary key (organization_id, id),
    constraint ai_calls_status check (status in ('running', 'succeeded', 'failed', 'cancelled', 'refused', 'abandoned')),
    constraint ai_calls_amounts check (tokens_in >= 0 and tokens_out >= 0 and audio_ms >= 0 and reserved_micros >= 0 and cost_micros >= 0)
  );
  create index ai_calls_by_status on ai_calls (organization_id, status, id);
  create index ai_calls_running on ai_calls (started_at) where status = 'running';
  create index ai_calls_by_age on ai_calls using brin (started_at);
  ${tenantTable('ai_calls', ['select', 'insert', 'update'])}`;

// The one row of an organization and month that a reservation locks: what is spent, and what is set aside for calls that run.
const SPENDING = `
  create table ai_spending (
    organization_id uuid not null,
    month date not null,
    spent_micros bigint not null default 0,
    reserved_micros bigint not null default 0,
    constraint ai_spending_pkey primary key (organization_id, month),
    constraint ai_spending_amounts check (spent_micros >= 0 and reserved_micros >= 0)
  );
  ${tenantTable('ai_spending', ['select', 'insert', 'update'])}`;

const BUDGETS = `
  create table ai_budgets (
    organization_id uuid not null,
    soft_limit_micros bigint not null,
    hard_limit_micros bigint not null,
    version integer not null default 1,
    updated_at timestamptz(3) not null,
    updated_by uuid not null,
    constraint ai_budgets_pkey primary key (organization_id),
    constraint ai_budgets_order check (soft_limit_micros between 0 and hard_limit_micros)
  );
  ${tenantTable('ai_budgets', ['select', 'insert', 'update'])}`;

// Rolled up as calls are settled: the report of a year reads some hundred rows, however many calls there were.
const MONTHS = `
  create table ai_usage_months (
    organization_id uuid not null,
    month date not null,
    feature text not null,
    task text not null,
    engine text not null,
    model text not null,
    calls bigint not null default 0,
    failed bigint not null default 0,
    fallbacks bigint not null default 0,
    tokens_in bigint not null default 0,
    tokens_out bigint not null default 0,
    audio_ms bigint not null default 0,
    cost_micros bigint not null default 0,
    duration_ms bigint not null default 0,
    constraint ai_usage_months_pkey primary key (organization_id, month, feature, task, engine, model)
  );
  ${tenantTable('ai_usage_months', ['select', 'insert', 'update'])}`;

/** Metering and budgets of AI calls. */
export class Ai1763700000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [CALLS, SPENDING, BUDGETS, MONTHS]) await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

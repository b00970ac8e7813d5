import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './sql/tenancy.js';

// last_line is the watermark: every row up to it is committed, and a batch is only committed by who still finds it where it was.
const IMPORTS = `
  create table lead_imports (
    organization_id uuid not null,
    id uuid not null,
    file_id uuid not null,
    file_name text not null,
    pipeline_id uuid not null,
    is_dry_run boolean not null,
    mapping jsonb not null,
    natural_key text,
    on_duplicate text not null,
    on_error text not null,
    state text not null default 'queued',
    phase text not null default 'rows',
    error jsonb,
    job_id uuid not null,
    undo_job_id uuid,
    last_line integer not null default 0,
    undo_after uuid,
    read_count integer not null default 0,
    created_count integer not null default 0,
    updated_count integer not null default 0,
    unchanged_count integer not null default 0,
    duplicate_count integer not null default 0,
    failed_count integer not null default 0,
    pair_count integer,
    deleted_count integer not null default 0,
    restored_count integer not null default 0,
    kept_count integer not null default 0,
    busy_ms integer not null default 0,
    created_by uuid not null,
    created_at timestamptz(3) not null default now(),
    started_at timestamptz(3),
    finished_at timestamptz(3),
    constraint lead_imports_pkey primary key (organization_id, id),
    constraint lead_imports_state check (state in ('queued', 'running', 'finished', 'stopped', 'cancelled', 'failed', 'undoing', 'undone')),
    constraint lead_imports_phase check (phase in ('rows', 'duplicates', 'done')),
    constraint lead_imports_on_duplicate check (on_duplicate in ('import', 'skip', 'update')),
    constraint lead_imports_on_error check (on_error in ('skip', 'stop')),
    constraint lead_imports_dry_run_is_kept check (not (is_dry_run and state in ('undoing', 'undone')))
  );
  ${tenantTable('lead_imports', ['select', 'insert', 'update'])}`;

// before and after are the lead around the row: undo needs the one, a dry run finds its own rows again by the other.
const ROWS = `
  create table lead_import_rows (
    organization_id uuid not null,
    import_id uuid not null,
    line integer not null,
    outcome text not null,
    lead_id uuid,
    lead_version integer,
    errors jsonb,
    natural_key text collate "C",
    before jsonb,
    after jsonb,
    undone text,
    constraint lead_import_rows_pkey primary key (organization_id, import_id, line),
    constraint lead_import_rows_outcome check (outcome in ('created', 'updated', 'unchanged', 'duplicate', 'failed')),
    constraint lead_import_rows_undone check (undone in ('deleted', 'restored', 'kept'))
  );
  create index lead_import_rows_by_outcome on lead_import_rows (organization_id, import_id, outcome, line);
  create index lead_import_rows_by_lead on lead_import_rows (organization_id, import_id, lead_id, line) where outcome in ('created', 'updated');
  create index lead_import_rows_by_key on lead_import_rows (organization_id, import_id, natural_key) where after is not null;
  ${tenantTable('lead_import_rows', ['select', 'insert', 'update'])}`;

// Digests of a custom field that is the natural key, gathered in one pass when an import begins: custom fields have no index.
const KEYS = `
  create table lead_import_keys (
    organization_id uuid not null,
    import_id uuid not null,
    natural_key text collate "C" not null,
    lead_id uuid not null,
    constraint lead_import_keys_pkey primary key (organization_id, import_id, natural_key, lead_id)
  );
  ${tenantTable('lead_import_keys', ['select', 'insert', 'delete'])}`;

const PAIRS = `
  create table lead_import_pairs (
    organization_id uuid not null,
    import_id uuid not null,
    place integer not null,
    line integer not null,
    lead_id uuid,
    other_line integer,
    other_lead_id uuid,
    score double precision not null,
    factors jsonb not null,
    constraint lead_import_pairs_pkey primary key (organization_id, import_id, place)
  );
  ${tenantTable('lead_import_pairs', ['select', 'insert'])}`;

/** Imports of leads, with their report row by row and the duplicates they found. */
export class Imports1763700000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPORTS);
    await runner.query(ROWS);
    await runner.query(KEYS);
    await runner.query(PAIRS);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './sql/tenancy.js';

// reached is the watermark of the phase: every lead up to it is done, and a batch is committed only by who still finds it where it was.
const SCANS = `
  create table lead_duplicate_scans (
    organization_id uuid not null,
    id uuid not null,
    job_id uuid not null,
    state text not null default 'queued',
    phase text not null default 'keys',
    threshold double precision not null,
    reached uuid,
    lead_count integer not null default 0,
    done_count integer not null default 0,
    compared_count bigint not null default 0,
    pair_count integer not null default 0,
    cluster_count integer not null default 0,
    is_truncated boolean not null default false,
    block_limit integer,
    model jsonb,
    error jsonb,
    created_by uuid not null,
    created_at timestamptz(3) not null default now(),
    started_at timestamptz(3),
    finished_at timestamptz(3),
    constraint lead_duplicate_scans_pkey primary key (organization_id, id),
    constraint lead_duplicate_scans_state check (state in ('queued', 'running', 'finished', 'cancelled', 'failed')),
    constraint lead_duplicate_scans_phase check (phase in ('keys', 'model', 'pairs', 'clusters', 'done'))
  );
  create unique index lead_duplicate_scans_one_open on lead_duplicate_scans (organization_id) where state in ('queued', 'running');
  ${tenantTable('lead_duplicate_scans', ['select', 'insert', 'update'])}

  create table lead_duplicate_keys (
    organization_id uuid not null,
    run_id uuid not null,
    key_hash bigint not null,
    record_id uuid not null,
    constraint lead_duplicate_keys_pkey primary key (organization_id, run_id, key_hash, record_id)
  );
  ${tenantTable('lead_duplicate_keys', ['select', 'insert', 'delete'])}

  create table lead_duplicate_pairs (
    organization_id uuid not null,
    run_id uuid not null,
    left_id uuid not null,
    right_id uuid not null,
    weight double precision not null,
    score double precision not null,
    factors jsonb not null,
    constraint lead_duplicate_pairs_pkey primary key (organization_id, run_id, left_id, right_id),
    constraint lead_duplicate_pairs_in_order check (left_id < right_id)
  );
  create index lead_duplicate_pairs_by_weight on lead_duplicate_pairs (organization_id, run_id, weight desc, left_id, right_id);
  ${tenantTable('lead_duplicate_pairs', ['select', 'insert', 'delete'])}`;

const CLUSTERS = `
  create table lead_duplicate_clusters (
    organization_id uuid not null,
    id uuid not null,
    scan_id uuid not null,
    state text not null default 'open',
    weight double precision not null,
    score double precision not null,
    lead_count integer not null,
    merge_id uuid,
    decided_by uuid,
    decided_at timestamptz(3),
    created_at timestamptz(3) not null default now(),
    constraint lead_duplicate_clusters_pkey primary key (organization_id, id),
    constraint lead_duplicate_clusters_state check (state in ('open', 'dismissed', 'merged'))
  );
  create index lead_duplicate_clusters_by_weight on lead_duplicate_clusters (organization_id, state, weight desc, id desc);
  create index lead_duplicate_clusters_by_merge on lead_duplicate_clusters (organization_id, merge_id) where merge_id is not null;
  ${tenantTable('lead_duplicate_clusters')}

  create table lead_duplicate_members (
    organization_id uuid not null,
    cluster_id uuid not null,
    lead_id uuid not null,
    constraint lead_duplicate_members_pkey primary key (organization_id, cluster_id, lead_id)
  );
  create index lead_duplicate_members_by_lead on lead_duplicate_members (organization_id, lead_id, cluster_id);
  ${tenantTable('lead_duplicate_members', ['select', 'insert', 'delete'])}

  create table lead_duplicate_dismissals (
    organization_id uuid not null,
    left_id uuid not null,
    right_id uuid not null,
    dismissed_by uuid not null,
    dismissed_at timestamptz(3) not null default now(),
    constraint lead_duplicate_dismissals_pkey primary key (organization_id, left_id, right_id),
    constraint lead_duplicate_dismissals_in_order check (left_id < right_id)
  );
  ${tenantTable('lead_duplicate_dismissals', ['select', 'insert', 'delete'])}`;

// before and after are whole leads around the merge; with them undoing knows what was edited since.
const MERGES = `
  create table lead_merges (
    organization_id uuid not null,
    id uuid not null,
    survivor_id uuid not null,
    absorbed_ids uuid[] not null,
    fields jsonb not null,
    before jsonb not null,
    after jsonb not null,
    moved_count integer not null default 0,
    merged_by uuid not null,
    merged_at timestamptz(3) not null default now(),
    undone_by uuid,
    undone_at timestamptz(3),
    undo_report jsonb,
    constraint lead_merges_pkey primary key (organization_id, id)
  );
  create index lead_merges_by_survivor on lead_merges (organization_id, survivor_id, id);
  ${tenantTable('lead_merges', ['select', 'insert', 'update'])}

  create table lead_merge_leads (
    organization_id uuid not null,
    merge_id uuid not null,
    lead_id uuid not null,
    before jsonb not null,
    rank text collate "C" not null,
    rank_epoch integer not null,
    constraint lead_merge_leads_pkey primary key (organization_id, merge_id, lead_id)
  );
  create index lead_merge_leads_by_lead on lead_merge_leads (organization_id, lead_id, merge_id);
  ${tenantTable('lead_merge_leads', ['select', 'insert'])}

  create table lead_merge_moves (
    organization_id uuid not null,
    merge_id uuid not null,
    relation text collate "C" not null,
    record_key text collate "C" not null,
    lead_id uuid not null,
    constraint lead_merge_moves_pkey primary key (organization_id, merge_id, relation, record_key)
  );
  ${tenantTable('lead_merge_moves', ['select', 'insert'])}`;

const SETTINGS = `
  create table crm_settings (
    organization_id uuid not null,
    on_duplicate text not null default 'warn',
    version integer not null default 1,
    updated_at timestamptz(3) not null default now(),
    constraint crm_settings_pkey primary key (organization_id),
    constraint crm_settings_on_duplicate check (on_duplicate in ('warn', 'refuse'))
  );
  ${tenantTable('crm_settings', ['select', 'insert', 'update'])}`;

// A version of the rules or of the model is never changed, so that an old score can still be explained.
const SCORING = `
  create table lead_scoring_rules (
    organization_id uuid not null,
    version integer not null,
    base_points integer not null,
    rules jsonb not null,
    created_by uuid not null,
    created_at timestamptz(3) not null default now(),
    constraint lead_scoring_rules_pkey primary key (organization_id, version)
  );
  ${tenantTable('lead_scoring_rules', ['select', 'insert'])}

  create table lead_scoring_models (
    organization_id uuid not null,
    version integer not null,
    job_id uuid not null,
    trained_at timestamptz(3) not null,
    won_count integer not null,
    lost_count integer not null,
    model jsonb not null,
    report jsonb not null,
    constraint lead_scoring_models_pkey primary key (organization_id, version)
  );
  ${tenantTable('lead_scoring_models', ['select', 'insert'])}

  create table lead_scores (
    organization_id uuid not null,
    lead_id uuid not null,
    score smallint not null,
    probability double precision,
    points integer,
    model_version integer,
    rules_version integer,
    override_score smallint,
    override_reason text,
    overridden_by uuid,
    overridden_at timestamptz(3),
    scored_at timestamptz(3) not null default now(),
    constraint lead_scores_pkey primary key (organization_id, lead_id),
    constraint lead_scores_bounds check (score between 0 and 100 and override_score between 0 and 100),
    constraint lead_scores_override_is_whole check ((override_score is null) = (override_reason is null)),
    constraint lead_scores_lead foreign key (organization_id, lead_id) references leads (organization_id, id)
  );
  create index lead_scores_by_score on lead_scores (organization_id, (coalesce(override_score, score)) desc, lead_id desc);
  ${tenantTable('lead_scores')}`;

/** Scans for duplicates, merges that can be undone, settings of the CRM, and scores of leads. */
export class DuplicatesScoring1763700000015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SCANS);
    await runner.query(CLUSTERS);
    await runner.query(MERGES);
    await runner.query(SETTINGS);
    await runner.query(SCORING);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

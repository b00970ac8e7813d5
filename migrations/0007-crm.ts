import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './sql/tenancy.js';

// Stages are archived, never deleted, so that the history of a lead keeps its columns; hence no delete for the serving role.
// rank_epoch counts how often a column's order keys were written anew: a statement that computed a key in an older epoch starts over.
const PIPELINES = `
  create table pipelines (
    organization_id uuid not null,
    id uuid not null,
    name text not null,
    is_default boolean not null default false,
    version integer not null default 1,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    archived_at timestamptz(3),
    constraint pipelines_pkey primary key (organization_id, id),
    constraint pipelines_default_is_kept check (not (is_default and archived_at is not null))
  );
  create unique index pipelines_one_default on pipelines (organization_id) where is_default;
  create unique index pipelines_one_name on pipelines (organization_id, lower(name)) where archived_at is null;
  ${tenantTable('pipelines', ['select', 'insert', 'update'])}

  create table pipeline_stages (
    organization_id uuid not null,
    pipeline_id uuid not null,
    key text collate "C" not null,
    name text not null,
    kind text not null,
    position integer not null,
    rank_epoch integer not null default 0,
    archived_at timestamptz(3),
    constraint pipeline_stages_pkey primary key (organization_id, pipeline_id, key),
    constraint pipeline_stages_pipeline foreign key (organization_id, pipeline_id) references pipelines (organization_id, id),
    constraint pipeline_stages_kind check (kind in ('open', 'won', 'lost'))
  );
  create unique index pipeline_stages_one_name on pipeline_stages (organization_id, pipeline_id, lower(name)) where archived_at is null;
  ${tenantTable('pipeline_stages', ['select', 'insert', 'update'])}`;

// name_key, email_key, phone_key and search_text are folded by src/shared/text.ts, so that searching and comparing need no functions.
const LEADS = `
  create table leads (
    organization_id uuid not null,
    id uuid not null,
    pipeline_id uuid not null,
    status text collate "C" not null,
    rank text collate "C" not null,
    name text not null,
    company text,
    email text,
    phone text,
    value_minor bigint,
    value_currency text collate "C",
    notes text,
    source text,
    tags text[] not null default '{}',
    attributes jsonb not null default '{}',
    owner_id uuid,
    version integer not null default 1,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    deleted_at timestamptz(3),
    name_key text collate "C" not null,
    email_key text collate "C",
    phone_key text collate "C",
    search_text text not null,
    constraint leads_pkey primary key (organization_id, id),
    constraint leads_stage foreign key (organization_id, pipeline_id, status) references pipeline_stages (organization_id, pipeline_id, key),
    constraint leads_value_is_whole check ((value_minor is null) = (value_currency is null)),
    constraint leads_value_currency check (value_currency ~ '^[A-Z]{3}$')
  );
  create index leads_board on leads (organization_id, pipeline_id, status, rank, id) include (value_minor, value_currency) where deleted_at is null;
  create index leads_by_update on leads (organization_id, updated_at, id);
  create index leads_by_name on leads (organization_id, name_key, id) where deleted_at is null;
  create index leads_by_value on leads (organization_id, (coalesce(value_minor, -9223372036854775808)), id) where deleted_at is null;
  create index leads_by_email on leads (organization_id, email_key) where email_key is not null and deleted_at is null;
  create index leads_by_phone on leads (organization_id, phone_key) where phone_key is not null and deleted_at is null;
  create index leads_deleted on leads (organization_id, id) where deleted_at is not null;
  create index leads_search on leads using gin (organization_id, search_text gin_trgm_ops) where deleted_at is null;
  ${tenantTable('leads', ['select', 'insert', 'update'])}`;

/**
 * Trigram operators are not leakproof, so behind a policy they would be checked row by row, without their index. Hence this function runs
 * as a role that sees all rows, and takes the organization from the setting of the transaction itself, never from an argument.
 *
 * Four looks, each only when those before found little: names that begin so; the text anywhere; every word alike; any word alike. Comparing trigrams costs
 * some 15 us a row, so the looks stop at a thousand rows. Only numbers are put into the text that is executed.
 */
const SEARCH = `
  create function concord_search_leads(query text, words text[], most integer) returns table (id uuid, likeness real)
  language plpgsql stable security definer
  set search_path = pg_catalog, public, pg_temp
  set pg_trgm.word_similarity_threshold = 0.28
  as $search$
  declare
    organization constant uuid := current_setting('app.organization_id')::uuid;
    pattern constant text := replace(replace(replace(query, '\\', '\\\\'), '%', '\\%'), '_', '\\_');
    look constant text := 'select l.id, similarity($2, l.name_key) from (
      select id, name_key from public.leads where organization_id = $1 and deleted_at is null and (%s) limit 1000) l order by 2 desc, l.id limit $4';
    alike text[];
    found integer;
    total integer;
  begin
    return query select l.id, 1::real from public.leads l
      where l.organization_id = organization and l.deleted_at is null and l.name_key >= query and l.name_key < query || chr(1114111)
      order by l.name_key, l.id limit most;
    get diagnostics total = row_count;
    if total >= most or length(query) < 3 then
      return;
    end if;
    return query execute format(look, 'search_text like $5') using organization, query, words, most, '%' || pattern || '%';
    get diagnostics found = row_count;
    total := total + found;
    if total >= most then
      return;
    end if;
    select array_agg(format('search_text %%> $3[%s]', n)) into alike from generate_series(1, least(cardinality(words), 5)) n;
    return query execute format(look, array_to_string(alike, ' and ')) using organization, query, words, most;
    get diagnostics found = row_count;
    if total + found < 10 and cardinality(words) > 1 then
      return query execute format(look, array_to_string(alike, ' or ')) using organization, query, words, most;
    end if;
  end
  $search$;
  revoke execute on function concord_search_leads(text, text[], integer) from public;
  grant execute on function concord_search_leads(text, text[], integer) to concord_app, concord_system;
  do $owner$ begin
    if not (select rolsuper from pg_roles where rolname = current_user) then
      execute format('grant concord_system to %I', current_user);
    end if;
  end $owner$;
  grant create on schema public to concord_system;
  alter function concord_search_leads(text, text[], integer) owner to concord_system;
  revoke create on schema public from concord_system;`;

/** Leads on boards of configurable stages. */
export class Crm1763700000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PIPELINES);
    await runner.query(LEADS);
    await runner.query(SEARCH);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './sql/tenancy.js';

// What every record has beside its own columns; nothing is removed for good, so the serving role cannot.
const BOOKKEEPING = `
    author_id uuid not null,
    version integer not null default 1,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    deleted_at timestamptz(3)`;
const KEPT = ['select', 'insert', 'update'] as const;

const entries = (table: string): string => `
    constraint ${table}_pkey primary key (organization_id, id),
    constraint ${table}_lead foreign key (organization_id, lead_id) references leads (organization_id, id)`;

// Each table's timeline index has what the timeline orders by, so that a page reads no more of a table than it shows.
const ENTRIES = `
  create table lead_notes (
    organization_id uuid not null,
    id uuid not null,
    lead_id uuid not null,
    body text not null,${BOOKKEEPING},${entries('lead_notes')}
  );
  create index lead_notes_timeline on lead_notes (organization_id, lead_id, created_at, id) where deleted_at is null;
  ${tenantTable('lead_notes', KEPT)}

  create table lead_activities (
    organization_id uuid not null,
    id uuid not null,
    lead_id uuid not null,
    kind text not null,
    direction text,
    subject text not null,
    details text,
    outcome text,
    occurred_at timestamptz(3) not null,
    duration_minutes integer,${BOOKKEEPING},${entries('lead_activities')},
    constraint lead_activities_kind check (kind in ('call', 'meeting', 'email')),
    constraint lead_activities_direction check (direction in ('inbound', 'outbound'))
  );
  create index lead_activities_timeline on lead_activities (organization_id, lead_id, occurred_at, id) where deleted_at is null;
  ${tenantTable('lead_activities', KEPT)}

  create table lead_attachments (
    organization_id uuid not null,
    id uuid not null,
    lead_id uuid not null,
    file_id uuid not null,
    file_name text not null,
    media_type text not null,
    size_bytes bigint not null,
    caption text,${BOOKKEEPING},${entries('lead_attachments')}
  );
  create unique index lead_attachments_once on lead_attachments (organization_id, lead_id, file_id) where deleted_at is null;
  create index lead_attachments_timeline on lead_attachments (organization_id, lead_id, created_at, id) where deleted_at is null;
  ${tenantTable('lead_attachments', KEPT)}`;

// A task due on a day has that day and its zone too; due_at is then the moment the day ends there, from which on the task is overdue.
const TASKS = `
  create table lead_tasks (
    organization_id uuid not null,
    id uuid not null,
    lead_id uuid not null,
    title text not null,
    description text,
    due_at timestamptz(3),
    due_on date,
    time_zone text,
    reminders integer[] not null default '{}',
    assignee_id uuid,
    priority text not null,
    done_at timestamptz(3),
    done_by uuid,
    reminded_at timestamptz(3),${BOOKKEEPING},${entries('lead_tasks')},
    constraint lead_tasks_priority check (priority in ('low', 'normal', 'high', 'urgent')),
    constraint lead_tasks_day_has_a_zone check ((due_on is null) = (time_zone is null)),
    constraint lead_tasks_due_is_whole check (due_at is not null or (due_on is null and reminders = '{}')),
    constraint lead_tasks_done_is_whole check ((done_at is null) = (done_by is null))
  );
  create index lead_tasks_timeline on lead_tasks (organization_id, lead_id, created_at, id) where deleted_at is null;
  create index lead_tasks_of_assignee on lead_tasks (organization_id, assignee_id, (coalesce(due_at, 'infinity'::timestamptz)), id)
    where done_at is null and deleted_at is null;
  create index lead_tasks_open on lead_tasks (organization_id, (coalesce(due_at, 'infinity'::timestamptz)), id)
    where done_at is null and deleted_at is null;
  create index lead_tasks_done on lead_tasks (organization_id, done_at, id) where done_at is not null and deleted_at is null;
  ${tenantTable('lead_tasks', KEPT)}

  create table task_reminders (
    organization_id uuid not null,
    task_id uuid not null,
    offset_minutes integer not null,
    remind_at timestamptz(3) not null,
    queued_at timestamptz(3),
    constraint task_reminders_pkey primary key (organization_id, task_id, offset_minutes, remind_at),
    constraint task_reminders_task foreign key (organization_id, task_id) references lead_tasks (organization_id, id)
  );
  -- For the sweep, which looks at every organization at once.
  create index task_reminders_waiting on task_reminders (remind_at) where queued_at is null;
  ${tenantTable('task_reminders')}`;

const COMPANIES = `
  create table companies (
    organization_id uuid not null,
    id uuid not null,
    name text not null,
    domains text[] not null,
    address jsonb,
    phone text,
    industry text,
    employees integer,
    owner_id uuid,
    tags text[] not null,
    notes text,
    attributes jsonb not null,
    name_key text collate "C" not null,
    search_text text not null,${BOOKKEEPING},
    constraint companies_pkey primary key (organization_id, id)
  );
  create index companies_by_update on companies (organization_id, updated_at, id);
  create index companies_by_name on companies (organization_id, name_key, id) where deleted_at is null;
  create index companies_by_owner on companies (organization_id, owner_id, id) where deleted_at is null;
  create index companies_by_tag on companies using gin (organization_id, tags) where deleted_at is null;
  create index companies_search on companies using gin (organization_id, search_text gin_trgm_ops) where deleted_at is null;
  ${tenantTable('companies', KEPT)}

  -- Only the living have rows here: a domain belongs to one company, and is free again when that is put away.
  create table company_domains (
    organization_id uuid not null,
    domain text collate "C" not null,
    company_id uuid not null,
    constraint company_domains_one_company primary key (organization_id, domain),
    constraint company_domains_company foreign key (organization_id, company_id) references companies (organization_id, id)
  );
  create index company_domains_by_company on company_domains (organization_id, company_id);
  ${tenantTable('company_domains')}`;

const CONTACTS = `
  create table contacts (
    organization_id uuid not null,
    id uuid not null,
    name text not null,
    emails text[] not null,
    phones text[] not null,
    "position" text,
    company_id uuid,
    owner_id uuid,
    tags text[] not null,
    notes text,
    attributes jsonb not null,
    name_key text collate "C" not null,
    search_text text not null,${BOOKKEEPING},
    constraint contacts_pkey primary key (organization_id, id),
    constraint contacts_company foreign key (organization_id, company_id) references companies (organization_id, id)
  );
  create index contacts_by_update on contacts (organization_id, updated_at, id);
  create index contacts_by_name on contacts (organization_id, name_key, id) where deleted_at is null;
  create index contacts_by_company on contacts (organization_id, company_id, name_key, id) where deleted_at is null;
  create index contacts_by_owner on contacts (organization_id, owner_id, id) where deleted_at is null;
  create index contacts_by_tag on contacts using gin (organization_id, tags) where deleted_at is null;
  create index contacts_search on contacts using gin (organization_id, search_text gin_trgm_ops) where deleted_at is null;
  ${tenantTable('contacts', KEPT)}

  create table contact_emails (
    organization_id uuid not null,
    email text collate "C" not null,
    contact_id uuid not null,
    constraint contact_emails_one_contact primary key (organization_id, email),
    constraint contact_emails_contact foreign key (organization_id, contact_id) references contacts (organization_id, id)
  );
  create index contact_emails_by_contact on contact_emails (organization_id, contact_id);
  ${tenantTable('contact_emails')}`;

// Beside the leads, not in them: their table is written on every move of a card.
const LINKS = `
  create table lead_companies (
    organization_id uuid not null,
    lead_id uuid not null,
    company_id uuid not null,
    linked_at timestamptz(3) not null default now(),
    constraint lead_companies_pkey primary key (organization_id, lead_id),
    constraint lead_companies_lead foreign key (organization_id, lead_id) references leads (organization_id, id),
    constraint lead_companies_company foreign key (organization_id, company_id) references companies (organization_id, id)
  );
  create index lead_companies_by_company on lead_companies (organization_id, company_id, lead_id);
  ${tenantTable('lead_companies')}

  create table lead_contacts (
    organization_id uuid not null,
    lead_id uuid not null,
    contact_id uuid not null,
    role text,
    linked_at timestamptz(3) not null default now(),
    constraint lead_contacts_pkey primary key (organization_id, lead_id, contact_id),
    constraint lead_contacts_lead foreign key (organization_id, lead_id) references leads (organization_id, id),
    constraint lead_contacts_contact foreign key (organization_id, contact_id) references contacts (organization_id, id)
  );
  create index lead_contacts_by_contact on lead_contacts (organization_id, contact_id, lead_id);
  ${tenantTable('lead_contacts')}`;

const CUSTOM_FIELDS = `
  create table custom_field_schemas (
    organization_id uuid not null,
    record_type text not null,
    schema jsonb not null,
    version integer not null default 1,
    updated_by uuid not null,
    updated_at timestamptz(3) not null default now(),
    constraint custom_field_schemas_pkey primary key (organization_id, record_type),
    constraint custom_field_schemas_type check (record_type in ('lead', 'company', 'contact'))
  );
  ${tenantTable('custom_field_schemas')}`;

/**
 * Like concord_search_leads, for the reasons given there: it takes the organization from the setting of the transaction, never from an
 * argument. Three looks, each only when those before found little: names that begin so, the text anywhere, and words alike.
 */
const search = (name: string, table: string): string => `${searchFunction(name, table)}
  revoke execute on function ${name}(text, integer) from public;
  grant execute on function ${name}(text, integer) to concord_app, concord_system;
  do $owner$ begin
    if not (select rolsuper from pg_roles where rolname = current_user) then
      execute format('grant concord_system to %I', current_user);
    end if;
  end $owner$;
  grant create on schema public to concord_system;
  alter function ${name}(text, integer) owner to concord_system;
  revoke create on schema public from concord_system;`;

const searchFunction = (name: string, table: string): string => `
  create function ${name}(query text, most integer) returns table (id uuid, likeness real)
  language plpgsql stable security definer
  set search_path = pg_catalog, public, pg_temp
  set pg_trgm.word_similarity_threshold = 0.4
  as $search$
  declare
    organization constant uuid := current_setting('app.organization_id')::uuid;
    pattern constant text := replace(replace(replace(query, '\\', '\\\\'), '%', '\\%'), '_', '\\_');
    found integer;
    total integer;
  begin
    return query select r.id, 1::real from public.${table} r
      where r.organization_id = organization and r.deleted_at is null and r.name_key >= query and r.name_key < query || chr(1114111)
      order by r.name_key, r.id limit most;
    get diagnostics total = row_count;
    if total >= most or length(query) < 3 then
      return;
    end if;
    return query select s.id, (0.5 + similarity(query, s.name_key) / 2)::real from (
      select r.id, r.name_key from public.${table} r
      where r.organization_id = organization and r.deleted_at is null and r.search_text like '%' || pattern || '%' limit 1000) s
      order by 2 desc, 1 limit most;
    get diagnostics found = row_count;
    total := total + found;
    if total >= most then
      return;
    end if;
    return query select s.id, (word_similarity(query, s.search_text) / 2)::real from (
      select r.id, r.search_text from public.${table} r
      where r.organization_id = organization and r.deleted_at is null and r.search_text %> query limit 1000) s
      order by 2 desc, 1 limit most;
  end
  $search$;`;

/** What belongs to leads: notes, tasks, activities, attachments; companies and contacts beside them; custom fields of all. */
export class Records1763700000014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const part of [ENTRIES, TASKS, COMPANIES, CONTACTS, LINKS, CUSTOM_FIELDS]) await runner.query(part);
    await runner.query(search('concord_search_companies', 'companies'));
    await runner.query(search('concord_search_contacts', 'contacts'));
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

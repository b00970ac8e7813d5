import type { MigrationInterface, QueryRunner } from 'typeorm';
import { globalTable, tenantTable } from './sql/tenancy.js';

/** Files of organizations, and the mails that were kept because there is no mail server. */
export class Files1763700000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FILES);
    await runner.query(CAPTURED_MAILS);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

// Size and digest are what the uploader said until the file is ready, and what was measured from then on. The key follows from the two
// ids, so that no bug and no client can make a row speak of another organization's object. checking_until is a lease: who checks or
// sweeps an unfinished upload holds it, and version tells whether it is still theirs.
const FILES = `
  create table files (
    organization_id uuid not null,
    id uuid not null,
    name text not null,
    media_type text not null,
    extension text not null,
    size_bytes bigint not null,
    sha256 bytea,
    storage_key text not null,
    state text not null,
    refusal text,
    purpose text not null,
    uploaded_by uuid not null,
    created_at timestamptz(3) not null,
    confirmed_at timestamptz(3),
    deleted_at timestamptz(3),
    upload_expires_at timestamptz(3),
    checking_until timestamptz(3),
    version integer not null default 1,
    constraint files_pkey primary key (organization_id, id),
    constraint files_key_is_ours check (storage_key = 'org/' || organization_id || '/' || id),
    constraint files_state check (state in ('pending', 'ready', 'refused', 'deleted')),
    constraint files_ready_is_measured check (state <> 'ready' or (sha256 is not null and confirmed_at is not null and size_bytes > 0)),
    constraint files_refused_for_a_reason check (state <> 'refused' or refusal is not null),
    constraint files_deleted_at_some_time check ((state = 'deleted') = (deleted_at is not null)),
    constraint files_purpose check (purpose ~ '^[a-z][a-z0-9-]{0,39}$'),
    constraint files_name_is_short check (length(name) between 1 and 255),
    constraint files_digest_is_sha256 check (octet_length(sha256) = 32)
  );
  create index files_by_state on files (organization_id, state, id);
  create index files_by_uploader on files (organization_id, uploaded_by, id);
  create index files_by_name on files using gin (organization_id, lower(name) gin_trgm_ops);
  -- For the sweep, which looks at every organization at once.
  create index files_unfinished on files (created_at) where state in ('pending', 'refused');
  ${tenantTable('files')}`;

const CAPTURED_MAILS = `
  create table captured_mails (
    id uuid not null,
    mail_from text not null,
    mail_to text not null,
    subject text not null,
    text text not null,
    html text not null,
    reply_to text,
    idempotency_key text,
    captured_at timestamptz(3) not null,
    constraint captured_mails_pkey primary key (id),
    constraint captured_mails_once unique (idempotency_key)
  );
  ${globalTable('captured_mails', ['select', 'insert', 'delete'])}`;

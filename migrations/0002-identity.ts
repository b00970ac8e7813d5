import type { MigrationInterface, QueryRunner } from 'typeorm';
import { globalTable, tenantTable } from './sql/tenancy.js';

const USERS = `
  create table users (
    id uuid not null,
    email text not null,
    name text not null,
    time_zone text,
    locale text,
    password_hash text not null,
    is_active boolean not null default true,
    is_platform_admin boolean not null default false,
    email_verified_at timestamptz(3),
    password_changed_at timestamptz(3) not null,
    last_organization_id uuid,
    created_at timestamptz(3) not null,
    updated_at timestamptz(3) not null,
    version integer not null default 1,
    constraint users_pkey primary key (id),
    constraint users_one_per_email unique (email),
    constraint users_email_is_normal check (email = lower(btrim(email)) and length(email) <= 254)
  );
  ${globalTable('users', ['select', 'insert', 'update'])}
  create view user_directory as select id, email, name, is_active, email_verified_at from users;
  grant select on user_directory to concord_app, concord_system;`;

// "facts" is what the person asked for together with the token (a new address, the credentials of a registration): only the token makes it true.
const ONE_TIME_TOKENS = `
  create table one_time_tokens (
    id uuid not null,
    user_id uuid not null,
    purpose text not null,
    facts jsonb not null,
    token_hash bytea,
    code_hash bytea,
    failed_attempts smallint not null default 0,
    created_at timestamptz(3) not null,
    expires_at timestamptz(3) not null,
    used_at timestamptz(3),
    constraint one_time_tokens_pkey primary key (id),
    constraint one_time_tokens_of_user foreign key (user_id) references users (id) on delete cascade,
    constraint one_time_tokens_hash_once unique (token_hash),
    constraint one_time_tokens_purpose check (purpose in ('verify-email', 'reset-password', 'change-email'))
  );
  create index one_time_tokens_by_user on one_time_tokens (user_id, purpose, created_at desc);
  create index one_time_tokens_by_end on one_time_tokens (expires_at);
  ${globalTable('one_time_tokens')}`;

// Failures by account and by address; the subject is a keyed hash, so the table names nobody.
const LOGIN_FAILURES = `
  create table login_failures (
    subject bytea not null,
    failures integer not null,
    refused integer not null default 0,
    last_failed_at timestamptz(3) not null,
    locked_until timestamptz(3),
    constraint login_failures_pkey primary key (subject)
  );
  create index login_failures_by_age on login_failures (last_failed_at);
  ${globalTable('login_failures')}`;

// A session is a family of refresh tokens. No token is stored: each follows from the seed, the generation and a key outside the database.
const SESSIONS = `
  create table sessions (
    id uuid not null,
    user_id uuid not null,
    active_organization_id uuid,
    token_seed bytea not null,
    generation integer not null default 1,
    recent_rotations timestamptz(3)[] not null default '{}',
    address text,
    user_agent text,
    created_at timestamptz(3) not null,
    last_used_at timestamptz(3) not null,
    expires_at timestamptz(3) not null,
    revoked_at timestamptz(3),
    revoked_reason text,
    constraint sessions_pkey primary key (id),
    constraint sessions_of_user foreign key (user_id) references users (id) on delete cascade,
    constraint sessions_revoked_for_a_reason check ((revoked_at is null) = (revoked_reason is null))
  );
  create index sessions_by_user on sessions (user_id, created_at desc);
  create index sessions_by_end on sessions (expires_at);
  ${globalTable('sessions')}
  create function concord_sessions_stay_revoked() returns trigger language plpgsql as $$
  begin
    if old.revoked_at is not null and (new.revoked_at is null or new.generation <> old.generation) then
      raise exception 'a revoked session never comes back' using errcode = 'check_violation', constraint = 'sessions_stay_revoked';
    end if;
    return new;
  end $$;
  create trigger sessions_stay_revoked before update on sessions for each row execute function concord_sessions_stay_revoked();`;

const SIGNING_KEYS = `
  create table signing_keys (
    kid text not null,
    public_jwk jsonb not null,
    sealed_private_key text not null,
    created_at timestamptz(3) not null,
    constraint signing_keys_pkey primary key (kid)
  );
  ${globalTable('signing_keys', ['select', 'insert', 'delete'])}`;

// The prefix of a key says in which organization to look for it: nothing else of a key is visible without its organization.
const API_KEYS = `
  create table api_keys (
    organization_id uuid not null,
    id uuid not null,
    owner_id uuid not null,
    name text not null,
    prefix text not null,
    last4 text not null,
    key_hash bytea not null,
    previous_prefix text,
    previous_hash bytea,
    previous_until timestamptz(3),
    scopes text[] not null,
    expires_at timestamptz(3),
    last_used_at timestamptz(3),
    revoked_at timestamptz(3),
    created_at timestamptz(3) not null,
    updated_at timestamptz(3) not null,
    version integer not null default 1,
    constraint api_keys_pkey primary key (organization_id, id)
  );
  create unique index api_keys_one_name_per_owner on api_keys (organization_id, owner_id, name) where revoked_at is null;
  ${tenantTable('api_keys', ['select', 'insert', 'update'])}
  create table api_key_prefixes (
    prefix text not null,
    home_organization_id uuid not null,
    key_id uuid not null,
    constraint api_key_prefixes_pkey primary key (prefix)
  );
  ${globalTable('api_key_prefixes', ['select', 'insert'])}`;

/** People, their sessions and keys. Identity belongs to no organization; only API keys do. */
export class Identity1763700000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const part of [USERS, ONE_TIME_TOKENS, LOGIN_FAILURES, SESSIONS, SIGNING_KEYS, API_KEYS]) await runner.query(part);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CURRENT_ACTOR, CURRENT_ORGANIZATION, tenantTable } from './sql/tenancy.js';

const NOBODY = `'00000000-0000-0000-0000-000000000000'::uuid`;

/** Organizations, who belongs to them with which role, roles of their own, and invitations. */
export class Organizations1763700000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ROLES);
    await runner.query(MEMBERSHIPS);
    await runner.query(ORGANIZATIONS);
    await runner.query(INVITATIONS);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

const ROLES = `
  create table roles (
    organization_id uuid not null,
    id uuid not null,
    key text not null,
    name text not null,
    description text not null default '',
    permissions text[] not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    version integer not null default 1,
    constraint roles_pkey primary key (organization_id, id),
    constraint roles_key_unique unique (organization_id, key),
    constraint roles_key_form check (key ~ '^[a-z][a-z0-9-]{1,59}$')
  );
  ${tenantTable('roles')}`;

// A custom role is named twice: the key for reading, the id for the foreign key that keeps a used role from being deleted.
const MEMBERSHIPS = `
  create table memberships (
    organization_id uuid not null,
    user_id uuid not null,
    role text not null,
    custom_role_id uuid,
    status text not null default 'active',
    joined_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    version integer not null default 1,
    constraint memberships_pkey primary key (organization_id, user_id),
    constraint memberships_custom_role foreign key (organization_id, custom_role_id) references roles (organization_id, id),
    constraint memberships_status check (status in ('active', 'inactive')),
    constraint memberships_owner_is_no_custom_role check (role <> 'owner' or custom_role_id is null)
  );
  create index memberships_by_joining on memberships (organization_id, joined_at, user_id);
  create index memberships_owners on memberships (organization_id, user_id) where role = 'owner';
  create index memberships_by_custom_role on memberships (organization_id, custom_role_id) where custom_role_id is not null;
  -- The one question that is not about one organization: where does this person belong.
  create index memberships_by_user on memberships (user_id, organization_id);
  ${tenantTable('memberships')}
  create policy own on memberships for select using (user_id = ${CURRENT_ACTOR} and user_id <> ${NOBODY});`;

// The organization is the tenant itself, so its id takes the place of organization_id. The policy looks at memberships, whose own policies
// do not look back. Seeing is wider than changing: a person sees every organization they belong to and changes only the current one.
const ORGANIZATIONS = `
  create table organizations (
    id uuid not null,
    name text not null,
    country text not null,
    base_currency text not null,
    time_zone text not null,
    status text not null default 'active',
    created_by uuid not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    version integer not null default 1,
    constraint organizations_pkey primary key (id),
    constraint organizations_status check (status in ('active', 'deactivated')),
    constraint organizations_country check (country ~ '^[A-Z]{2}$'),
    constraint organizations_base_currency check (base_currency ~ '^[A-Z]{3}$')
  );
  alter table organizations enable row level security;
  alter table organizations force row level security;
  create policy see on organizations for select using (
    id = ${CURRENT_ORGANIZATION}
    or exists (select from memberships m where m.organization_id = organizations.id and m.user_id = ${CURRENT_ACTOR} and m.user_id <> ${NOBODY}));
  create policy make on organizations for insert with check (id = ${CURRENT_ORGANIZATION});
  create policy change on organizations for update using (id = ${CURRENT_ORGANIZATION}) with check (id = ${CURRENT_ORGANIZATION});
  create policy system on organizations to concord_system using (true) with check (true);
  grant select, insert, update on organizations to concord_app;
  grant select, insert, update, delete on organizations to concord_system;`;

const INVITATIONS = `
  create table invitations (
    organization_id uuid not null,
    id uuid not null,
    email text not null,
    role text not null,
    status text not null default 'pending',
    token_hash bytea,
    mints integer not null default 0,
    resends integer not null default 0,
    last_requested_at timestamptz(3) not null,
    expires_at timestamptz(3) not null,
    invited_by uuid not null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    accepted_at timestamptz(3),
    accepted_by uuid,
    version integer not null default 1,
    constraint invitations_pkey primary key (organization_id, id),
    constraint invitations_status check (status in ('pending', 'accepted', 'revoked', 'expired')),
    constraint invitations_accepted check ((status = 'accepted') = (accepted_at is not null and accepted_by is not null))
  );
  create unique index invitations_one_pending_per_email on invitations (organization_id, email) where status = 'pending';
  create unique index invitations_token on invitations (organization_id, token_hash) where token_hash is not null;
  ${tenantTable('invitations', ['select', 'insert', 'update'])}`;

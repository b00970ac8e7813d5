import type { MigrationInterface, QueryRunner } from 'typeorm';
import { globalTable, tenantTable } from './sql/tenancy.js';

/**
 * Seals move out of the events into blocks: one row for the events of an organization that were sealed together. An update of each event
 * wrote the whole row again and touched every index, which cost more than the event itself.
 */
export class AuditSeals1763700000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SEALS);
    await runner.query(PROGRESS);
    await runner.query(MOVE);
    await runner.query(LET_GO);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

// ids are in the order of the chain; `seals` holds 96 bytes for each: digest of the details, hash of the row before, hash of the row.
const SEALS = `
  create table audit_seals (
    organization_id uuid not null,
    first_seq bigint not null,
    last_seq bigint not null,
    first_id bigint not null,
    last_id bigint not null,
    ids bigint[] not null,
    seals bytea storage external not null,
    constraint audit_seals_pkey primary key (organization_id, first_seq),
    constraint audit_seals_numbers check (last_seq = first_seq + cardinality(ids) - 1 and cardinality(ids) > 0),
    constraint audit_seals_whole check (octet_length(seals) = cardinality(ids) * 96)
  );
  create index audit_seals_by_id on audit_seals (organization_id, last_id);
  ${tenantTable('audit_seals', ['select'])}
  revoke update, delete on audit_seals from concord_system;`;

// How far the sealer has come over all organizations. gaps: numbers it has not seen, because their transaction was still open or was rolled
// back; held: organizations whose chain was tampered with, and the number from which they wait.
const PROGRESS = `
  create table audit_sealing (
    is_only boolean not null default true,
    last_id bigint not null,
    gaps jsonb not null default '[]',
    held jsonb not null default '{}',
    constraint audit_sealing_pkey primary key (is_only),
    constraint audit_sealing_one check (is_only)
  );
  ${globalTable('audit_sealing', ['select'])}
  revoke delete on audit_sealing from concord_system;`;

const MOVE = `
  insert into audit_seals (organization_id, first_seq, last_seq, first_id, last_id, ids, seals)
    select organization_id, min(seq), max(seq), min(id), max(id), array_agg(id order by seq),
      string_agg(details_digest || prev_hash || hash, '' order by seq)
    from audit_events where seq is not null group by organization_id, (seq - 1) / 250;
  insert into audit_sealing (last_id)
    select coalesce((select min(id) - 1 from audit_events where seq is null), (select max(id) from audit_events), 0);`;

const LET_GO = `
  drop index audit_events_pending;
  drop index audit_events_sealed;
  alter table audit_events drop column seq, drop column details_digest, drop column prev_hash, drop column hash;
  create index audit_events_by_id on audit_events (id);`;

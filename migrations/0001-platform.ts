import type { MigrationInterface, QueryRunner } from 'typeorm';
import { RANK_SQL } from './sql/rank.js';
import { tenantTable } from './sql/tenancy.js';

/** Extensions, functions and tables that every feature stands on. */
export class Platform1763700000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create extension if not exists pg_trgm;
      create extension if not exists btree_gin;
      create extension if not exists unaccent;`);
    await runner.query(RANK_SQL);
    await runner.query(`
      create table idempotency_keys (
        organization_id uuid not null,
        actor_id uuid not null,
        route text not null,
        key text not null,
        body_hash bytea not null,
        status smallint not null,
        response text not null,
        created_at timestamptz(3) not null default now(),
        primary key (organization_id, actor_id, route, key)
      );
      create index idempotency_keys_by_age on idempotency_keys (created_at);
      ${tenantTable('idempotency_keys', ['select', 'insert'])}`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

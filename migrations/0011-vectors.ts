import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './sql/tenancy.js';
import { VECTOR_INDEX } from './sql/vector-index.js';

// Signs beside the floats: comparing signs reads 128 bytes a row and finds the few whose floats are worth comparing. Floats do not compress.
const VECTORS = `
  create table vectors (
    organization_id uuid not null,
    kind text collate "C" not null,
    owner_id uuid not null,
    chunk integer not null,
    engine text collate "C" not null,
    model text collate "C" not null,
    content_hash bytea not null,
    bits bit(1024) not null,
    vec bytea not null,
    created_at timestamptz(3) not null default now(),
    constraint vectors_pkey primary key (organization_id, kind, owner_id, chunk),
    constraint vectors_chunk check (chunk >= 0),
    constraint vectors_content_hash check (octet_length(content_hash) = 32),
    constraint vectors_vec check (octet_length(vec) = 4096)
  );
  alter table vectors alter column vec set storage external;
  create index vectors_by_model on vectors (organization_id, kind, engine, model);
  ${tenantTable('vectors')}`;

/** Vectors of texts, for finding what is alike. */
export class Vectors1763700000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(VECTORS);
    await runner.query(VECTOR_INDEX);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

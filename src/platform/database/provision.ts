import pg from 'pg';
import { runMigrations as runQueueMigrations } from 'bullmq';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';
import { VECTOR_INDEX } from '../../../migrations/sql/vector-index.js';
import type { DatabaseUrls } from '../config/database-urls.js';

const ROLES = ['app', 'system', 'queue'] as const;
const MIGRATION_LOCK = 7_266_321_004;

/** Makes the roles, runs every open migration, and prepares the queue's schema. Several processes may call it at once: one works, the others wait. */
export async function provisionDatabase(urls: DatabaseUrls, withQueue: boolean): Promise<string[]> {
  const client = new pg.Client({ connectionString: urls.owner, application_name: 'concord-migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureRoles(client, urls);
    const done = await runOpenMigrations(urls.owner);
    if (withQueue) await prepareQueueSchema(client, urls);
    return done;
  } finally {
    await client.end();
  }
}

/** Names of migrations the code has and the database has not. */
export async function openMigrations(client: { query(text: string): Promise<{ rows: { name: string }[] }> }): Promise<string[]> {
  const { rows } = await client.query('select name from migrations');
  const done = new Set(rows.map((row) => row.name));
  return MIGRATIONS.map((migration) => migration.name).filter((name) => !done.has(name));
}

async function runOpenMigrations(ownerUrl: string): Promise<string[]> {
  const source = await new DataSource({
    type: 'postgres',
    url: ownerUrl,
    migrations: [...MIGRATIONS],
    migrationsTransactionMode: 'each',
    installExtensions: false,
    applicationName: 'concord-migrate',
  }).initialize();
  try {
    const done = await source.runMigrations({ transaction: 'each' });
    await source.query('grant select on migrations to concord_app, concord_system');
    // A server that gets pgvector later is served by it from the next start on.
    await source.query(VECTOR_INDEX);
    return done.map((migration) => migration.name);
  } finally {
    await source.destroy();
  }
}

/** Roles belong to the whole server; two databases made at once must not trip over each other. */
async function ensureRoles(client: pg.Client, urls: DatabaseUrls): Promise<void> {
  await client.query('begin');
  await client.query(`select pg_advisory_xact_lock(${MIGRATION_LOCK + 1})`);
  const database = client.escapeIdentifier(decodeURIComponent(new URL(urls.owner).pathname.slice(1)));
  for (const role of ROLES) {
    const name = `concord_${role}`;
    const { username, password } = new URL(urls[role]);
    const isOwnLogin = decodeURIComponent(username) === name;
    await ensureRole(client, name, isOwnLogin ? decodeURIComponent(password) : undefined);
    if (!isOwnLogin) await client.query(`grant ${name} to ${client.escapeIdentifier(decodeURIComponent(username))}`);
    await client.query(`grant connect on database ${database} to ${name}`);
  }
  await client.query('revoke create on schema public from public; grant usage on schema public to concord_app, concord_system');
  await client.query('commit');
}

async function ensureRole(client: pg.Client, name: string, password: string | undefined): Promise<void> {
  await client.query(`
    do $$ begin
      if not exists (select from pg_roles where rolname = '${name}') then create role ${name} nologin; end if;
    end $$`);
  if (password !== undefined) await client.query(`alter role ${name} login password ${client.escapeLiteral(password)}`);
}

async function prepareQueueSchema(client: pg.Client, urls: DatabaseUrls): Promise<void> {
  const database = client.escapeIdentifier(decodeURIComponent(new URL(urls.owner).pathname.slice(1)));
  await client.query(`grant create on database ${database} to concord_queue`);
  const queue = new pg.Client({ connectionString: urls.queue });
  await queue.connect();
  try {
    await runQueueMigrations(queue);
  } finally {
    await queue.end();
  }
}

import pg from 'pg';
import { randomBytes } from 'node:crypto';
import { type DatabaseUrls, deriveDatabaseUrl } from '../../src/platform/config/database-urls.js';
import { Secret } from '../../src/platform/config/secret.js';

/** A database of its own, cloned from the migrated template, and the way to drop it. */
export interface TestDatabase {
  readonly urls: DatabaseUrls;
  /** A connection as the owner, who is bound by nothing: for looking at what the app cannot see. */
  readonly owner: pg.Client;
  drop(): Promise<void>;
}

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests through Jest's global set-up`);
  return value;
}

export const testSecret = (): string => environment('CONCORD_TEST_SECRET');

/** Clones the template database (about 50 ms). */
export async function cloneDatabase(): Promise<TestDatabase> {
  const template = environment('CONCORD_TEST_OWNER_URL');
  const name = `t_${randomBytes(6).toString('hex')}`;
  await asAdmin(template, async (admin) => {
    // Cloning needs the template to itself for a moment; workers take turns.
    await admin.query('select pg_advisory_lock(991)');
    await admin.query(`create database ${name} template concord_template strategy file_copy`);
  });
  const url = new URL(template);
  url.pathname = `/${name}`;
  const owner = url.toString();
  const secret = new Secret(testSecret());
  const urls: DatabaseUrls = {
    owner,
    app: deriveDatabaseUrl(owner, 'app', secret),
    system: deriveDatabaseUrl(owner, 'system', secret),
    queue: deriveDatabaseUrl(owner, 'queue', secret),
  };
  const client = new pg.Client({ connectionString: owner });
  await client.connect();
  return {
    urls,
    owner: client,
    drop: async () => {
      await client.end();
      await asAdmin(template, (admin) => admin.query(`drop database if exists ${name} with (force)`));
    },
  };
}

async function asAdmin(template: string, action: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const url = new URL(template);
  url.pathname = '/postgres';
  const admin = new pg.Client({ connectionString: url.toString() });
  await admin.connect();
  try {
    await action(admin);
  } finally {
    await admin.end();
  }
}

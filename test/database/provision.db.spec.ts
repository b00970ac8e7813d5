import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { MIGRATIONS } from '../../migrations/index.js';
import type { DatabaseUrls } from '../../src/platform/config/database-urls.js';
import { openMigrations, provisionDatabase } from '../../src/platform/database/provision.js';
import { cloneDatabase, type TestDatabase } from '../harness/test-database.js';

/** An empty database on the server of the tests. */
async function emptyDatabase(like: TestDatabase, name: string): Promise<{ urls: DatabaseUrls; drop(): Promise<void> }> {
  await like.owner.query(`create database ${name}`);
  const renamed = Object.entries(like.urls).map(([role, address]) => {
    const url = new URL(address as string);
    url.pathname = `/${name}`;
    return [role, url.toString()];
  });
  return {
    urls: Object.fromEntries(renamed) as unknown as DatabaseUrls,
    drop: async () => void (await like.owner.query(`drop database ${name} with (force)`)),
  };
}

describe('provisionDatabase', () => {
  let home: TestDatabase;

  beforeAll(async () => {
    home = await cloneDatabase();
  });
  afterAll(() => home.drop());

  it('run by three processes at once makes everything once', async () => {
    const made = await emptyDatabase(home, `p_${Date.now()}_a`);
    try {
      const done = await Promise.all([1, 2, 3].map(() => provisionDatabase(made.urls, true)));
      expect(done.flat().sort()).toEqual(MIGRATIONS.map((migration) => migration.name).sort());
      const client = new pg.Client({ connectionString: made.urls.app });
      await client.connect();
      expect(await openMigrations(client)).toEqual([]);
      await expect(client.query('create table mine (id int)')).rejects.toThrow('permission denied');
      await expect(client.query('select from leads')).rejects.toThrow();
      await client.end();
    } finally {
      await made.drop();
    }
  });

  it('gives logins of other names the rights of the role they stand for', async () => {
    const made = await emptyDatabase(home, `p_${Date.now()}_b`);
    const login = `serving_${Date.now()}`;
    await home.owner.query(`create role ${login} login password 'pw'`);
    const app = new URL(made.urls.app);
    app.username = login;
    app.password = 'pw';
    try {
      await provisionDatabase({ ...made.urls, app: app.toString() }, false);
      const client = new pg.Client({ connectionString: app.toString() });
      await client.connect();
      const nobody = '00000000-0000-0000-0000-000000000000';
      await client.query(`select set_config('app.organization_id', $1, false), set_config('app.actor_id', $1, false)`, [nobody]);
      expect((await client.query('select from leads')).rowCount).toBe(0);
      await client.end();
    } finally {
      await made.drop();
      await home.owner.query(`drop role ${login}`);
    }
  });

  it('says which migrations are open', async () => {
    const rows = MIGRATIONS.slice(0, -1).map(({ name }) => ({ name }));
    expect(await openMigrations({ query: () => Promise.resolve({ rows }) })).toEqual([MIGRATIONS.at(-1)?.name]);
  });
});

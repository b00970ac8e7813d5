import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MOVING, STAYING } from '../../src/features/crm/duplicate-review/lead-relations.js';
import { cloneDatabase, type TestDatabase } from '../harness/test-database.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());

/** Columns that name a lead, `table.column`, of every table. */
async function leadColumns(): Promise<string[]> {
  const { rows } = await database.owner.query<{ name: string }>(
    `select c.table_name || '.' || c.column_name as name from information_schema.columns c
     join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
     where c.table_schema = 'public' and c.column_name ~ '(^|_)lead_ids?$' order by 1`,
  );
  return rows.map(({ name }) => name);
}

it('every table that points to a lead says what a merge does to it', async () => {
  const known = new Set([...MOVING.map(({ table }) => `${table}.lead_id`), ...Object.keys(STAYING)]);
  const found = await leadColumns();
  expect(found.filter((name) => !known.has(name))).toEqual([]);
  expect([...known].filter((name) => !found.includes(name))).toEqual([]);
});

it('would notice a new one', async () => {
  await database.owner.query('create table planted (organization_id uuid, lead_id uuid)');
  expect(await leadColumns()).toContain('planted.lead_id');
  await database.owner.query('drop table planted');
});

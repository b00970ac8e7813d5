import { randomUUID } from 'node:crypto';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { declaredProblems } from '../../src/platform/http/problems/problem.js';
import { projectFiles } from '../architecture/source-files.js';
import { cloneDatabase, type TestDatabase } from '../harness/test-database.js';
import { type Agreed, readTables, type Table, tableFaults, tenantColumnOf } from './catalogue.js';
import { insertRow, type Overrides, type Probe, rowOf, strangerFaults, unscopedFaults } from './foreign-rows.js';

const SWEEP = 'the system looks at every organization at once, oldest first';

const AGREED: Agreed = {
  global: {
    api_key_prefixes: 'says in which organization to look for a key, before one is known',
    audit_sealing: 'how far the sealer has come over all organizations',
    captured_mails: 'mails of a development machine',
    login_failures: 'counts by account and by address, before anybody is known',
    migrations: 'the version of the schema',
    one_time_tokens: 'belong to a person',
    schedules: 'belong to the installation',
    sessions: 'belong to a person, who may be in many organizations',
    signing_keys: 'belong to the installation',
    users: 'people may be in many organizations',
  },
  tenantColumn: { organizations: 'id' },
  policies: { memberships: ['own', 'system', 'tenant'], organizations: ['change', 'make', 'see', 'system'] },
  indexes: {
    assistant_turn_events_by_age: SWEEP,
    ai_calls_by_age: SWEEP,
    ai_calls_running: SWEEP,
    audit_events_by_id: 'the sealer follows the numbers of all organizations at once',
    files_unfinished: SWEEP,
    idempotency_keys_by_age: SWEEP,
    jobs_finished: SWEEP,
    jobs_open_by_time: SWEEP,
    memberships_by_user: 'where a person belongs is asked before an organization is chosen',
    outbox_in_order: SWEEP,
    processed_messages_by_age: SWEEP,
    task_reminders_waiting: SWEEP,
    webhook_deliveries_by_age: SWEEP,
    webhook_lanes_due: SWEEP,
  },
};

/** Functions that run as somebody who sees every organization: why, and how to call them with a text of the row `rowOf` makes. */
const DEFINERS: Readonly<Record<string, { reason: string; table: string; call: string }>> = {
  concord_search_leads: {
    reason: 'trigram operators are not leakproof, so that a policy would keep them from their index',
    table: 'leads',
    call: `select distinct id from concord_search_leads('aardvark', array['aardvark'], 10)`,
  },
  concord_search_companies: {
    reason: 'trigram operators are not leakproof, so that a policy would keep them from their index',
    table: 'companies',
    call: `select distinct id from concord_search_companies('aardvark', 10)`,
  },
  concord_search_contacts: {
    reason: 'trigram operators are not leakproof, so that a policy would keep them from their index',
    table: 'contacts',
    call: `select distinct id from concord_search_contacts('aardvark', 10)`,
  },
};

const IN_ORDER = { left_id: '00000000-0000-7000-8000-000000000001', right_id: 'ffffffff-ffff-7fff-bfff-ffffffffffff' };

const OVERRIDES: Overrides = {
  lead_duplicate_dismissals: () => IN_ORDER,
  lead_duplicate_pairs: () => IN_ORDER,
  audit_seals: () => ({ first_seq: 1, last_seq: 1, ids: [1], seals: Buffer.alloc(96) }),
  companies: () => ({ name_key: 'aardvark', search_text: 'aardvark' }),
  contacts: () => ({ name_key: 'aardvark', search_text: 'aardvark' }),
  files: (row) => ({ storage_key: `org/${String(row['organization_id'])}/${String(row['id'])}` }),
  lead_journeys: () => ({ stage: 'interest' }),
  leads: () => ({ name_key: 'aardvark', search_text: 'aardvark' }),
  webhook_deliveries: () => ({ event_seq: 1, next_attempt_at: '2026-01-31T12:00:00Z' }),
  organizations: () => ({ country: 'DE', base_currency: 'EUR' }),
  vectors: () => ({ bits: '0'.repeat(1024), vec: Buffer.alloc(4096) }),
};

let database: TestDatabase;
let tables: Table[];

beforeAll(async () => {
  database = await cloneDatabase();
  tables = await readTables(database.owner);
});

afterAll(async () => {
  await database.drop();
});

async function asApp<T>(work: (app: pg.Client) => Promise<T>): Promise<T> {
  const app = new pg.Client({ connectionString: database.urls.app });
  await app.connect();
  try {
    return await work(app);
  } finally {
    await app.end();
  }
}

/** A row of an organization in the table, put there by the owner, whom no policy binds. */
async function probe(table: Table): Promise<Probe> {
  const tenantColumn = tenantColumnOf(table, AGREED);
  if (!tenantColumn) throw new Error(`${table.name} has no organization`);
  const organizationId = randomUUID();
  const makeRow = () => rowOf(table, tenantColumn, organizationId, OVERRIDES);
  // Rows of other tables that this one refers to are not what is tested.
  await database.owner.query('set session_replication_role = replica');
  await insertRow(database.owner, table, makeRow());
  await database.owner.query('reset session_replication_role');
  return { table, tenantColumn, organizationId, makeRow };
}

async function plant(sql: string): Promise<Table> {
  await database.owner.query(sql);
  const table = (await readTables(database.owner)).find(({ name }) => name === 'planted');
  if (!table) throw new Error('nothing was planted');
  return table;
}

const PLANTED =
  'drop table if exists planted; create table planted (organization_id uuid not null, id uuid not null, primary key (organization_id, id));';
const SECURED = 'alter table planted enable row level security; alter table planted force row level security;';
const SYSTEM = 'create policy system on planted to concord_system using (true) with check (true);';
const OWN = `organization_id = (select current_setting('app.organization_id')::uuid)`;
const GRANT = 'grant select, insert, update, delete on planted to concord_app;';

describe('the catalogue', () => {
  it('has every table under tenancy or agreed on as global', () => {
    expect(tables.length).toBeGreaterThan(10);
    expect(tableFaults(tables, AGREED)).toEqual([]);
  });

  it.each([
    ['no organization', 'drop table if exists planted; create table planted (id uuid primary key)', 'belongs to no organization'],
    ['no security', PLANTED, 'planted has no row-level security'],
    ['security not forced', `${PLANTED} alter table planted enable row level security`, 'does not force'],
    ['no policy', `${PLANTED} ${SECURED}`, 'policies none'],
    ['an open policy', `${PLANTED} ${SECURED} ${SYSTEM} create policy tenant on planted using (true) with check (true)`, 'tenant (true)'],
    [
      'an open check',
      `${PLANTED} ${SECURED} ${SYSTEM} create policy tenant on planted using (${OWN}) with check (true)`,
      'has the policies',
    ],
    [
      'one policy more',
      `${PLANTED} ${SECURED} ${SYSTEM} create policy tenant on planted using (${OWN}) with check (${OWN}); create policy x on planted for select using (true)`,
      'x',
    ],
    ['an index by something else', `${PLANTED} create index planted_by_id on planted (id)`, 'planted_by_id leads with id'],
  ])('would show a table with %s', async (_, sql, fault) => {
    const faults = tableFaults([await plant(sql)], { ...AGREED, global: {}, indexes: {} });
    expect(faults).toContainEqual(expect.stringContaining(fault));
  });

  it('finds nothing wrong with a table as tenantTable makes it', async () => {
    const table = await plant(`${PLANTED} ${SECURED} ${SYSTEM} create policy tenant on planted using (${OWN}) with check (${OWN})`);
    expect(tableFaults([table], { ...AGREED, global: {}, indexes: {} })).toEqual([]);
  });
});

describe('a stranger from another organization', () => {
  it('sees, changes, removes and puts in nothing, in any table', async () => {
    const probes: Probe[] = [];
    for (const table of tables) if (tenantColumnOf(table, AGREED)) probes.push(await probe(table));
    expect(probes.length).toBeGreaterThan(8);
    const faults = await asApp(async (app) => {
      const found: string[] = [];
      // First the connection that was never given an organization: the setting leaves a trace.
      for (const one of probes) found.push(...(await unscopedFaults(app, one)));
      for (const one of probes) found.push(...(await strangerFaults(app, one)));
      return found;
    });
    expect(faults).toEqual([]);
  });

  it('would be caught in a table with an open policy', async () => {
    const table = await plant(`${PLANTED} ${SECURED} ${SYSTEM} create policy tenant on planted using (true) with check (true); ${GRANT}`);
    const planted = await probe(table);
    const faults = await asApp(async (app) => [...(await unscopedFaults(app, planted)), ...(await strangerFaults(app, planted))]);
    expect(faults).toEqual([
      'planted: without an organization: nothing was refused',
      'planted: a stranger sees 1 rows',
      'planted: a stranger changes 1 rows',
      'planted: a row can be given away: nothing was refused',
      'planted: a stranger deletes 1 rows',
      'planted: a stranger puts in a row: nothing was refused',
    ]);
  });

  it('would be caught where only putting in is open', async () => {
    const table = await plant(`${PLANTED} ${SECURED} ${SYSTEM} create policy tenant on planted using (${OWN}) with check (true); ${GRANT}`);
    const planted = await probe(table);
    const faults = await asApp((app) => strangerFaults(app, planted));
    expect(faults).toEqual([
      'planted: a row can be given away: nothing was refused',
      'planted: a stranger puts in a row: nothing was refused',
    ]);
  });
});

describe('the role that serves', () => {
  const ask = async (sql: string): Promise<unknown[]> => (await database.owner.query<Record<string, unknown>>(sql)).rows;

  it('has no power over policies', async () => {
    const sql = `select rolname from pg_roles where rolname in ('concord_app', 'concord_queue')
      and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)`;
    expect(await ask(sql)).toEqual([]);
    expect(
      await ask(`select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid where m.member = 'concord_app'::regrole`),
    ).toEqual([]);
  });

  it('owns nothing and can make nothing', async () => {
    expect(await ask(`select objid from pg_shdepend where refobjid = 'concord_app'::regrole and deptype = 'o'`)).toEqual([]);
    expect(await ask(`select 1 where has_schema_privilege('concord_app', 'public', 'create')`)).toEqual([]);
  });

  it('cannot go around policies by emptying a table or by a trigger', async () => {
    const sql = `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      and has_table_privilege('concord_app', oid, 'truncate, trigger, references')`;
    expect(await ask(sql)).toEqual([]);
  });

  it.each(Object.entries(DEFINERS))('sees the current organization alone through %s', async (_, { table: name, call }) => {
    const table = tables.find((one) => one.name === name);
    if (!table) throw new Error(`${name} is not there`);
    const { organizationId } = await probe(table);
    const found = (as: string) =>
      asApp(async (app) => {
        await app.query(`select set_config('app.organization_id', $1, false)`, [as]);
        return (await app.query(call)).rowCount;
      });
    expect([await found(organizationId), await found(randomUUID())]).toEqual([1, 0]);
    await expect(asApp((app) => app.query(call))).rejects.toThrow('app.organization_id');
  });

  it('cannot go around policies by a function or view that runs as its owner', async () => {
    const definers = `select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
      and has_function_privilege('concord_app', p.oid, 'execute') order by p.proname`;
    const known = Object.keys(DEFINERS).sort();
    expect(await ask(definers)).toEqual(known.map((proname) => ({ proname })));
    const views = `select distinct v.relname as view, t.relname as table from pg_class v
      join pg_rewrite r on r.ev_class = v.oid
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
      join pg_class t on t.oid = d.refobjid and t.relkind in ('r', 'p') and t.relrowsecurity
      where v.relnamespace = 'public'::regnamespace and v.relkind in ('v', 'm')
        and not coalesce('security_invoker=true' = any(v.reloptions) or 'security_invoker=on' = any(v.reloptions), false)`;
    expect(await ask(views)).toEqual([]);
    await database.owner.query('create view planted_view as select role from memberships');
    expect(await ask(views)).toEqual([{ view: 'planted_view', table: 'memberships' }]);
    await database.owner.query('drop view planted_view');
  });
});

describe('problems that a constraint stands for', () => {
  const MISSING = `select name from unnest($1::text[]) as name
    where not exists (select from pg_constraint where conname = name)
      and not exists (select from pg_class where relkind = 'i' and relname = name)
      and not exists (select from pg_proc p where p.pronamespace = 'public'::regnamespace and position('''' || name || '''' in p.prosrc) > 0)`;

  it('name constraints that are there', async () => {
    for (const { path: file } of projectFiles('src')) if (/\.errors\.ts$/.test(file)) await import(path.resolve(file));
    const names = declaredProblems().flatMap(({ definition }) => definition.constraint ?? []);
    expect((await database.owner.query(MISSING, [names])).rows).toEqual([]);
    expect((await database.owner.query(MISSING, [['no_such_constraint', 'users_pkey']])).rows).toEqual([{ name: 'no_such_constraint' }]);
  });
});

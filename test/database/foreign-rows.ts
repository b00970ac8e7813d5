import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Column, Table } from './catalogue.js';

export type Row = Readonly<Record<string, unknown>>;

/** Values a row needs beyond what its types and lists of allowed words tell, by table. */
export type Overrides = Readonly<Record<string, (row: Row) => Row>>;

const VALUES: Readonly<Record<string, () => unknown>> = {
  uuid: randomUUID,
  text: () => `a${randomUUID()}`,
  'character varying': () => `a${randomUUID()}`,
  boolean: () => false,
  smallint: () => 1,
  integer: () => 1,
  bigint: () => 1,
  numeric: () => '1',
  real: () => 1,
  'double precision': () => 1,
  bytea: () => Buffer.alloc(32, 7),
  bit: () => '0',
  json: () => '{}',
  jsonb: () => '{}',
  date: () => '2026-01-31',
  'timestamp with time zone': () => '2026-01-31T12:00:00Z',
};

/** A row of an organization that the table takes, made from the catalogue. */
export function rowOf(table: Table, tenantColumn: string, organizationId: string, overrides: Overrides): Row {
  const required = table.columns.filter(({ isRequired }) => isRequired);
  const made = Object.fromEntries(required.map((column) => [column.name, valueOf(table, column)]));
  const row = { ...made, [tenantColumn]: organizationId };
  return { ...row, ...overrides[table.name]?.(row) };
}

function valueOf({ name, checks }: Table, column: Column): unknown {
  const words = new RegExp(`\\(\\(${column.name} = ANY \\(ARRAY\\['([^']+)'`);
  const word = checks.map((check) => words.exec(check)?.[1]).find((found) => found !== undefined);
  if (word !== undefined) return word;
  if (column.type.endsWith('[]')) return '{}';
  const make = VALUES[column.type];
  if (!make) throw new Error(`${name}.${column.name}: no value is known for ${column.type}`);
  return make();
}

export async function insertRow(client: pg.Client, table: Table, row: Row): Promise<void> {
  const names = Object.keys(row);
  const places = names.map((_, at) => `$${at + 1}`);
  await client.query(`insert into ${table.name} (${names.join(', ')}) values (${places.join(', ')})`, Object.values(row));
}

/** One table, a row of `organizationId` in it, and how to make another one. */
export interface Probe {
  readonly table: Table;
  readonly tenantColumn: string;
  readonly organizationId: string;
  makeRow(): Row;
}

/** What a stranger of another organization, connected as the role that serves, manages to do to a table. Nothing is the right answer. */
export async function strangerFaults(app: pg.Client, { table, tenantColumn, organizationId, makeRow }: Probe): Promise<string[]> {
  const { name } = table;
  const faults: string[] = [];
  const may = await grantsOf(app, name);
  const asStranger = <T>(work: () => Promise<T>): Promise<T> => inOrganization(app, randomUUID(), work);
  if (may.select) {
    const seen = await asStranger(() => app.query(`select 1 from ${name}`));
    if (seen.rowCount !== 0) faults.push(`${name}: a stranger sees ${seen.rowCount} rows`);
    const own = await inOrganization(app, organizationId, () => app.query(`select 1 from ${name}`));
    if (own.rowCount === 0) faults.push(`${name}: its own organization sees nothing, so this check proves nothing`);
  }
  if (may.update && may.select) {
    const changed = await asStranger(() => app.query(`update ${name} set ${may.update} = ${may.update}`));
    if (changed.rowCount !== 0) faults.push(`${name}: a stranger changes ${changed.rowCount} rows`);
    if (may.update === tenantColumn) {
      const moved = await refusal(() =>
        inOrganization(app, organizationId, () => app.query(`update ${name} set ${tenantColumn} = $1`, [randomUUID()])),
      );
      if (!moved.includes('row-level security')) faults.push(`${name}: a row can be given away: ${moved}`);
    }
  }
  if (may.delete) {
    const gone = await asStranger(() => app.query(`delete from ${name}`));
    if (gone.rowCount !== 0) faults.push(`${name}: a stranger deletes ${gone.rowCount} rows`);
  }
  if (may.insert) {
    const put = await refusal(() => asStranger(() => insertRow(app, table, makeRow())));
    if (!put.includes('row-level security')) faults.push(`${name}: a stranger puts in a row: ${put}`);
  }
  return faults;
}

/** What a connection that was never given an organization gets to see; an error is the right answer. */
export async function unscopedFaults(app: pg.Client, { table }: Probe): Promise<string[]> {
  const { select } = await grantsOf(app, table.name);
  if (!select) return [];
  const said = await refusal(() => app.query(`select 1 from ${table.name}`));
  return said.includes('app.organization_id') ? [] : [`${table.name}: without an organization: ${said}`];
}

interface Grants {
  readonly select: boolean;
  readonly insert: boolean;
  readonly delete: boolean;
  /** A column that may be changed, the one of the organization if possible. */
  readonly update: string | undefined;
}

async function grantsOf(app: pg.Client, name: string): Promise<Grants> {
  const { rows } = await app.query<Omit<Grants, 'update'> & { update: string | null }>(
    `select has_table_privilege($1, 'select') as select, has_table_privilege($1, 'insert') as insert, has_table_privilege($1, 'delete') as delete,
      (select a.attname from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped
        and has_column_privilege($1, a.attnum, 'update') order by a.attname <> 'organization_id', a.attnum limit 1) as update`,
    [name],
  );
  const [row] = rows;
  if (!row) throw new Error(`no grants of ${name}`);
  return { ...row, update: row.update ?? undefined };
}

/** Runs in a transaction of an organization and takes everything back. */
async function inOrganization<T>(app: pg.Client, organizationId: string, work: () => Promise<T>): Promise<T> {
  await app.query('begin');
  try {
    await app.query(`select set_config('app.organization_id', $1, true), set_config('app.actor_id', $2, true)`, [
      organizationId,
      randomUUID(),
    ]);
    return await work();
  } finally {
    await app.query('rollback');
  }
}

async function refusal(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'nothing was refused';
  } catch (error) {
    return error instanceof pg.DatabaseError ? error.message : String(error);
  }
}

import type pg from 'pg';

/** A table of schema public, as the catalogue describes it. */
export interface Table {
  readonly name: string;
  readonly owner: string;
  readonly isRowSecured: boolean;
  readonly isForced: boolean;
  readonly columns: readonly Column[];
  readonly policies: readonly Policy[];
  readonly indexes: readonly { readonly name: string; readonly leads: string }[];
  readonly checks: readonly string[];
}

export interface Column {
  readonly name: string;
  readonly type: string;
  /** Its value must be given: it may not be null, has no default and is not made by the database. */
  readonly isRequired: boolean;
}

export interface Policy {
  readonly name: string;
  readonly command: string;
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
}

/** What the reviewers have agreed to, each with its reason. */
export interface Agreed {
  readonly global: Readonly<Record<string, string>>;
  readonly tenantColumn: Readonly<Record<string, string>>;
  readonly policies: Readonly<Record<string, readonly string[]>>;
  readonly indexes: Readonly<Record<string, string>>;
}

const TABLES = `
  select c.relname as name, pg_get_userbyid(c.relowner) as owner, c.relrowsecurity as "isRowSecured", c.relforcerowsecurity as "isForced",
    (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, null),
        'isRequired', a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = '') order by a.attnum)
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
    coalesce((select json_agg(json_build_object('name', p.policyname, 'command', p.cmd, 'roles', p.roles, 'using', p.qual, 'check', p.with_check) order by p.policyname)
      from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname), '[]') as policies,
    coalesce((select json_agg(json_build_object('name', i.indexrelid::regclass::text, 'leads', pg_get_indexdef(i.indexrelid, 1, false)))
      from pg_index i where i.indrelid = c.oid), '[]') as indexes,
    coalesce((select json_agg(pg_get_constraintdef(k.oid)) from pg_constraint k where k.conrelid = c.oid and k.contype = 'c'), '[]') as checks
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  order by c.relname`;

export async function readTables(owner: pg.Client): Promise<Table[]> {
  return (await owner.query<Table>(TABLES)).rows;
}

/** The column that says whose row it is, or undefined for a table of nobody. */
export function tenantColumnOf(table: Table, agreed: Agreed): string | undefined {
  return agreed.tenantColumn[table.name] ?? table.columns.find(({ name }) => name === 'organization_id')?.name;
}

/** What is wrong with the tables, as far as the catalogue tells. */
export function tableFaults(tables: readonly Table[], agreed: Agreed): string[] {
  return [
    ...tables.flatMap((table) => (agreed.global[table.name] ? globalFaults(table, agreed) : tenantFaults(table, agreed))),
    ...Object.keys(agreed.global)
      .filter((name) => !tables.some((table) => table.name === name))
      .map((name) => `${name} is agreed on but not there`),
    ...Object.keys(agreed.indexes)
      .filter((name) => !tables.some(({ indexes }) => indexes.some((index) => index.name === name)))
      .map((name) => `${name} is agreed on but not there`),
  ];
}

function globalFaults(table: Table, agreed: Agreed): string[] {
  return tenantColumnOf(table, agreed) ? [`${table.name} has an organization and is agreed on as global`] : [];
}

function tenantFaults(table: Table, agreed: Agreed): string[] {
  const column = tenantColumnOf(table, agreed);
  if (!column) return [`${table.name} belongs to no organization and is not agreed on as global`];
  return [
    ...(table.isRowSecured ? [] : [`${table.name} has no row-level security`]),
    ...(table.isForced ? [] : [`${table.name} does not force row-level security`]),
    ...policyFaults(table, column, agreed),
    ...table.indexes
      .filter(({ name, leads }) => leads !== column && !agreed.indexes[name])
      .map(({ name, leads }) => `${name} leads with ${leads} instead of ${column}`),
  ];
}

function policyFaults({ name, policies }: Table, column: string, agreed: Agreed): string[] {
  const own = `(${column} = ( SELECT (current_setting('app.organization_id'::text))::uuid AS current_setting))`;
  const found = policies.map((policy) => {
    if (policy.command !== 'ALL') return policy.name;
    const isSystem = policy.roles.join() === 'concord_system' && policy.using === 'true' && policy.check === 'true';
    const isTenant = policy.roles.join() === 'public' && policy.using === own && policy.check === own;
    return isSystem ? 'system' : isTenant ? 'tenant' : `${policy.name} (${policy.using ?? 'any'})`;
  });
  const expected = agreed.policies[name] ?? ['system', 'tenant'];
  return found.sort().join() === [...expected].sort().join()
    ? []
    : [`${name} has the policies ${found.join(', ') || 'none'} instead of ${expected.join(', ')}`];
}

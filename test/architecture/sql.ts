import type { SourceFile } from './source-files.js';

/** Who owns the tables a migration makes: a feature, or the platform. */
export const OWNER_OF_MIGRATION: Readonly<Record<string, string>> = {
  platform: 'platform',
  identity: 'auth',
  organizations: 'organizations',
  audit: 'audit',
  messaging: 'platform',
  files: 'files',
  crm: 'crm',
  vectors: 'platform',
  imports: 'crm',
  ai: 'ai-usage',
  webhooks: 'webhooks',
  pipelines: 'crm',
  'duplicates-scoring': 'crm',
  records: 'crm',
  'done-tasks': 'crm',
};

/** Tables that have other owners than the rest of their migration. */
const OWNERS_OF_TABLE: Readonly<Record<string, readonly string[]>> = {
  captured_mails: ['platform'],
  // The feature is nothing but the face of the platform's queue.
  jobs: ['platform', 'jobs'],
  job_events: ['platform', 'jobs'],
};

/** Names of tables, by what follows these words; `only` and quotes may stand between. */
const TABLE_PLACE = /\b(?:from|join|into|update|table|using|references)\s+(?:only\s+)?"?([a-z][a-z0-9_]*)"?/gi;

type Owners = ReadonlyMap<string, readonly string[]>;

/** Each table of the migrations with the feature (or `platform`) that owns it. Views are published: anybody may read them. */
export function tableOwners(migrations: readonly SourceFile[]): Owners {
  return new Map(createdTables(migrations).map(({ path, table }) => [table, OWNERS_OF_TABLE[table] ?? [ownerOf(path)]]));
}

/** SQL of a feature, or of the platform, that names a table of somebody else. */
export function foreignTables(files: readonly SourceFile[], owners: Owners): string[] {
  return files.flatMap((file) => {
    const home = /^src\/(?:features\/([^/]+)|(platform))\//.exec(file.path);
    const owner = home?.[1] ?? home?.[2];
    if (owner === undefined) return [];
    const named = new Set(sqlOf(file).flatMap((sql) => [...sql.matchAll(TABLE_PLACE)].map((match) => match[1] ?? '')));
    return [...named].flatMap((table) => {
      const allowed = owners.get(table) ?? [owner];
      return allowed.includes(owner) ? [] : [`${file.path} names ${table}, a table of ${allowed.join(', ')}`];
    });
  });
}

/** `@Entity('table')` of a table of somebody else. */
export function foreignEntities(files: readonly SourceFile[], owners: Owners): string[] {
  return files.flatMap(({ path, text }) => {
    const feature = /^src\/features\/([^/]+)\//.exec(path)?.[1];
    const table = /@Entity\((?:\{\s*name:\s*)?'([a-z_]+)'/.exec(text)?.[1];
    return table && feature && !owners.get(table)?.includes(feature) ? [`${path} maps ${table}, which is not of ${feature}`] : [];
  });
}

/**
 * Stars over a table in the outermost query: a column more in the table must not change an answer. Inside a sub-query the outer list
 * names the columns, and a function or a derived table has the columns that stand in it.
 */
export function selectStars(files: readonly SourceFile[], owners: Owners): string[] {
  return files.flatMap((file) =>
    sqlOf(file)
      .filter((sql) => starredTables(outermost(sql)).some((table) => owners.has(table)))
      .map((sql) => `${file.path}: ${sql.trim().slice(0, 80)}`),
  );
}

function starredTables(sql: string): string[] {
  const plain = [...sql.matchAll(/\bselect\s+(?:distinct\s+)?\*[^;]*?\bfrom\s+(\w+)/gi)].map((match) => match[1] ?? '');
  const aliases = [...sql.matchAll(/\b(\w+)\.\*/g)].map((match) => match[1] ?? '');
  const sources = [...sql.matchAll(/\b(?:from|join)\s+(\w+)(?:\s+(?:as\s+)?(\w+))?/gi)];
  return [
    ...plain,
    ...sources.filter(([, table, alias]) => aliases.includes(alias ?? '') || aliases.includes(table ?? '')).map(([, table]) => table ?? ''),
  ];
}

/** The statement without what stands in parentheses. */
function outermost(sql: string): string {
  let text = sql;
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replace(/\([^()]*\)/g, ' ');
  }
  return text;
}

/** Tables made without saying whose rows anybody may see. */
export function unguardedTables(migrations: readonly SourceFile[]): string[] {
  return createdTables(migrations)
    .filter(({ table, text }) => {
      const isDeclared = new RegExp(`(?:tenantTable|globalTable)\\('${table}'`).test(text);
      return !isDeclared && !new RegExp(`alter table ${table} force row level security`).test(text);
    })
    .map(({ path, table }) => `${path}: ${table} has neither tenantTable, globalTable nor a policy of its own`);
}

/** Places that let TypeORM change the schema by itself. */
export function synchronizing(files: readonly SourceFile[]): string[] {
  return files.filter(({ text }) => /\bsynchronize\s*(?::\s*(?!false\b)\S|\()/.test(text)).map(({ path }) => path);
}

function createdTables(migrations: readonly SourceFile[]): { path: string; table: string; text: string }[] {
  return migrations.flatMap(({ path, text }) =>
    [...text.matchAll(/\bcreate table (?:if not exists )?([a-z_$"{}.]+)/g)].map((match) => ({ path, table: match[1] ?? '', text })),
  );
}

function ownerOf(path: string): string {
  const name = /\/\d{4}-([a-z-]+)\.ts$/.exec(path)?.[1] ?? '';
  return OWNER_OF_MIGRATION[name] ?? name.split('-')[0] ?? '';
}

/** Literals that are SQL and no prose: they have a word of SQL in lower case, as all of ours do. */
function sqlOf({ literals }: SourceFile): readonly string[] {
  return literals.filter(
    (text) => /\b(select|insert into|delete from|update \w+ set|update \w+ \w+ set|from|join)\b/.test(text) && !/^[A-Z]/.test(text.trim()),
  );
}

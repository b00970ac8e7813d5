import { describe, expect, it } from '@jest/globals';
import { isSpec, parseFile, projectFiles } from './source-files.js';
import { foreignEntities, foreignTables, selectStars, synchronizing, tableOwners, unguardedTables } from './sql.js';

const migrations = projectFiles('migrations');
const source = projectFiles('src').filter((file) => !isSpec(file));
const owners = tableOwners(migrations);
const lead = (text: string) => [parseFile('src/features/crm/leads.repository.ts', text)];

describe('SQL of a feature', () => {
  it('finds the tables and who owns them', () => {
    expect(owners.get('users')).toEqual(['auth']);
    expect(owners.get('audit_events')).toEqual(['audit']);
    expect(owners.get('idempotency_keys')).toEqual(['platform']);
    const known = new Set(['platform', ...source.flatMap(({ path }) => /^src\/features\/([^/]+)\//.exec(path)?.[1] ?? [])]);
    expect([...owners].filter(([, names]) => !names.every((name) => known.has(name)))).toEqual([]);
  });

  it('names no table of another feature', () => {
    expect(foreignTables(source, owners)).toEqual([]);
    expect(foreignEntities(source, owners)).toEqual([]);
  });

  it.each([
    'const a = `select id from users where id = $1`;',
    'const a = `select l.id from leads l left join "users" u on true`;',
    'const a = `with x as (select 1) insert into users (id) select $1`;',
    'const a = `${b} update users set name = $1`;',
    "const a = 'delete from only users';",
    'const a = `exists (select from memberships)`;',
  ])('is caught naming one: %s', (text) => {
    expect(foreignTables(lead(text), owners)).toHaveLength(1);
  });

  it.each([
    'const a = `select id, name from user_directory where id = $1`;',
    "const a = 'Nobody can be removed from users here.';",
    '// select id from users\nconst a = 1;',
    "import { users } from 'users';",
  ])('is let alone: %s', (text) => {
    expect(foreignTables(lead(text), owners)).toEqual([]);
  });

  it('is caught through an entity', () => {
    expect(foreignEntities(lead(`@Entity('users') export class Person {}`), owners)).toHaveLength(1);
    expect(foreignEntities(lead(`@Entity({ name: 'users' }) export class Person {}`), owners)).toHaveLength(1);
  });

  it('is caught in the platform', () => {
    expect(foreignTables([parseFile('src/platform/access/x.ts', 'const a = `select role from memberships`;')], owners)).toHaveLength(1);
  });

  it('says which columns it wants', () => {
    expect(selectStars(source, owners)).toEqual([]);
  });

  it.each([
    'select * from users',
    'select distinct * from users where id = $1',
    'select u.* from users u',
    'select u.id, o.* from users u join organizations as o on true',
    'with l as (select 1) select users.* from users, l',
  ])('is caught leaving the columns open: %s', (sql) => {
    expect(selectStars(lead(`const a = \`${sql}\`;`), owners)).toHaveLength(1);
  });

  it.each([
    'select count(*), 2 * 3 from users',
    'select * from unnest($1::uuid[], $2::int[])',
    'with u as (select * from users where id = $1) select u.id from u',
    'select c.n, c.* from (select 1 as n, 2 as m from users) c',
  ])('is let alone naming them elsewhere: %s', (sql) => {
    expect(selectStars(lead(`const a = \`${sql}\`;`), owners)).toEqual([]);
  });
});

describe('the schema', () => {
  it('says of every table who may see its rows', () => {
    expect(unguardedTables(migrations)).toEqual([]);
    const bare = parseFile('migrations/0099-x.ts', 'const a = `create table secrets (id uuid)`; tenantTable("other");');
    expect(unguardedTables([bare])).toHaveLength(1);
  });

  it('is changed by migrations alone', () => {
    const files = [...source, ...migrations, ...projectFiles('test')].filter(({ path }) => !path.startsWith('test/architecture/'));
    expect(synchronizing(files)).toEqual([]);
    for (const text of ['const o = { synchronize: true };', 'const o = { synchronize: isTest };', 'await source.synchronize();']) {
      expect(synchronizing(lead(text))).toHaveLength(1);
    }
    expect(synchronizing(lead('const o = { synchronize: false };'))).toEqual([]);
  });
});

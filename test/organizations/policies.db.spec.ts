import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inOrganization } from '../../src/platform/database/in-organization.js';
import type { Scope } from '../../src/platform/database/scope.js';
import { newId } from '../../src/shared/ids.js';
import { type Person, scopeOf, type Services, startServices } from './services.js';

describe('row-level security of organizations', () => {
  let services: Services;
  let ana: Person;
  let mine: { id: string; owner: Scope };
  let theirs: { id: string; owner: Scope };
  beforeAll(async () => {
    services = await startServices();
    ana = await services.person('Ana');
    [mine, theirs] = [await services.organization(ana, 'Mine'), await services.organization(await services.person('Bo'), 'Theirs')];
  });
  afterAll(() => services.close());

  const rows = <R>(scope: Scope, sql: string, parameters: unknown[] = []): Promise<R[]> =>
    services.db.write(scope, (tx) => tx.query<R>(sql, parameters));
  const refused = expect.objectContaining({ message: expect.stringContaining('row-level security') });
  const outcome = (scope: Scope, sql: string, parameters: unknown[]): Promise<unknown> =>
    rows(scope, sql, parameters).catch((error: unknown) => error);

  it('shows a person their own organizations and memberships, with or without one chosen, and no others', async () => {
    for (const scope of [mine.owner, scopeOf(ana.id)]) {
      expect(await rows(scope, 'select name from organizations')).toEqual([{ name: 'Mine' }]);
      expect(await rows(scope, 'select user_id from memberships')).toEqual([{ user_id: ana.id }]);
    }
  });

  it('shows a stranger the organization they are in, and nobody anything without one', async () => {
    expect(await rows(scopeOf(newId(), theirs.id), 'select name from organizations')).toEqual([{ name: 'Theirs' }]);
    const nobody = {
      ...scopeOf(ana.id),
      actor: { type: 'anonymous', id: ana.id, userId: '00000000-0000-0000-0000-000000000000' },
    } as Scope;
    expect(await rows(nobody, 'select 1 from organizations')).toEqual([]);
    expect(await rows(nobody, 'select 1 from memberships')).toEqual([]);
  });

  it('lets nobody change an organization that is not the current one, though they belong to it', async () => {
    const second = await services.organization(ana, 'Second');
    const change = `update organizations set name = 'Stolen' where id = $1 returning 1`;
    expect(await rows(mine.owner, change, [second.id])).toEqual([]);
    expect(await rows(mine.owner, change, [theirs.id])).toEqual([]);
    expect(await outcome(mine.owner, 'update organizations set id = $2 where id = $1', [mine.id, newId()])).toEqual(refused);
    expect(await rows(mine.owner, change, [mine.id])).toHaveLength(1);
  });

  it('lets nobody be put into, moved into, changed in or taken out of an organization that is not the current one', async () => {
    const second = await services.organization(ana, 'Second');
    const insert = `insert into memberships (organization_id, user_id, role) values ($1, $2, 'owner')`;
    expect(await outcome(mine.owner, insert, [theirs.id, ana.id])).toEqual(refused);
    expect(await outcome(scopeOf(ana.id), insert, [theirs.id, ana.id])).toEqual(refused);
    expect(
      await outcome(mine.owner, 'update memberships set organization_id = $2 where organization_id = $1', [mine.id, theirs.id]),
    ).toEqual(refused);
    const elsewhere = `where organization_id = $1 and user_id = $2 returning 1`;
    expect(await rows(mine.owner, `update memberships set role = 'viewer' ${elsewhere}`, [second.id, ana.id])).toEqual([]);
    expect(await rows(mine.owner, `delete from memberships ${elsewhere}`, [second.id, ana.id])).toEqual([]);
    expect(
      await outcome(
        mine.owner,
        `insert into organizations (id, name, country, base_currency, time_zone, created_by) values ($1, 'X', 'FR', 'EUR', 'UTC', $2)`,
        [newId(), ana.id],
      ),
    ).toEqual(refused);
  });

  it('comes back from another organization also when something failed there', async () => {
    const setting = await services.db.write(mine.owner, async (tx) => {
      const failure = await inOrganization(tx, theirs.id, () => Promise.reject(new Error('no'))).catch((error: Error) => error.message);
      const at = await tx.first<{ organization: string }>(`select current_setting('app.organization_id') as organization`);
      return [failure, at?.organization];
    });
    expect(setting).toEqual(['no', mine.id]);
    const inLane = services.db.read(mine.owner, (tx) => inOrganization(tx, theirs.id, () => Promise.resolve()));
    await expect(inLane).rejects.toMatchObject({ definition: { code: 'internal-error' } });
  });

  it('answers grants, memberships and owners by index', async () => {
    const client = services.database.owner;
    await client.query('begin');
    await client.query('set local enable_seqscan = off');
    await client.query('set local role concord_app');
    await client.query(`select set_config('app.organization_id', $1, true), set_config('app.actor_id', $2, true)`, [mine.id, ana.id]);
    const plan = async (sql: string): Promise<string> => JSON.stringify((await client.query(`explain (format json) ${sql}`)).rows);
    expect(await plan(`select 1 from memberships where organization_id = '${mine.id}' and user_id = '${ana.id}'`)).toMatch(
      /memberships_(pkey|by_user)/,
    );
    expect(await plan(`select organization_id from memberships where user_id = '${ana.id}' order by organization_id limit 10`)).toContain(
      'memberships_by_user',
    );
    const page = `select 1 from memberships where organization_id = '${mine.id}' order by joined_at, user_id limit 10`;
    expect(await plan(page)).toContain('memberships_by_joining');
    await client.query('rollback');
  });
});

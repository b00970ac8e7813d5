import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Lane, type LaneOptions } from '../../src/platform/database/lane.js';
import { runScoped } from '../../src/platform/database/scoped-query.js';
import { newId } from '../../src/shared/ids.js';
import { type ProbeDatabase, probeDatabase, scopeFor } from './probe-database.js';

let probe: ProbeDatabase;
beforeAll(async () => {
  probe = await probeDatabase();
});
afterAll(() => probe.close());

const ORGANIZATION = `select current_setting('app.organization_id') as organization`;
const SEEN = `select n, organization_id::text as organization from probe where $1 = $1`;

describe('a lane', () => {
  it('never mixes tenants, with many in flight and errors between them', async () => {
    const organizations = Array.from({ length: 8 }, () => newId());
    for (const [n, id] of organizations.entries())
      await probe.database.write(scopeFor(id), (tx) =>
        tx.query(`insert into probe values (current_setting('app.organization_id')::uuid, $1)`, [n]),
      );
    const asks = Array.from({ length: 1_200 }, async (_, index) => {
      const n = (index * 7) % organizations.length;
      const scope = scopeFor(organizations[n]);
      if (index % 5 === 0) {
        await expect(probe.database.read(scope, (tx) => tx.query('select 1 / $1::int', [0]))).rejects.toMatchObject({ code: '22012' });
        return;
      }
      const rows = await probe.database.read(scope, (tx) => tx.query(SEEN, [String(index)]));
      expect(rows).toEqual([{ n, organization: organizations[n] }]);
    });
    await Promise.all(asks);
  });

  it('undoes a failed write alone, not the ones sent with it', async () => {
    const organization = newId();
    const insert = (n: number): Promise<unknown> =>
      probe.database.writeOne(scopeFor(organization), (tx) =>
        tx.query(`insert into probe values (current_setting('app.organization_id')::uuid, 10 / $1::int * 0 + $1::int)`, [n]),
      );
    const ends = await Promise.allSettled([1, 0, 2, 0, 3].map(insert));
    expect(ends.map((end) => end.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    const found = await probe.test.owner.query('select n from probe where organization_id = $1 order by n', [organization]);
    expect(found.rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('leaves no tenant behind on the connection', async () => {
    const lane = new Lane({
      url: probe.test.urls.app,
      connections: 1,
      readOnly: true,
      applicationName: 'left-behind',
      statementTimeoutMs: 5_000,
      onLost: () => undefined,
    });
    await lane.open();
    const left = `select nullif(current_setting('app.organization_id', true), '') as organization`;
    const id = newId();
    expect((await lane.run({ organizationId: id, actorId: newId() }, left, [])).rows).toEqual([{ organization: id }]);
    // The same connection, by a statement that brings no scope.
    const [{ client }] = (lane as unknown as { slots: [{ client: pg.Client }] }).slots;
    expect((await client.query(left)).rows).toEqual([{ organization: null }]);
    await lane.close();
  });

  it('fails what was on a lost connection, tells it, and replaces the connection', async () => {
    const scope = scopeFor(newId());
    const before = probe.database.poolState().lanes;
    const waiting = Promise.allSettled([1, 2].map(() => probe.database.read(scope, (tx) => tx.query('select pg_sleep(20)'))));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await probe.test.owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'concord-read' and datname = current_database()`,
    );
    expect((await waiting).map((end) => end.status)).toEqual(['rejected', 'rejected']);
    for (let turn = 0; turn < 100 && probe.database.poolState().lanes > before - 2; turn++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(probe.troubles).toContain('lane');
    for (let n = 0; n < 4; n++)
      expect(await probe.database.read(scope, (tx) => tx.query(ORGANIZATION))).toEqual([{ organization: scope.organizationId }]);
    expect(probe.database.poolState().lanes).toBe(before);
  });
});

describe('opening and closing a lane', () => {
  const nobody = { organizationId: newId(), actorId: newId() };
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  function laneOf(name: string, options: Partial<LaneOptions> = {}): { lane: Lane; lost: Error[]; open: () => Promise<number> } {
    const lost: Error[] = [];
    const onLost = (error: Error): void => void lost.push(error);
    const lane = new Lane({
      url: probe.test.urls.app,
      connections: 2,
      readOnly: true,
      statementTimeoutMs: 30_000,
      applicationName: name,
      onLost,
      ...options,
    });
    const open = async (): Promise<number> =>
      (await probe.test.owner.query('select from pg_stat_activity where application_name = $1', [name])).rowCount ?? 0;
    return { lane, lost, open };
  }

  it('keeps the connections it has when it is opened again', async () => {
    const { lane, open } = laneOf('lane-twice');
    await lane.open();
    await lane.open();
    expect([lane.size, await open()]).toEqual([2, 2]);
    await lane.close();
  });

  it('gives up on a statement that takes too long, and goes on with those behind it', async () => {
    const { lane } = laneOf('lane-slow', { connections: 1, statementTimeoutMs: 200 });
    await lane.open();
    const slow = lane.run(nobody, 'select pg_sleep(5)', []);
    const behind = lane.run(nobody, 'select 1 as one', []);
    await expect(slow).rejects.toThrow('statement timeout');
    expect((await behind).rows).toEqual([{ one: 1 }]);
    await lane.close();
  });

  it('refuses statements once it is closed, and opens nothing for them', async () => {
    const { lane, lost, open } = laneOf('lane-closed');
    await lane.open();
    await lane.close();
    await expect(lane.run(nobody, 'select 1', [])).rejects.toThrow('the database is closed');
    for (let turn = 0; turn < 100 && (await open()) > 0; turn++) await pause(20);
    expect([lane.size, await open(), lost]).toEqual([0, 0, []]);
  });

  it('closed while it opens, leaves no connection behind', async () => {
    const { lane, open } = laneOf('lane-early');
    const opening = lane.open();
    await lane.close();
    await opening;
    for (let turn = 0; turn < 100 && (await open()) > 0; turn++) await pause(20);
    expect(await open()).toBe(0);
  });

  it('closes although it never opened, or could not', async () => {
    await laneOf('lane-unused').lane.close();
    const away = new URL(probe.test.urls.app);
    away.pathname = '/no_such_database';
    const { lane, lost } = laneOf('lane-away', { url: away.toString() });
    const opening = lane.open();
    const refused = expect(opening).rejects.toThrow('does not exist');
    await lane.close();
    await refused;
    expect([lane.size, lost]).toEqual([0, []]);
  });

  it('tells once that an idle connection was ended, and takes a new one', async () => {
    const { lane, lost, open } = laneOf('lane-idle', { connections: 1 });
    await lane.open();
    await probe.test.owner.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lane-idle'`);
    for (let turn = 0; turn < 100 && lane.size > 0; turn++) await pause(20);
    await pause(50);
    expect(lost.map(String)).toEqual([expect.stringContaining('terminating connection')]);
    expect((await lane.run(nobody, 'select 1 as one', [])).rows).toEqual([{ one: 1 }]);
    expect(await open()).toBe(1);
    await lane.close();
  });

  it('does not report a server that hangs up while the lane is being closed', async () => {
    const { lane, lost } = laneOf('lane-late', { connections: 1 });
    await lane.open();
    const [{ client }] = (lane as unknown as { slots: { client: pg.Client }[] }).slots;
    const closing = lane.close();
    client.emit('error', new Error('terminating connection due to administrator command'));
    await closing;
    expect(lost).toEqual([]);
  });
});

describe('a scoped statement', () => {
  it('never runs on a connection without the setter, and leaves the connection in order', async () => {
    const client = new pg.Client({ connectionString: probe.test.urls.app, pipeline: true } as pg.ClientConfig);
    await client.connect();
    const who = { organizationId: newId(), actorId: newId() };
    const work = runScoped(client, who, { name: 'unprepared', text: 'select 1', values: [] });
    await expect(work).rejects.toThrow('the scope setter is not prepared');
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });
});

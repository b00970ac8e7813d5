import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
    const seen = await probe.database.read(scopeFor(newId()), (tx) => tx.query(ORGANIZATION));
    expect(seen).toHaveLength(1);
    const pids = await probe.test.owner.query(
      `select 1 from pg_stat_activity where application_name = 'concord-read' and state like 'idle in%'`,
    );
    expect(pids.rows).toEqual([]);
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

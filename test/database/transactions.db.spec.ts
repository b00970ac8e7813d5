import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assertNoOpenTransaction, watchOpenTransactions } from '../../src/platform/database/transactions.js';
import type { Tx } from '../../src/platform/database/tx.js';
import { newId } from '../../src/shared/ids.js';
import { type ProbeDatabase, probeDatabase, scopeFor } from './probe-database.js';

let probe: ProbeDatabase;
beforeAll(async () => {
  watchOpenTransactions();
  probe = await probeDatabase();
});
afterAll(() => probe.close());

const INSERT = `insert into probe values (current_setting('app.organization_id')::uuid, $1)`;
const failure = (code: string): Error => Object.assign(new Error(code), { code });

async function rowsOf(organizationId: string): Promise<number[]> {
  const found = await probe.test.owner.query<{ n: number }>('select n from probe where organization_id = $1 order by n', [organizationId]);
  return found.rows.map((row) => row.n);
}

describe('write', () => {
  it.each(['40001', '40P01'])('runs the whole function again on %s, and once only leaves its rows', async (code) => {
    const organization = newId();
    let runs = 0;
    let told = 0;
    await probe.database.write(scopeFor(organization), async (tx) => {
      tx.afterCommit(() => told++);
      await tx.query(INSERT, [1]);
      if (++runs < 3) throw failure(code);
    });
    expect({ runs, told, rows: await rowsOf(organization) }).toEqual({ runs: 3, told: 1, rows: [1] });
  });

  it('gives up after three attempts', async () => {
    let runs = 0;
    const work = probe.database.write(scopeFor(newId()), () => Promise.reject(failure((runs++, '40001'))));
    await expect(work).rejects.toMatchObject({ code: '40001' });
    expect(runs).toBe(3);
  });

  it('does not repeat other failures, and rolls back', async () => {
    const organization = newId();
    let runs = 0;
    const work = probe.database.write(scopeFor(organization), async (tx) => {
      runs++;
      await tx.query(INSERT, [1]);
      throw failure('22000');
    });
    await expect(work).rejects.toThrow('22000');
    expect({ runs, rows: await rowsOf(organization) }).toEqual({ runs: 1, rows: [] });
  });

  it('never reports success when PostgreSQL rolled back because a failed statement was swallowed', async () => {
    const organization = newId();
    let told = 0;
    const work = probe.database.write(scopeFor(organization), async (tx) => {
      tx.afterCommit(() => told++);
      await tx.query(INSERT, [1]);
      await tx.query(INSERT, [1]).catch(() => undefined);
    });
    await expect(work).rejects.toMatchObject({ definition: { status: 500 } });
    expect({ told, rows: await rowsOf(organization) }).toEqual({ told: 0, rows: [] });
  });

  it('survives a connection that died inside: the failure is told, the next write works', async () => {
    const organization = newId();
    const work = probe.database.write(scopeFor(organization), async (tx) => {
      const found = await tx.first<{ pid: number }>('select pg_backend_pid() as pid');
      await probe.test.owner.query('select pg_terminate_backend($1)', [found?.pid]);
      await tx.query(INSERT, [1]);
    });
    await expect(work).rejects.toThrow();
    await probe.database.write(scopeFor(organization), (tx) => tx.query(INSERT, [2]));
    expect(await rowsOf(organization)).toEqual([2]);
  });

  it('is seen by clients of slow things, a read is not', async () => {
    const call = (): Promise<void> => Promise.resolve().then(() => assertNoOpenTransaction('mail'));
    await expect(probe.database.write(scopeFor(newId()), call)).rejects.toThrow('mail was called inside an open database transaction');
    await expect(probe.database.read(scopeFor(newId()), call)).resolves.toBeUndefined();
  });
});

describe('writeOne', () => {
  it('refuses a second statement', async () => {
    const work = probe.database.writeOne(scopeFor(newId()), async (tx) => {
      await tx.query(INSERT, [1]);
      await tx.query(INSERT, [2]);
    });
    await expect(work).rejects.toMatchObject({ definition: { status: 500 } });
  });

  it('stays written when an action after the commit throws, and is not written again', async () => {
    const organizationId = newId();
    let runs = 0;
    const failing = (tx: Tx): Promise<unknown> => {
      runs++;
      tx.afterCommit(() => {
        throw Object.assign(new Error('could not tell'), { code: '40001' });
      });
      return tx.query('insert into probe values ($1, 1)', [organizationId]);
    };
    const before = probe.troubles.length;
    await probe.database.write(scopeFor(organizationId), failing);
    await probe.database.asSystem('test', scopeFor(organizationId), (tx) =>
      tx.query('delete from probe where organization_id = $1', [organizationId]),
    );
    await probe.database.writeOne(scopeFor(organizationId), failing);
    expect([runs, probe.troubles.slice(before)]).toEqual([2, ['after commit', 'after commit']]);
    const { rows } = await probe.test.owner.query('select n from probe where organization_id = $1', [organizationId]);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('tells afterCommit once', async () => {
    const organization = newId();
    let told = 0;
    await probe.database.writeOne(scopeFor(organization), async (tx) => {
      tx.afterCommit(() => told++);
      await tx.query(INSERT, [1]);
    });
    expect({ told, rows: await rowsOf(organization) }).toEqual({ told: 1, rows: [1] });
  });
});

describe('writeOne on a conflict of transactions', () => {
  it('runs the function again, then as a transaction of its own', async () => {
    const organization = newId();
    let runs = 0;
    let told = 0;
    await probe.database.writeOne(scopeFor(organization), async (tx) => {
      tx.afterCommit(() => told++);
      if (++runs === 1) throw failure('40001');
      await tx.query(INSERT, [1]);
    });
    expect({ runs, told, rows: await rowsOf(organization) }).toEqual({ runs: 2, told: 1, rows: [1] });
  });
});

describe('repositories', () => {
  class Row {}

  it('run on a lane under the scope, also a statement without parameters', async () => {
    const organization = newId();
    const asked = probe.database.read(scopeFor(organization), (tx) =>
      tx.repo(Row).query(`select current_setting('app.organization_id') as organization`),
    );
    expect(await asked).toEqual([{ organization }]);
  });

  it('are not offered to the system role', async () => {
    const work = probe.database.asSystem('t', scopeFor(newId()), (tx) => Promise.resolve(tx.repo(Row)));
    await expect(work).rejects.toMatchObject({ definition: { status: 500 } });
  });
});

describe('read', () => {
  it('refuses to write', async () => {
    await expect(probe.database.read(scopeFor(newId()), (tx) => tx.query(INSERT, [1]))).rejects.toMatchObject({ code: '25006' });
  });
});

describe('scope', () => {
  it('takes ids only: other text never reaches the statement', async () => {
    const bad = scopeFor(`${newId()}', true); drop table probe; --`);
    await expect(probe.database.write(bad, (tx) => tx.query('select 1'))).rejects.toMatchObject({ definition: { status: 500 } });
    await expect(probe.database.asSystem('t', bad, (tx) => tx.query('select 1'))).rejects.toMatchObject({ definition: { status: 500 } });
  });
});

describe('asSystem', () => {
  it('sees every organization, says why, and rolls back on failure', async () => {
    const [a, b] = [newId(), newId()];
    for (const id of [a, b]) await probe.database.write(scopeFor(id), (tx) => tx.query(INSERT, [1]));
    const seen = await probe.database.asSystem('counting', scopeFor(a), (tx) =>
      tx.query('select 1 from probe where organization_id = any($1)', [[a, b]]),
    );
    expect(seen).toHaveLength(2);
    expect(probe.reasons).toContain('counting');
    const work = probe.database.asSystem('deleting', scopeFor(a), async (tx) => {
      await tx.query('delete from probe where organization_id = $1', [a]);
      throw new Error('stop');
    });
    await expect(work).rejects.toThrow('stop');
    expect(await rowsOf(a)).toEqual([1]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { NIL_ID } from '../../src/shared/ids.js';
import { anonymousScope } from '../../src/platform/database/scope.js';
import { type AuditParts, openAuditParts } from './audit-parts.js';
import { someScope } from './audit-database.js';
import { sealedRows } from './seal-surgery.js';

let audit: AuditParts;

beforeAll(async () => {
  audit = await openAuditParts();
});
afterAll(() => audit.close());

const numbersOf = async (organizationId: string): Promise<number[]> => (await sealedRows(audit, organizationId)).map(({ seq }) => seq);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

describe('the sealer', () => {
  it('numbers the rows of each organization without gaps, over several batches', async () => {
    const [big, small] = [await audit.someEvents(1_203), await audit.someEvents(3)];
    expect(await audit.sealer.sealPending()).toBe(1_206);
    expect(await audit.sealer.sealPending()).toBe(0);
    expect(await numbersOf(big.organizationId)).toEqual(upTo(1_203));
    expect(await numbersOf(small.organizationId)).toEqual(upTo(3));
    expect(await audit.verifier.verifyOrganization(big.organizationId)).toEqual({
      organizationId: big.organizationId,
      ok: true,
      rows: 1_203,
      erased: 0,
      unsealed: 0,
      firstBad: null,
    });
  });

  it('goes on where it stopped', async () => {
    const scope = await audit.someEvents(2);
    await audit.sealer.sealPending();
    await audit.someEvents(2, scope);
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: true, rows: 2, unsealed: 2 });
    await audit.sealer.sealPending();
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: true, rows: 4, unsealed: 0 });
  });

  it('gives a row that commits late a later number, and never waits for it', async () => {
    const scope = someScope();
    const slow = new pg.Client({ connectionString: audit.clone.urls.app });
    await slow.connect();
    await slow.query(`begin; select set_config('app.organization_id', '${scope.organizationId}', true)`);
    const insert = `insert into audit_events (organization_id, actor_type, actor_id, user_id, action, resource_type) values ($1, 'user', $2, $2, 'late', 'x')`;
    await slow.query(insert, [scope.organizationId, scope.actor.id]);
    await audit.someEvents(2, scope);
    expect(await audit.sealer.sealPending()).toBe(2);
    await slow.query('commit');
    await slow.end();
    expect(await audit.sealer.sealPending()).toBe(1);
    expect(
      await audit.tamper('select action from audit_events where organization_id = $1 order by id', [scope.organizationId]),
    ).toMatchObject([{ action: 'late' }, {}, {}]);
    expect(await sealedRows(audit, scope.organizationId)).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3, action: 'late' }]);
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: true, rows: 3 });
  });

  it('is one at a time: sealers of many processes make one chain while writers go on', async () => {
    const scopes = await Promise.all(upTo(4).map(() => audit.someEvents(300)));
    const sealers = upTo(3).map(() => audit.anotherSealer());
    const writing = scopes.map(async (scope) => {
      for (let round = 0; round < 5; round++) await audit.someEvents(40, scope);
    });
    const sealing = sealers.map(async (sealer) => {
      for (let round = 0; round < 6; round++) await sealer.sealPending();
    });
    await Promise.all([...writing, ...sealing]);
    await audit.sealer.sealPending();
    for (const scope of scopes) {
      expect(await numbersOf(scope.organizationId)).toEqual(upTo(500));
      expect(await audit.verifier.verify(scope)).toMatchObject({ ok: true, rows: 500, unsealed: 0 });
    }
  });

  it('seals nothing while another process holds its turn', async () => {
    const scope = await audit.someEvents(1);
    const other = new pg.Client({ connectionString: audit.clone.urls.system });
    await other.connect();
    await other.query('begin; select pg_advisory_xact_lock(7266321040)');
    expect(await audit.sealer.sealPending()).toBe(0);
    await other.end();
    expect(await audit.sealer.sealPending()).toBe(1);
    expect(await numbersOf(scope.organizationId)).toEqual([1]);
  });

  it('stops after the batch it is in', async () => {
    await audit.someEvents(1_001);
    const stopped = audit.anotherSealer();
    const sealing = stopped.sealPending();
    stopped.stop();
    expect(await sealing).toBe(1_000);
    expect(await audit.sealer.sealPending()).toBe(1);
  });

  it('chains what belongs to no organization into a chain of the platform', async () => {
    const scope = anonymousScope('r-1', '198.51.100.1');
    await audit.db.write(scope, (tx) =>
      audit.trail.record(tx, { action: 'session.login-failed', resourceType: 'session', after: { email: 'x@example.com' } }),
    );
    await audit.sealer.sealPending();
    expect(await audit.verifier.verifyOrganization(NIL_ID)).toMatchObject({ ok: true, rows: 1 });
    expect(await audit.sealer.signDueCheckpoints()).toBeGreaterThan(0);
    expect(await audit.tamper('select seq from audit_checkpoints where organization_id = $1', [NIL_ID])).toEqual([{ seq: '1' }]);
    expect((await audit.verifier.verifyAll()).every((report) => report.ok)).toBe(true);
  });
});

describe('checkpoints', () => {
  const pointsOf = (organizationId: string): Promise<Record<string, unknown>[]> =>
    audit.tamper('select seq::int, signed_at from audit_checkpoints where organization_id = $1 order by seq', [organizationId]);

  it('are signed every 1,000 rows and at the end of a day with news', async () => {
    const scope = await audit.someEvents(2_100);
    await audit.sealer.sealPending();
    expect(await pointsOf(scope.organizationId)).toMatchObject([{ seq: 1_000 }, { seq: 2_000 }]);
    await audit.sealer.signDueCheckpoints();
    expect(await pointsOf(scope.organizationId)).toHaveLength(2);
    audit.clock.advance({ hours: 25 });
    await audit.sealer.signDueCheckpoints();
    await audit.sealer.signDueCheckpoints();
    expect(await pointsOf(scope.organizationId)).toMatchObject([
      { seq: 1_000 },
      { seq: 2_000 },
      { seq: 2_100, signed_at: audit.clock.now() },
    ]);
    audit.clock.advance({ hours: 25 });
    await audit.sealer.signDueCheckpoints();
    expect(await pointsOf(scope.organizationId)).toHaveLength(3);
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: true, rows: 2_100 });
  });
});

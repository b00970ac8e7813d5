import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signCheckpoint } from '../../src/features/audit/audit-chain.js';
import { systemScope, type Scope } from '../../src/platform/database/scope.js';
import { newId } from '../../src/shared/ids.js';
import { type AuditParts, openAuditParts } from './audit-parts.js';
import { rewriteSeals, type SealedPlace, sealedRows } from './seal-surgery.js';

let audit: AuditParts;

beforeAll(async () => {
  audit = await openAuditParts();
});
afterAll(() => audit.close());

async function sealed(count = 10): Promise<Scope> {
  const scope = await audit.someEvents(count);
  await audit.sealer.sealPending();
  return scope;
}

const idAt = async (scope: Scope, seq: number): Promise<string> =>
  (await sealedRows(audit, scope.organizationId)).find((row) => row.seq === seq)?.id ?? '';

type Surgery = (rows: SealedPlace[]) => { rows: readonly SealedPlace[]; firstSeq?: number };

/** Tampers with a sealed chain of ten rows and tells what the check names; `$org` is the organization, `$n` the event with number n. */
async function namedAfter(sql: string, surgery?: Surgery): Promise<unknown> {
  const scope = await sealed();
  const ids = await Promise.all([4, 5, 6, 8, 9, 10].map(async (seq) => [seq, await idAt(scope, seq)] as const));
  const id = ids[1]?.[1];
  const organization = sql.replaceAll('$org', `'${scope.organizationId}'`);
  if (sql !== '') await audit.tamper(ids.reduceRight((text, [seq, event]) => text.replaceAll(`$${seq}`, event), organization));
  if (surgery) await rewriteSeals(audit, scope.organizationId, surgery);
  const { ok, firstBad } = await audit.verifier.verify(scope);
  expect(ok).toBe(false);
  return firstBad && { seq: firstBad.seq, reason: firstBad.reason, ...(firstBad.id === id ? { isRow: true } : {}) };
}

const HERE = 'organization_id = $org';

/** The seals with the one numbered `seq` changed. */
const withSeal =
  (seq: number, change: (seal: Buffer) => Buffer): Surgery =>
  (rows) => ({ rows: rows.map((row) => (row.seq === seq ? { ...row, seal: change(Buffer.from(row.seal)) } : row)) });

describe('verification names the first bad row', () => {
  const changes: [string, string][] = [
    ['action', `action = 'lead.deleted'`],
    ['who', `actor_id = '${newId()}'`],
    ['person behind', `user_id = '${newId()}'`],
    ['actor type', `actor_type = 'job'`],
    ['time', `occurred_at = occurred_at + interval '1 millisecond'`],
    ['resource', `resource_id = 'l-77'`],
    ['request', `request_id = null`],
    ['address', `address = '192.0.2.1'`],
    ['before', `before = '{"name": "nobody"}'`],
    ['after', `after = null`],
    ['details made to look erased too little', `after = null, erased_at = now()`],
  ];

  it.each(changes)('when its %s was changed', async (_, change) => {
    expect(await namedAfter(`update audit_events set ${change} where ${HERE} and id = $5`)).toEqual({
      seq: 5,
      reason: 'changed',
      isRow: true,
    });
  });

  it.each([
    ['digest', 0],
    ['link', 32],
    ['hash', 64],
  ])('when the %s of its seal was changed', async (_, at) => {
    expect(
      await namedAfter(
        '',
        withSeal(5, (seal) => seal.fill(0, at, at + 32)),
      ),
    ).toEqual({ seq: 5, reason: 'changed', isRow: true });
  });

  it('when it was removed from the middle', async () => {
    expect(await namedAfter(`delete from audit_events where ${HERE} and id in ($5, $6)`)).toEqual({ seq: 5, reason: 'missing' });
  });

  it('when it was removed with its seal', async () => {
    const without5: Surgery = (rows) => ({ rows: rows.filter((row) => row.seq !== 5) });
    expect(
      await namedAfter(`delete from audit_events where ${HERE} and id = $5; update audit_chains set last_seq = 9 where ${HERE}`, without5),
    ).toEqual({
      seq: 5,
      reason: 'reordered',
    });
  });

  it('when it was removed with its seal and the rest renumbered', async () => {
    const without4: Surgery = (rows) => ({ rows: rows.filter((row) => row.seq !== 4) });
    const renumber = `delete from audit_events where ${HERE} and id = $4; update audit_chains set last_seq = 9 where ${HERE}`;
    expect(await namedAfter(renumber, without4)).toEqual({ seq: 4, reason: 'reordered', isRow: true });
  });

  it('when two changed places', async () => {
    const swapped: Surgery = ([first, second, ...rest]) => ({ rows: [second, first, ...rest].filter((row) => row !== undefined) });
    expect(await namedAfter('', swapped)).toEqual({ seq: 1, reason: 'reordered' });
  });

  it('when rows were cut at the tail', async () => {
    expect(await namedAfter(`delete from audit_events where ${HERE} and id > $8`)).toEqual({ seq: 9, reason: 'tail-cut' });
  });

  it('when rows were cut at the tail and the head set to fit', async () => {
    const cut = `delete from audit_events where ${HERE} and id > $8;
      update audit_chains set last_seq = 8, last_hash = (select substring(seals from 8 * 96 - 31 for 32) from audit_seals where ${HERE}) where ${HERE}`;
    expect(await namedAfter(cut, (rows) => ({ rows: rows.slice(0, 8) }))).toEqual({ seq: 8, reason: 'head-forged' });
  });

  it('when everything was deleted', async () => {
    expect(await namedAfter(`delete from audit_events where ${HERE}`)).toEqual({ seq: 1, reason: 'tail-cut' });
  });

  it('when all seals were deleted', async () => {
    expect(await namedAfter(`delete from audit_seals where ${HERE}`)).toEqual({ seq: 1, reason: 'tail-cut' });
  });

  it('when the head was deleted', async () => {
    expect(await namedAfter(`delete from audit_chains where ${HERE}`)).toEqual({ seq: 10, reason: 'head-missing' });
  });

  const FORGED = `insert into audit_events (organization_id, actor_type, actor_id, user_id, action, resource_type)
    select organization_id, actor_type, actor_id, user_id, 'forged', resource_type from audit_events where ${HERE} and id = $10;`;

  /** The seals with one more for the event that was forged last, at a place in the chain. */
  async function forgedAt(index: number, more = '', firstSeq = 1): Promise<unknown> {
    return namedAfter(FORGED + more, (rows) => {
      const last = rows.at(-1);
      if (!last) throw new Error('nothing is sealed');
      return { rows: rows.toSpliced(index, 0, { ...last, id: String(Number(last.id) + 1) }), firstSeq };
    });
  }

  it('when it was forged behind the last one, with the head moved along', async () => {
    expect(await forgedAt(10, `update audit_chains set last_seq = 11 where ${HERE}`)).toEqual({ seq: 11, reason: 'changed' });
  });

  it('when it was forged between others', async () => {
    expect(await forgedAt(6)).toEqual({ seq: 7, reason: 'changed' });
  });

  it('when it was forged before the first one', async () => {
    expect(await forgedAt(0, '', -5)).toEqual({ seq: -5, reason: 'reordered' });
  });

  it('when it was put among sealed ones by hand and never sealed', async () => {
    const scope = await sealed();
    await audit.tamper(
      `insert into audit_events (organization_id, id, actor_type, actor_id, user_id, action, resource_type) overriding system value
      select organization_id, -5, actor_type, actor_id, user_id, 'forged', resource_type from audit_events where organization_id = $1 limit 1`,
      [scope.organizationId],
    );
    expect(await audit.sealer.sealPending()).toBe(0);
    expect(await audit.verifier.verify(scope)).toMatchObject({
      ok: false,
      unsealed: 1,
      firstBad: { id: '-5', seq: 1, reason: 'never-sealed' },
    });
  });

  it('over pages, far into a chain', async () => {
    const scope = await sealed(1_300);
    const id = await idAt(scope, 1_237);
    await audit.tamper(`update audit_events set action = 'x' where id = any($1)`, [[id, await idAt(scope, 1_290)]]);
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: false, rows: 1_236, firstBad: { seq: 1_237, id, reason: 'changed' } });
  });

  it('in one organization and leaves the others alone', async () => {
    const [bad, good, emptied] = [await sealed(), await sealed(), await sealed()];
    await audit.tamper(`delete from audit_chains where organization_id = $1`, [bad.organizationId]);
    await audit.tamper(`delete from audit_events where organization_id = $1`, [emptied.organizationId]);
    const reports = new Map((await audit.verifier.verifyAll()).map((report) => [report.organizationId, report]));
    expect(reports.get(bad.organizationId)).toMatchObject({ ok: false, firstBad: { reason: 'head-missing' } });
    expect(reports.get(good.organizationId)).toMatchObject({ ok: true, rows: 10 });
    expect(reports.get(emptied.organizationId)).toMatchObject({ ok: false, firstBad: { seq: 1, reason: 'tail-cut' } });
  });
});

describe('a tail cut with an old head put back', () => {
  /** As from a backup: rows, head and its proof are all genuine, only old. */
  async function setBack(): Promise<Scope> {
    const scope = await sealed();
    const [head] = await audit.tamper('select last_seq, last_hash, mac from audit_chains where organization_id = $1', [
      scope.organizationId,
    ]);
    await audit.someEvents(5, scope);
    await audit.sealer.sealPending();
    await audit.tamper('delete from audit_events where organization_id = $1 and id > $2', [scope.organizationId, await idAt(scope, 10)]);
    await rewriteSeals(audit, scope.organizationId, (rows) => ({ rows: rows.slice(0, 10) }));
    await audit.tamper('update audit_chains set last_seq = $2, last_hash = $3, mac = $4 where organization_id = $1', [
      scope.organizationId,
      head?.['last_seq'],
      head?.['last_hash'],
      head?.['mac'],
    ]);
    return scope;
  }

  it('is shown by a checkpoint that was kept elsewhere', async () => {
    const scope = await sealed(3);
    const point = async (): Promise<ReturnType<typeof signCheckpoint>> => {
      const [head] = await audit.tamper('select last_seq::int as seq, last_hash as hash from audit_chains where organization_id = $1', [
        scope.organizationId,
      ]);
      return signCheckpoint(audit.keys.checkpoint, {
        organizationId: scope.organizationId,
        ...(head as { seq: number; hash: Buffer }),
        at: '2030-01-01T00:00:00.000Z',
      });
    };
    const early = await point();
    await audit.someEvents(2, scope);
    await audit.sealer.sealPending();
    expect(await audit.verifier.verify(scope, [early, await point()])).toMatchObject({ ok: true, rows: 5 });
    const late = { ...(await point()), seq: 6 };
    expect(await audit.verifier.verify(scope, [late])).toMatchObject({ ok: false, firstBad: { reason: 'checkpoint-forged' } });

    const cut = await setBack();
    expect(await audit.verifier.verify(cut)).toMatchObject({ ok: true, rows: 10 });
    const kept = signCheckpoint(audit.keys.checkpoint, {
      organizationId: cut.organizationId,
      seq: 15,
      hash: Buffer.alloc(32, 1),
      at: '2030-01-01T00:00:00.000Z',
    });
    expect(await audit.verifier.verify(cut, [kept])).toMatchObject({ ok: false, firstBad: { seq: 11, reason: 'tail-cut' } });
  });

  it('is shown by the stored checkpoint when that was left', async () => {
    const scope = await sealed(1_000);
    const { organizationId } = scope;
    await audit.tamper('delete from audit_events where organization_id = $1', [organizationId]);
    await audit.tamper('delete from audit_chains where organization_id = $1', [organizationId]);
    await audit.tamper('delete from audit_seals where organization_id = $1', [organizationId]);
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: false, firstBad: { seq: 1, reason: 'tail-cut' } });
    // Nor is the forgery sealed over when new events come.
    await audit.someEvents(1, scope);
    expect(await audit.sealer.sealPending()).toBe(0);
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: false, unsealed: 1 });
  });
});

const heldOrganizations = async (): Promise<string[]> =>
  Object.keys((await audit.tamper('select held from audit_sealing'))[0]?.['held'] as object);

describe('the sealer does not make a forgery look genuine', () => {
  it('what was held is sealed, in order, once the chain is sound again', async () => {
    const scope = await sealed();
    const [head] = await audit.tamper('select mac from audit_chains where organization_id = $1', [scope.organizationId]);
    await audit.tamper(`update audit_chains set mac = '' where organization_id = $1`, [scope.organizationId]);
    await audit.someEvents(1_300, scope);
    expect(await audit.sealer.sealPending()).toBe(0);
    await audit.someEvents(2, scope);
    expect(await audit.sealer.sealPending()).toBe(0);
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: false, unsealed: 1_302, firstBad: { reason: 'head-forged' } });
    await audit.tamper('update audit_chains set mac = $2 where organization_id = $1', [scope.organizationId, head?.['mac']]);
    expect(await audit.sealer.sealPending()).toBe(1_302);
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: true, rows: 1_312, unsealed: 0 });
    expect(await heldOrganizations()).not.toContain(scope.organizationId);
  });

  const touches: [string, string, Surgery][] = [
    [
      'a forged head',
      `update audit_chains set last_seq = 8, last_hash = (select substring(seals from 8 * 96 - 31 for 32) from audit_seals where ${HERE}) where ${HERE}`,
      (rows) => ({ rows: rows.slice(0, 8) }),
    ],
    ['a deleted head', `delete from audit_chains where ${HERE}`, (rows) => ({ rows })],
    ['a row behind the head', '', (rows) => ({ rows, firstSeq: 2 })],
  ];

  it.each(touches)('%s is not gone on from, others are sealed, and it is said once', async (_, sql, surgery) => {
    const [bad, good] = [await sealed(), await sealed()];
    if (sql !== '') await audit.tamper(sql.replaceAll('$org', `'${bad.organizationId}'`));
    await rewriteSeals(audit, bad.organizationId, surgery);
    const complaints = audit.complaints.length;
    await audit.someEvents(2, bad);
    await audit.someEvents(2, good);
    expect(await audit.sealer.sealPending()).toBe(2);
    expect(await audit.sealer.sealPending()).toBe(0);
    expect(audit.complaints.slice(complaints)).toEqual([{ org_id: bad.organizationId }]);
    expect(await audit.verifier.verify(good)).toMatchObject({ ok: true, rows: 12 });
    expect(await audit.verifier.verify(bad)).toMatchObject({ ok: false });
    expect(await heldOrganizations()).toContain(bad.organizationId);
    await audit.tamper('delete from audit_events where organization_id = $1', [bad.organizationId]);
    await audit.tamper(`update audit_sealing set held = '{}'`);
  });
});

describe('erasure', () => {
  it('leaves the chain verifiable, whether a row was sealed before or after', async () => {
    const scope = await sealed(4);
    const { organizationId } = scope;
    const erase = (id: string): Promise<number> =>
      audit.db.asSystem('test', systemScope('erasure', organizationId), (tx) =>
        audit.trail.eraseDetails(tx, { type: 'lead', id, reason: 'asked' }),
      );
    await audit.db.write(scope, (tx) =>
      audit.trail.record(tx, { action: 'lead.created', resourceType: 'lead', resourceId: 'young', after: { phone: '1' } }),
    );
    expect([await erase('l-2'), await erase('young'), await erase('l-2')]).toEqual([1, 1, 0]);
    await audit.sealer.sealPending();
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: true, rows: 8, erased: 2, unsealed: 0 });
    await audit.tamper(`update audit_events set action = 'x' where organization_id = $1 and resource_id = 'l-2' and id = $2`, [
      organizationId,
      await idAt(scope, 3),
    ]);
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: false, firstBad: { seq: 3, reason: 'changed' } });
  });
});

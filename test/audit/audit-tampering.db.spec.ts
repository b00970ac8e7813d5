import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signCheckpoint } from '../../src/features/audit/audit-chain.js';
import { systemScope, type Scope } from '../../src/platform/database/scope.js';
import { newId } from '../../src/shared/ids.js';
import { type AuditParts, openAuditParts } from './audit-parts.js';

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
  String(
    (await audit.tamper('select id from audit_events where organization_id = $1 and seq = $2', [scope.organizationId, seq]))[0]?.['id'],
  );

/** Tampers with a sealed chain of ten rows and tells what the check names. */
async function namedAfter(sql: string): Promise<unknown> {
  const scope = await sealed();
  const id = await idAt(scope, 5);
  await audit.tamper(sql.replaceAll('$org', `'${scope.organizationId}'`));
  const { ok, firstBad } = await audit.verifier.verify(scope);
  expect(ok).toBe(false);
  return firstBad && { seq: firstBad.seq, reason: firstBad.reason, ...(firstBad.id === id ? { isRow: true } : {}) };
}

const HERE = 'organization_id = $org';

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
    ['hash', `hash = decode(repeat('00', 32), 'hex')`],
    ['hash taken away', `hash = null`],
    ['digest', `details_digest = null`],
    ['link', `prev_hash = null`],
  ];

  it.each(changes)('when its %s was changed', async (_, change) => {
    expect(await namedAfter(`update audit_events set ${change} where ${HERE} and seq = 5`)).toEqual({
      seq: 5,
      reason: 'changed',
      isRow: true,
    });
  });

  it('when it was removed from the middle', async () => {
    expect(await namedAfter(`delete from audit_events where ${HERE} and seq in (5, 6)`)).toEqual({ seq: 5, reason: 'missing' });
  });

  it('when it was removed and the rest renumbered', async () => {
    const renumber = `delete from audit_events where ${HERE} and seq = 4;
      update audit_events set seq = seq - 100 where ${HERE} and seq > 4; update audit_events set seq = seq + 99 where ${HERE} and seq < 0;
      update audit_chains set last_seq = 9 where ${HERE}`;
    expect(await namedAfter(renumber)).toEqual({ seq: 4, reason: 'reordered', isRow: true });
  });

  it('when rows were cut at the tail', async () => {
    expect(await namedAfter(`delete from audit_events where ${HERE} and seq > 8`)).toEqual({ seq: 9, reason: 'tail-cut' });
  });

  it('when rows were cut at the tail and the head set to fit', async () => {
    const cut = `delete from audit_events where ${HERE} and seq > 8;
      update audit_chains c set last_seq = 8, last_hash = e.hash from audit_events e
      where c.${HERE} and e.organization_id = c.organization_id and e.seq = 8`;
    expect(await namedAfter(cut)).toEqual({ seq: 8, reason: 'head-forged' });
  });

  it('when everything was deleted', async () => {
    expect(await namedAfter(`delete from audit_events where ${HERE}`)).toEqual({ seq: 1, reason: 'tail-cut' });
  });

  it('when the head was deleted', async () => {
    expect(await namedAfter(`delete from audit_chains where ${HERE}`)).toEqual({ seq: 10, reason: 'head-missing' });
  });

  const forged = (seq: string): string => `insert into audit_events
    (organization_id, actor_type, actor_id, user_id, action, resource_type, seq, details_digest, prev_hash, hash)
    select organization_id, actor_type, actor_id, user_id, 'forged', resource_type, ${seq}, details_digest, prev_hash, hash
    from audit_events where ${HERE} and seq = 10;`;

  it('when it was forged behind the last one, with the head moved along', async () => {
    const move = `update audit_chains set last_seq = 11 where ${HERE}`;
    expect(await namedAfter(forged('11') + move)).toEqual({ seq: 11, reason: 'changed' });
  });

  it('when it was forged between others', async () => {
    const room = `update audit_events set seq = seq + 100 where ${HERE} and seq > 6; update audit_events set seq = seq - 99 where ${HERE} and seq > 100;`;
    expect(await namedAfter(room + forged('7').replace('seq = 10', 'seq = 11'))).toEqual({ seq: 7, reason: 'changed' });
  });

  it('when it was forged before the first one', async () => {
    expect(await namedAfter(forged('-9000000000000000000'))).toMatchObject({ reason: 'reordered' });
  });

  it('when it was taken out of the chain to be sealed anew', async () => {
    const scope = await sealed();
    await audit.tamper(`update audit_events set seq = null, action = 'x' where organization_id = $1 and seq = 5`, [scope.organizationId]);
    await audit.sealer.sealPending();
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: false, firstBad: { seq: 5, reason: 'missing' } });
  });

  it('over pages, far into a chain', async () => {
    const scope = await sealed(1_300);
    const id = await idAt(scope, 1_237);
    await audit.tamper(`update audit_events set action = 'x' where organization_id = $1 and seq in (1237, 1290)`, [scope.organizationId]);
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
    await audit.tamper('delete from audit_events where organization_id = $1 and seq > 10', [scope.organizationId]);
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
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: false, firstBad: { seq: 1, reason: 'tail-cut' } });
    // Nor is the forgery sealed over when new events come.
    await audit.someEvents(1, scope);
    expect(await audit.sealer.sealPending()).toBe(0);
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: false, unsealed: 1 });
  });
});

describe('the sealer does not make a forgery look genuine', () => {
  const touches: [string, string][] = [
    [
      'a forged head',
      `update audit_chains set last_seq = 8, last_hash = (select hash from audit_events where ${HERE} and seq = 8) where ${HERE}; delete from audit_events where ${HERE} and seq > 8`,
    ],
    ['a deleted head', `delete from audit_chains where ${HERE}`],
    ['a row behind the head', `update audit_events set seq = 11 where ${HERE} and seq = 10`],
  ];

  it.each(touches)('%s is not gone on from, others are sealed, and it is said once', async (_, sql) => {
    const [bad, good] = [await sealed(), await sealed()];
    await audit.tamper(sql.replaceAll('$org', `'${bad.organizationId}'`));
    const complaints = audit.complaints.length;
    await audit.someEvents(2, bad);
    await audit.someEvents(2, good);
    expect(await audit.sealer.sealPending()).toBe(2);
    expect(await audit.sealer.sealPending()).toBe(0);
    expect(audit.complaints.slice(complaints)).toEqual([{ org_id: bad.organizationId }]);
    expect(await audit.verifier.verify(good)).toMatchObject({ ok: true, rows: 12 });
    expect(await audit.verifier.verify(bad)).toMatchObject({ ok: false, unsealed: 2 });
    await audit.tamper('delete from audit_events where organization_id = $1 and seq is null', [bad.organizationId]);
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
    await audit.tamper(`update audit_events set action = 'x' where organization_id = $1 and resource_id = 'l-2' and seq = 3`, [
      organizationId,
    ]);
    expect(await audit.verifier.verify(scope)).toMatchObject({ ok: false, firstBad: { seq: 3, reason: 'changed' } });
  });
});

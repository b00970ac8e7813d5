import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditSealer } from '../../src/features/audit/audit-sealer.js';
import type { AuditEvent } from '../../src/features/audit/index.js';
import type { Permission } from '../../src/platform/access/permissions.js';
import type { Scope } from '../../src/platform/database/scope.js';
import { newId } from '../../src/shared/ids.js';
import { type AuditApp, startAuditApp } from './audit-app.js';

const AUDITOR: readonly Permission[] = ['audit:read', 'audit:export', 'audit:verify'];
const URL = '/api/v1/audit';
let app: AuditApp;

beforeAll(async () => {
  app = await startAuditApp('api');
});
afterAll(() => app.close());

const record = (scope: Scope, events: readonly AuditEvent[]): Promise<void> =>
  app.db.write(scope, (tx) => app.trail.recordMany(tx, events));
const numbered = (count: number): AuditEvent[] =>
  Array.from({ length: count }, (_, n) => ({ action: 'lead.updated', resourceType: 'lead', resourceId: `l-${n}`, after: { n } }));
const actionsIn = (json: { items: { action: string }[] }): string[] => json.items.map((event) => event.action);

describe('GET /audit/events', () => {
  it('shows the events newest first, whole, page by page, stable while others come', async () => {
    const { token, scope } = app.caller(AUDITOR);
    await record(scope, [...numbered(5), { action: 'lead.deleted', resourceType: 'lead', resourceId: 'l-9', before: { name: 'Ana' } }]);
    const first = await app.call('GET', `${URL}/events?limit=4`, { token });
    expect(first.status).toBe(200);
    expect(first.json.items[0]).toEqual({
      id: expect.stringMatching(/^\d+$/),
      occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      actorType: 'user',
      actorId: scope.actor.id,
      userId: scope.actor.userId,
      action: 'lead.deleted',
      resourceType: 'lead',
      resourceId: 'l-9',
      before: { name: 'Ana' },
      after: null,
      requestId: scope.requestId,
      address: '203.0.113.7',
      erasedAt: null,
      seq: null,
      hash: null,
    });
    await record(scope, numbered(3));
    const second = await app.call('GET', `${URL}/events?limit=4&cursor=${first.json.nextCursor}`, { token });
    expect(second.json).toMatchObject({ items: [{ resourceId: 'l-1' }, { resourceId: 'l-0' }], nextCursor: null });
  });

  it('filters by action, actor, resource, time and text', async () => {
    const { token, scope } = app.caller(AUDITOR);
    const key = { type: 'api-key' as const, id: newId(), userId: scope.actor.userId };
    await record(scope, [
      { action: 'lead.created', resourceType: 'lead', resourceId: 'l-1' },
      { action: 'lead.updated', resourceType: 'lead', resourceId: 'l-1', actor: key },
      { action: 'lead.updated', resourceType: 'lead', resourceId: 'l-2', actor: { type: 'job', id: newId(), userId: newId() } },
      { action: 'import_100%.done', resourceType: 'import' },
    ]);
    await app.database.owner.query(
      `update audit_events set occurred_at = '2020-05-01T10:00:00Z' where organization_id = $1 and action = 'lead.created'`,
      [scope.organizationId],
    );
    const found = async (query: string): Promise<string[]> =>
      actionsIn((await app.call('GET', `${URL}/events?${query}`, { token })).json).filter((action) => action !== 'audit.viewed');
    expect(await found('action=lead.updated')).toEqual(['lead.updated', 'lead.updated']);
    expect(await found('resourceType=lead&resourceId=l-1')).toEqual(['lead.updated', 'lead.created']);
    expect(await found(`actorId=${key.id}`)).toEqual(['lead.updated']);
    expect(await found(`actorId=${scope.actor.userId}`)).toEqual(['import_100%.done', 'lead.updated', 'lead.created']);
    expect(await found('to=2020-05-01T10:00:00.001Z')).toEqual(['lead.created']);
    expect(await found('to=2020-05-01T10:00:00Z')).toEqual([]);
    expect(await found('from=2020-05-01T12:00:00%2B02:00&to=2020-05-02T00:00:00Z')).toEqual(['lead.created']);
    expect(await found('q=IMPORT_1')).toEqual(['import_100%.done']);
    expect(await found('q=0%25')).toEqual(['import_100%.done']);
    expect(await found('q=d_u')).toEqual([]);
  });

  it('records who looked, once for all pages', async () => {
    const { token, scope } = app.caller(AUDITOR);
    await record(scope, numbered(3));
    const { json } = await app.call('GET', `${URL}/events?resourceType=lead&limit=2`, { token });
    await app.call('GET', `${URL}/events?resourceType=lead&limit=2&cursor=${json.nextCursor}`, { token });
    const looks = await app.call('GET', `${URL}/events?action=audit.viewed`, { token });
    expect(looks.json.items).toMatchObject([
      { action: 'audit.viewed', resourceType: 'audit-trail', after: { resourceType: 'lead' }, actorId: scope.actor.id },
    ]);
  });

  it('refuses what it does not understand, and cursors of other lists', async () => {
    const { token, scope } = app.caller(AUDITOR);
    const other = app.caller(AUDITOR);
    await record(scope, numbered(3));
    const { json } = await app.call('GET', `${URL}/events?limit=1`, { token });
    for (const query of ['limit=0', 'limit=101', 'actorId=7', 'from=yesterday', 'q=a', 'acton=x', `action=${'x'.repeat(101)}`]) {
      expect(await app.call('GET', `${URL}/events?${query}`, { token })).toMatchObject({
        status: 400,
        json: { code: 'invalid-parameters' },
      });
    }
    const withCursor = (query: string, as: string): Promise<unknown> => app.call('GET', `${URL}/events?${query}`, { token: as });
    const refused = { status: 400, json: { code: 'invalid-cursor' } };
    expect(await withCursor(`limit=1&action=x&cursor=${json.nextCursor}`, token)).toMatchObject(refused);
    expect(await withCursor(`limit=1&cursor=${json.nextCursor}`, other.token)).toMatchObject(refused);
    expect(await withCursor('cursor=abc', token)).toMatchObject(refused);
  });
});

describe('GET /audit/events/:number', () => {
  it('shows one event; that of another organization, none, or nonsense is not found', async () => {
    const { token, scope } = app.caller(AUDITOR);
    const other = app.caller(AUDITOR);
    await record(scope, numbered(1));
    const { json } = await app.call('GET', `${URL}/events`, { token });
    const [{ id }] = json.items as [{ id: string }];
    expect(await app.call('GET', `${URL}/events/${id}`, { token })).toMatchObject({
      status: 200,
      json: { id, resourceId: 'l-0', after: { n: 0 } },
    });
    expect(await app.call('GET', `${URL}/events/${id}`, { token: other.token })).toMatchObject({
      status: 404,
      json: { code: 'not-found' },
    });
    for (const none of ['999999999999', '0', '-1', '1e3', newId(), '9'.repeat(30)]) {
      expect(await app.call('GET', `${URL}/events/${none}`, { token })).toMatchObject({ status: 404 });
    }
  });
});

describe('POST /audit/verify', () => {
  const seal = (): Promise<number> => app.nest.get(AuditSealer).sealPending();
  const verify = (token: string, body: object = {}): ReturnType<AuditApp['call']> => app.call('POST', `${URL}/verify`, { token, body });

  it('says that all is well, then which event is not, and stands in the trail', async () => {
    const { token, scope } = app.caller(AUDITOR);
    await record(scope, numbered(6));
    await seal();
    expect((await verify(token)).json).toEqual({ ok: true, rows: 6, erased: 0, unsealed: 0, firstBad: null });
    const { rows } = await app.database.owner.query<{ id: string }>(
      `update audit_events set after = '{}' where organization_id = $1 and id = (select ids[3] from audit_seals where organization_id = $1 and first_seq = 1) returning id`,
      [scope.organizationId],
    );
    const bad = await verify(token);
    expect(bad.status).toBe(200);
    expect(bad.json).toEqual({
      ok: false,
      rows: 2,
      erased: 0,
      unsealed: 1,
      firstBad: { seq: 3, id: rows[0]?.id, reason: 'changed', detail: expect.any(String) },
    });
    const recorded = await app.call('GET', `${URL}/events?action=audit.verified`, { token });
    expect(recorded.json.items).toMatchObject([{ after: { ok: false, firstBad: { seq: 3 } } }, { after: { ok: true, rows: 6 } }]);
  });

  it('compares a checkpoint that was exported before', async () => {
    const { token, scope } = app.caller(AUDITOR);
    await record(scope, numbered(4));
    await seal();
    await app.nest.get(AuditSealer).signDueCheckpoints();
    const { json } = await app.call('GET', `${URL}/checkpoints`, { token });
    expect(json).toMatchObject({ items: [{ organizationId: scope.organizationId, seq: 4 }], nextCursor: null });
    const [checkpoint] = json.items as [{ seq: number }];
    expect((await verify(token, { checkpoint })).json).toMatchObject({ ok: true, rows: 4 });
    expect((await verify(token, { checkpoint: { ...checkpoint, seq: 3 } })).json).toMatchObject({
      ok: false,
      firstBad: { reason: 'checkpoint-forged' },
    });
    for (const table of ['audit_events', 'audit_chains', 'audit_checkpoints']) {
      await app.database.owner.query(`delete from ${table} where organization_id = $1`, [scope.organizationId]);
    }
    expect((await verify(token)).json).toMatchObject({ ok: true, rows: 0 });
    expect((await verify(token, { checkpoint })).json).toMatchObject({ ok: false, firstBad: { seq: 1, reason: 'tail-cut' } });
    expect(await verify(token, { checkpoint: { ...checkpoint, hash: 'x' } })).toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/checkpoint/hash' }] },
    });
  });
});

describe('GET /audit/export', () => {
  it('streams every event of the filter oldest first, with seals, and ends with itself', async () => {
    const { token, scope } = app.caller(AUDITOR);
    await record(scope, numbered(1_250));
    await app.nest.get(AuditSealer).sealPending();
    const answer = await app.call('GET', `${URL}/export`, { token });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/x-ndjson', 'content-disposition': 'attachment; filename="audit.ndjson"' },
    });
    expect(answer.text.endsWith('\n')).toBe(true);
    const lines = answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(1_251);
    expect(lines.slice(0, -1).map((line) => line['seq'])).toEqual(Array.from({ length: 1_250 }, (_, n) => n + 1));
    expect(lines[7]).toMatchObject({
      resourceId: 'l-7',
      after: { n: 7 },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      prevHash: lines[6]?.['hash'],
    });
    expect(lines.at(-1)).toMatchObject({ action: 'audit.exported', after: {}, seq: null });
    const filtered = await app.call('GET', `${URL}/export?resourceId=l-3`, { token });
    expect(filtered.text.trimEnd().split('\n')).toHaveLength(1);
    const exports = await app.call('GET', `${URL}/events?action=audit.exported`, { token });
    expect(exports.json.items).toMatchObject([{ after: { resourceId: 'l-3' } }, { after: {} }]);
  });

  it('holds nothing of another organization', async () => {
    const { scope } = app.caller(AUDITOR);
    await record(scope, numbered(2));
    const { text } = await app.call('GET', `${URL}/export`, { token: app.caller(AUDITOR).token });
    expect(text.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('permissions', () => {
  const routes: [Permission, 'GET' | 'POST', string][] = [
    ['audit:read', 'GET', 'events'],
    ['audit:read', 'GET', 'events/1'],
    ['audit:read', 'GET', 'checkpoints'],
    ['audit:verify', 'POST', 'verify'],
    ['audit:export', 'GET', 'export'],
  ];

  it.each(routes)('%s is needed for %s %s', async (permission, method, path) => {
    const others = AUDITOR.filter((one) => one !== permission);
    const body = method === 'POST' ? { body: {} } : {};
    expect(await app.call(method, `${URL}/${path}`, { token: app.caller(others).token, ...body })).toMatchObject({
      status: 403,
      json: { permission },
    });
    expect((await app.call(method, `${URL}/${path}`, body)).status).toBe(401);
    expect([200, 404]).toContain((await app.call(method, `${URL}/${path}`, { token: app.caller([permission]).token, ...body })).status);
  });
});

describe('a process that works', () => {
  it('seals by itself, at the latest after a second or so, and stops quietly', async () => {
    const working = await startAuditApp('all');
    try {
      const { token, scope } = working.caller(AUDITOR);
      await working.db.write(scope, (tx) => working.trail.record(tx, { action: 'lead.created', resourceType: 'lead' }));
      const until = Date.now() + 5_000;
      let seq: number | null = null;
      while (seq === null && Date.now() < until) {
        const { json } = await working.call('GET', `${URL}/events?action=lead.created`, { token });
        seq = (json.items as { seq: number | null }[])[0]?.seq ?? null;
      }
      expect(seq).toBeGreaterThan(0);
      await working.db.write(scope, (tx) => working.trail.recordMany(tx, numbered(2_000)));
    } finally {
      await working.close();
    }
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { DeliveriesUpkeep } from '../../src/features/webhooks/deliveries/deliveries-upkeep.js';
import type { JobContext } from '../../src/platform/messaging/handles.js';
import { systemScope } from '../../src/platform/database/scope.js';
import { newId } from '../../src/shared/ids.js';
import { addMember } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { type Hooking, hooking, hurry } from './hooking.js';
import { eventually, type Receiver, startReceiver, verified } from './receiver.js';

let app: TestApp;
let receiver: Receiver;
let owner: Hooking;

beforeAll(async () => {
  app = await startTestApp();
}, 60_000);
afterAll(() => app.close(), 60_000);
beforeEach(async () => {
  hurry(app);
  receiver = await startReceiver();
  owner = await hooking(app);
});
afterEach(() => receiver.close());

// Nothing of this kind happens here: the name is never looked up.
const URL = 'https://hooks.example.com/concord';
const QUIET = ['file.renamed'];
const context = (): JobContext => ({ scope: systemScope('test'), signal: new AbortController().signal }) as JobContext;

describe('a webhook', () => {
  it('is made, listed, changed and deleted, and its secret is shown once', async () => {
    const made = await owner.call('POST', '/webhooks', { url: URL, events: QUIET, description: ' Warehouse ' });
    expect([made.status, made.headers['location'], made.headers['etag'], made.headers['cache-control']]).toEqual([
      201,
      `/api/v1/webhooks/${made.json.id}`,
      '"v1"',
      'no-store',
    ]);
    expect(made.json).toMatchObject({
      url: URL,
      events: QUIET,
      description: 'Warehouse',
      active: true,
      createdBy: owner.userId,
      createdByType: 'user',
    });
    const { id, secret } = made.json;
    expect((await owner.call('GET', `/webhooks/${id}`)).text).not.toContain('whsec_');
    const { rows } = await app.database.owner.query('select secret from webhooks where id = $1', [id]);
    expect(rows[0].secret).toMatch(/^v1\./);
    expect(rows[0].secret).not.toContain(secret.slice(6));

    expect((await owner.call('PATCH', `/webhooks/${id}`, { events: ['file.*'] })).status).toBe(428);
    const changed = await owner.call('PATCH', `/webhooks/${id}`, { events: ['file.*'], description: null }, { 'if-match': '"v1"' });
    expect(changed.json).toMatchObject({ events: ['file.*'], description: null, version: 2 });
    expect((await owner.call('PATCH', `/webhooks/${id}`, { events: ['file.*'] }, { 'if-match': '"v2"' })).json.version).toBe(2);
    const late = await owner.call('PATCH', `/webhooks/${id}`, { events: ['lead.*'] }, { 'if-match': '"v1"' });
    expect([late.status, late.json.code]).toEqual([412, 'edit-conflict']);

    expect((await owner.call('DELETE', `/webhooks/${id}`)).status).toBe(204);
    expect((await owner.call('DELETE', `/webhooks/${id}`)).status).toBe(404);
    for (const path of ['', '/deliveries', `/deliveries/${newId()}`])
      expect((await owner.call('GET', `/webhooks/${id}${path}`)).status).toBe(404);
    expect((await owner.call('GET', '/webhooks')).json.items).toEqual([]);
    // The URL is free again.
    expect((await owner.call('POST', '/webhooks', { url: URL, events: QUIET })).status).toBe(201);
    const audit = await owner.call('GET', `/audit/events?resourceId=${id}`);
    expect(audit.json.items.map(({ action }: { action: string }) => action)).toEqual([
      'webhook.deleted',
      'webhook.updated',
      'webhook.created',
    ]);
    expect(audit.text).not.toMatch(/whsec_|\/concord/);
  });

  it('is listed page by page, newest first', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift((await owner.hook(`${URL}/${n}`, QUIET)).id);
    const first = await owner.call('GET', '/webhooks?limit=3');
    const second = await owner.call('GET', `/webhooks?limit=3&cursor=${first.json.nextCursor}`);
    expect([...first.json.items, ...second.json.items].map(({ id }) => id)).toEqual(ids);
    expect(second.json.nextCursor).toBeNull();
    expect((await owner.call('GET', '/webhooks?cursor=nonsense')).json.code).toBe('invalid-cursor');
  });

  it.each([
    ['a private address', 'https://10.0.0.1/in'],
    ['metadata', 'https://169.254.169.254/latest'],
    ['plain http', 'http://hooks.example.com/in'],
    ['an inner name', 'https://db.internal/'],
    ['a user', 'https://me:x@hooks.example.com/'],
    ['no URL', 'hooks.example.com'],
    ['more bytes than an index holds', `${URL}/${String.fromCharCode(...Array.from({ length: 1_500 }, (_, n) => 0x4e00 + n * 13))}`],
    ['a name nobody can have', `https://${'hooks.'.repeat(60)}example.com/`],
  ])('does not call %s', async (_, url) => {
    const answer = await owner.call('POST', '/webhooks', { url, events: ['*'] });
    expect([answer.status, answer.json.code, answer.json.errors[0].pointer]).toEqual([422, 'webhook-url-refused', '/url']);
    const { id } = await owner.hook(URL, QUIET);
    expect((await owner.call('PATCH', `/webhooks/${id}`, { url }, { 'if-match': '"v1"' })).json.code).toBe('webhook-url-refused');
  });

  it('names events there are, each URL once, and stays within the limit', async () => {
    const { id } = await owner.hook(`${URL}/0`, QUIET);
    for (const patch of [{ url: null }, { events: null }, { url: '' }])
      expect((await owner.call('PATCH', `/webhooks/${id}`, patch, { 'if-match': '"v1"' })).status).toBe(422);
    expect((await owner.call('PATCH', `/webhooks/${id}`, { active: null }, { 'if-match': '"v1"' })).status).toBeLessThan(500);
    const odd = await owner.call('POST', '/webhooks', { url: URL, events: ['lead.exploded'] });
    expect(odd.status).toBe(422);
    expect(odd.json.errors[0]).toMatchObject({ pointer: '/events', code: 'one-of' });
    for (const events of [[], ['session.started'], ['*', '*']])
      expect((await owner.call('POST', '/webhooks', { url: URL, events })).status).toBe(422);
    await owner.hook(URL, QUIET);
    const twice = await owner.call('POST', '/webhooks', { url: URL, events: ['*'] });
    expect([twice.status, twice.json.code]).toEqual([409, 'webhook-url-taken']);
    const limits = hurry(app, { perOrganization: 1 });
    const many = await owner.call('POST', '/webhooks', { url: `${URL}/2`, events: ['*'] });
    expect([many.status, many.json.code]).toEqual([409, 'webhook-limit-reached']);
    Object.assign(limits, { perOrganization: 50 });
  });

  it('is for those who manage webhooks, and for nobody else', async () => {
    const { id } = await owner.hook(URL, QUIET);
    const admin = await addMember(app, owner, 'admin');
    expect((await app.call('GET', `/api/v1/webhooks/${id}`, { token: admin.token })).status).toBe(200);
    for (const role of ['manager', 'member', 'viewer'] as const) {
      const { token } = await addMember(app, owner, role);
      for (const path of ['/webhooks', `/webhooks/${id}`, `/webhooks/${id}/deliveries`, '/webhooks/event-types'])
        expect((await app.call('GET', `/api/v1${path}`, { token })).status).toBe(403);
      expect((await app.call('POST', '/api/v1/webhooks', { token, body: { url: `${URL}/x`, events: ['*'] } })).status).toBe(403);
    }
    const stranger = await hooking(app);
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { active: false }],
      ['DELETE', '', undefined],
      ['POST', '/rotate-secret', {}],
      ['POST', '/test', {}],
      ['POST', '/replay', { fromSeq: 1 }],
      ['GET', '/deliveries', undefined],
    ] as const)
      expect((await stranger.call(method, `/webhooks/${id}${path}`, body, { 'if-match': '"v1"' })).status).toBe(404);
  });

  it('stays when whoever made it by a key leaves', async () => {
    const admin = await addMember(app, owner, 'admin');
    const key = (await app.call('POST', '/api/v1/api-keys', { token: admin.token, body: { name: 'Hooks', scopes: ['webhooks:manage'] } }))
      .json.key;
    const made = await app.call('POST', '/api/v1/webhooks', { token: key, body: { url: receiver.url, events: ['lead.created'] } });
    expect(made.json).toMatchObject({ createdBy: admin.userId, createdByType: 'api-key' });
    expect((await owner.call('DELETE', `/members/${admin.userId}`)).status).toBeLessThan(300);
    await eventually('the key is refused', async () => (await app.call('GET', '/api/v1/webhooks', { token: key })).status === 401);
    await owner.lead();
    await owner.seal();
    await receiver.until(1);
    expect((await owner.call('GET', '/webhooks')).json.items[0]).toMatchObject({ active: true, createdBy: admin.userId });
  });
});

describe('the event types', () => {
  it('are all listed, with a whole message each', async () => {
    const { status, json } = await owner.call('GET', '/webhooks/event-types');
    expect(status).toBe(200);
    expect(json.items.length).toBeGreaterThan(40);
    const moved = json.items.find(({ type }: { type: string }) => type === 'lead.moved');
    expect(moved).toMatchObject({
      facts: expect.arrayContaining(['status', 'statusName']),
      example: {
        type: 'lead.moved',
        organizationId: owner.organizationId,
        data: { status: 'meeting-booked' },
        previous: { status: 'interest' },
      },
    });
  });
});

describe('a new secret', () => {
  it('signs beside the old one for as long as they overlap', async () => {
    const { id, secret: old } = await owner.hook(receiver.url, ['lead.created']);
    const rotated = await owner.call('POST', `/webhooks/${id}/rotate-secret`, { overlapHours: 1 });
    expect(rotated.status).toBe(200);
    expect(rotated.json.previousSecretUntil).not.toBeNull();
    const { secret } = rotated.json;
    expect(secret).not.toBe(old);
    await owner.lead();
    await owner.seal();
    const [both] = await receiver.until(1);
    if (!both) throw new Error('no message');
    expect(both.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    verified(old, both);
    verified(secret, both);

    await owner.call('POST', `/webhooks/${id}/rotate-secret`, { overlapHours: 0 });
    await owner.lead();
    await owner.seal();
    const latest = (await receiver.until(2))[1];
    if (!latest) throw new Error('no message');
    expect(latest.headers['webhook-signature']?.split(' ')).toHaveLength(1);
    expect(() => verified(secret, latest)).toThrow('signature');
  });
});

describe('a test message', () => {
  it('is sent once, also while the webhook is off, and counts for nothing', async () => {
    const { id, secret } = await owner.hook(receiver.url, ['role.created']);
    await owner.call('PATCH', `/webhooks/${id}`, { active: false }, { 'if-match': '"v1"' });
    receiver.answers(() => ({ status: 500 }));
    const asked = await owner.call('POST', `/webhooks/${id}/test`, { eventType: 'lead.moved' });
    expect([asked.status, asked.json.kind, asked.json.state, asked.json.sequence]).toEqual([202, 'test', 'pending', null]);
    const [message] = await receiver.until(1);
    if (!message) throw new Error('no message');
    verified(secret, message);
    expect(message.headers['webhook-id']).toBe(asked.json.messageId);
    expect(message.json).toMatchObject({ type: 'lead.moved', sequence: null, data: { status: 'meeting-booked' } });
    const path = `/webhooks/${id}/deliveries/${asked.json.id}`;
    await eventually('it is given up', async () => (await owner.call('GET', path)).json.state === 'failed');
    expect((await owner.call('GET', path)).json).toMatchObject({
      attempts: 1,
      lastStatus: 500,
      message: { type: 'lead.moved' },
      log: [{ number: 1 }],
    });
    expect((await owner.call('GET', `/webhooks/${id}`)).json).toMatchObject({ failures: 0 });
    expect((await owner.call('POST', `${path}/replay`)).json.code).toBe('test-not-replayed');
    expect((await owner.call('POST', `/webhooks/${id}/test`, { eventType: 'session.started' })).status).toBe(422);
  });
});

describe('sending again', () => {
  it('sends one event with the id it had', async () => {
    const { id } = await owner.hook(receiver.url, ['lead.created']);
    await owner.lead();
    await owner.seal();
    const [first] = await receiver.until(1);
    await eventually('it is delivered', async () => (await owner.deliveries(id, '?state=delivered')).length === 1);
    const [delivery] = await owner.deliveries(id);
    const key = { 'idempotency-key': newId() };
    const again = await owner.call('POST', `/webhooks/${id}/deliveries/${delivery.id}/replay`, undefined, key);
    expect([again.status, again.json.kind, again.json.messageId]).toEqual([202, 'replay', delivery.messageId]);
    expect((await owner.call('POST', `/webhooks/${id}/deliveries/${delivery.id}/replay`, undefined, key)).json.id).toBe(again.json.id);
    const second = (await receiver.until(2))[1];
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(await owner.deliveries(id)).toHaveLength(2);
    const inactive = await owner.call('PATCH', `/webhooks/${id}`, { active: false }, { 'if-match': '"v1"' });
    expect(inactive.status).toBe(200);
    expect((await owner.call('POST', `/webhooks/${id}/deliveries/${delivery.id}/replay`)).json.code).toBe('webhook-inactive');
    expect((await owner.call('POST', `/webhooks/${id}/replay`, { fromSeq: 1 })).json.code).toBe('webhook-inactive');
    expect((await owner.call('GET', `/webhooks/${id}/deliveries/${newId()}`)).json.code).toBe('delivery-not-found');
  });

  it('sends what happened since a moment, or from a number on, as a job', async () => {
    const { id } = await owner.hook(receiver.url, ['lead.created']);
    const off = await owner.call('PATCH', `/webhooks/${id}`, { active: false }, { 'if-match': '"v1"' });
    expect(off.status).toBe(200);
    await owner.lead('One');
    await delay(10);
    const { rows } = await app.database.owner.query('select clock_timestamp() as now');
    await delay(10);
    await owner.lead('Two');
    await owner.lead('Three');
    await owner.seal();
    await owner.call('PATCH', `/webhooks/${id}`, { active: true }, { 'if-match': '"v2"' });
    const since = (rows[0].now as Date).toISOString();
    const job = await owner.call('POST', `/webhooks/${id}/replay`, { since });
    expect([job.status, job.headers['location']]).toEqual([202, `/api/v1/jobs/${job.json.jobId}`]);
    expect((await receiver.until(2)).map(({ json }) => json.data.name).sort()).toEqual(['Three', 'Two']);
    await eventually('the job ends', async () => (await owner.call('GET', `/jobs/${job.json.jobId}`)).json.state === 'SUCCESS');
    expect((await owner.call('GET', `/jobs/${job.json.jobId}`)).json.result).toEqual({ events: 2, nextSeq: null });

    hurry(app, { replayMost: 1 });
    const all = await owner.call('POST', `/webhooks/${id}/replay`, { fromSeq: 1 });
    await eventually('the job ends', async () => (await owner.call('GET', `/jobs/${all.json.jobId}`)).json.state === 'SUCCESS');
    const { result } = (await owner.call('GET', `/jobs/${all.json.jobId}`)).json;
    expect(result.events).toBe(1);
    expect(result.nextSeq).toBeGreaterThan(1);
    hurry(app, { replayMost: 10_000 });
    expect((await receiver.until(3))[2]?.json.data.name).toBe('One');
    await owner.call('POST', `/webhooks/${id}/replay`, { fromSeq: result.nextSeq });
    expect(
      (await receiver.until(5))
        .slice(3)
        .map(({ json }) => json.data.name)
        .sort(),
    ).toEqual(['Three', 'Two']);

    for (const body of [{}, { since, fromSeq: 1 }])
      expect((await owner.call('POST', `/webhooks/${id}/replay`, body)).json.code).toBe('replay-range-unclear');
  });
});

describe('the log', () => {
  it('is read page by page and by state, and goes after thirty days, deleted webhooks with it', async () => {
    const { id } = await owner.hook(receiver.url, ['lead.created']);
    for (let n = 0; n < 5; n++) await owner.lead();
    await owner.seal();
    await eventually('all are delivered', async () => (await owner.deliveries(id, '?state=delivered')).length === 5);
    const first = (await owner.call('GET', `/webhooks/${id}/deliveries?limit=3&state=delivered`)).json;
    const second = (await owner.call('GET', `/webhooks/${id}/deliveries?limit=3&state=delivered&cursor=${first.nextCursor}`)).json;
    expect(new Set([...first.items, ...second.items].map((one) => one.id)).size).toBe(5);
    expect((await owner.call('GET', `/webhooks/${id}/deliveries?cursor=${first.nextCursor}`)).json.code).toBe('invalid-cursor');
    expect(await owner.deliveries(id, '?state=failed')).toEqual([]);

    await app.database.owner.query(
      `update webhook_deliveries set created_at = now() - interval '31 days' where webhook_id = $1 and id <> $2`,
      [id, first.items[0].id],
    );
    expect(await app.nest.get(DeliveriesUpkeep).cleanUp(context())).toEqual({ removed: 4 });
    expect(await owner.deliveries(id)).toHaveLength(1);
    await owner.call('DELETE', `/webhooks/${id}`);
    const rows = async (): Promise<number> => (await app.database.owner.query('select 1 from webhooks where id = $1', [id])).rowCount ?? 0;
    await app.nest.get(DeliveriesUpkeep).cleanUp(context());
    expect(await rows()).toBe(1);
    await app.database.owner.query(`update webhook_deliveries set created_at = now() - interval '31 days' where webhook_id = $1`, [id]);
    await app.nest.get(DeliveriesUpkeep).cleanUp(context());
    expect(await rows()).toBe(0);
    expect(
      (await app.database.owner.query('select 1 from webhook_attempts where organization_id = $1', [owner.organizationId])).rowCount,
    ).toBe(0);
  });

  it('shows no message any more once the details of the event were erased', async () => {
    const { id } = await owner.hook(receiver.url, ['lead.created']);
    const lead = await owner.lead('Ana Duarte');
    await owner.seal();
    await eventually('it is delivered', async () => (await owner.deliveries(id, '?state=delivered')).length === 1);
    const [delivery] = await owner.deliveries(id);
    const path = `/webhooks/${id}/deliveries/${delivery.id}`;
    expect((await owner.call('GET', path)).json.message.data.name).toBe('Ana Duarte');
    await app.database.owner.query(`update audit_events set before = null, after = null, erased_at = now() where resource_id = $1`, [
      lead.id,
    ]);
    expect((await owner.call('GET', path)).json.message).toMatchObject({ resource: { id: lead.id }, data: {} });
  });
});

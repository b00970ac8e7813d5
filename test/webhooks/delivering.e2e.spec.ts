import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { WebhookDispatcher } from '../../src/features/webhooks/deliveries/webhook-dispatcher.js';
import { WebhookSender } from '../../src/features/webhooks/deliveries/webhook-sender.js';
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

const idle = (): Promise<void> => eventually('nothing is on its way', () => app.nest.get(WebhookSender).isIdle);

/** Waits until a delivery of a webhook is in a state. */
async function inState(id: string, state: string): Promise<Record<string, unknown>> {
  await eventually(`a delivery is ${state}`, async () => (await owner.deliveries(id, `?state=${state}`)).length > 0);
  return (await owner.deliveries(id, `?state=${state}`))[0];
}

async function logOf(id: string, deliveryId: unknown): Promise<Record<string, unknown>[]> {
  return (await owner.call('GET', `/webhooks/${id}/deliveries/${String(deliveryId)}`)).json.log;
}

describe('a message', () => {
  it('comes within seconds, signed, with ids and small facts', async () => {
    const { id, secret } = await owner.hook(`${receiver.url}/in`, ['lead.*']);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const value = { amountMinor: '500', currency: 'EUR' };
    const body = { name: 'Ana Duarte', email: 'ana@example.com', phone: '+351 21 000 0000', notes: 'private', value };
    const lead = (await owner.call('POST', '/leads', body)).json;
    // Nothing is hurried here: the sealer, the bus and the sender do it by themselves.
    const [message] = await receiver.until(1);
    if (!message) throw new Error('no message');
    expect(verified(secret, message)).toEqual(message.json);
    expect(() => verified(secret, { ...message, body: message.body.replace('Ana', 'Eve') })).toThrow('signature');
    expect(message).toMatchObject({
      path: '/in',
      headers: { 'content-type': 'application/json', 'user-agent': 'Concord-Webhooks/1' },
      json: {
        type: 'lead.created',
        organizationId: owner.organizationId,
        actor: { type: 'user', id: owner.userId, userId: owner.userId },
        resource: { type: 'lead', id: lead.id },
        data: { name: 'Ana Duarte', status: 'interest', version: 1, value },
        previous: {},
      },
    });
    expect(message.body).not.toMatch(/ana@example|351 21|private/);
    expect(await inState(id, 'delivered')).toMatchObject({
      kind: 'event',
      eventType: 'lead.created',
      attempts: 1,
      lastStatus: 204,
      lastError: null,
      messageId: message.headers['webhook-id'],
      sequence: message.json.sequence,
    });
  });

  it('comes for what is subscribed to, in order, and for no other organization', async () => {
    const stranger = await hooking(app);
    const all = await owner.hook(`${receiver.url}/all`);
    await owner.hook(`${receiver.url}/moved`, ['lead.moved']);
    await stranger.hook(`${receiver.url}/stranger`, ['lead.*']);
    const lead = await owner.lead();
    await owner.call('PATCH', `/leads/${lead.id}`, { company: 'Filhos' }, { 'if-match': '"v1"' });
    await app.call('PUT', `/api/v1/leads/${lead.id}/status`, { token: owner.token, body: { status: 'meeting-booked' } });
    await owner.call('DELETE', `/leads/${lead.id}`);
    await owner.call('POST', '/roles', { name: 'Sales', permissions: ['leads:read'] });
    await owner.seal();
    await receiver.until(5, ({ json, path }) => path === '/all' && /^(lead|role)\./.test(json.type));
    await idle();
    const types = (path: string): string[] => receiver.received.filter((one) => one.path === path).map(({ json }) => json.type);
    expect(types('/moved')).toEqual(['lead.moved']);
    expect(types('/stranger')).toEqual([]);
    expect([...types('/all')].sort()).toEqual(
      expect.arrayContaining(['lead.created', 'lead.deleted', 'lead.moved', 'lead.updated', 'role.created', 'webhook.created']),
    );
    const moved = receiver.received.find(({ path }) => path === '/moved');
    expect(moved?.json).toMatchObject({ data: { status: 'meeting-booked', version: 3 }, previous: { status: 'interest' } });
    const ids = receiver.received.filter(({ path }) => path === '/all').map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(ids.length);
    const sequences = (await owner.deliveries(all.id)).map(({ sequence }) => sequence);
    expect([...sequences].sort((a, b) => b - a)).toEqual(sequences);
  });

  it('comes in the order of the events to a receiver that takes one at a time', async () => {
    hurry(app, { inFlight: 1 });
    await owner.hook(receiver.url, ['lead.*']);
    for (let n = 1; n <= 12; n++) await owner.lead(`Lead ${n}`);
    await owner.seal();
    const names = (await receiver.until(12)).map(({ json }) => json.data.name);
    expect(names).toEqual(Array.from({ length: 12 }, (_, n) => `Lead ${n + 1}`));
    hurry(app, { inFlight: 4 });
  });

  it('does not come for what was before the webhook, or while it was off', async () => {
    await owner.lead('Before');
    const { id } = await owner.hook(receiver.url, ['lead.*']);
    const off = await owner.call('PATCH', `/webhooks/${id}`, { active: false }, { 'if-match': '"v1"' });
    expect(off.json).toMatchObject({ active: false, disabledReason: 'by-hand', version: 2 });
    await owner.lead('Meanwhile');
    await owner.seal();
    const on = await owner.call('PATCH', `/webhooks/${id}`, { active: true }, { 'if-match': '"v2"' });
    expect(on.json).toMatchObject({ active: true, disabledReason: null, disabledAt: null });
    await owner.lead('After');
    await owner.seal();
    await receiver.until(1);
    await idle();
    expect(receiver.received.map(({ json }) => json.data.name)).toEqual(['After']);
  });
});

describe('a receiver that fails', () => {
  it('gets the message again, with the same id, until it takes it', async () => {
    const { id, secret } = await owner.hook(receiver.url, ['lead.created']);
    receiver.answers((count) => (count <= 2 ? { status: 500, body: 'try later' } : { status: 200, body: 'thanks' }));
    await owner.lead();
    await owner.seal();
    const messages = await receiver.until(3);
    expect(new Set(messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    for (const message of messages) verified(secret, message);
    const delivery = await inState(id, 'delivered');
    expect(delivery).toMatchObject({ attempts: 3, lastStatus: 200, nextAttemptAt: null });
    expect(await logOf(id, delivery['id'])).toMatchObject([
      { number: 1, status: 500, error: 'refused', response: 'try later' },
      { number: 2, status: 500, error: 'refused', response: 'try later' },
      { number: 3, status: 200, error: null, response: 'thanks' },
    ]);
    expect((await owner.call('GET', `/webhooks/${id}`)).json).toMatchObject({ failures: 0, failingSince: null });
  });

  it('is given up after its attempts, counted, and left in peace between rounds', async () => {
    const { id } = await owner.hook(receiver.url, ['lead.created']);
    receiver.answers(() => ({ status: 503, headers: { 'retry-after': '0' } }));
    await owner.lead();
    await owner.seal();
    const delivery = await inState(id, 'failed');
    expect(delivery).toMatchObject({ attempts: 4, lastStatus: 503, lastError: 'refused', nextAttemptAt: null });
    expect(receiver.received).toHaveLength(4);
    const webhook = (await owner.call('GET', `/webhooks/${id}`)).json;
    expect(webhook).toMatchObject({ active: true, failures: 4, lastSuccessAt: null });
    expect(webhook.failingSince).not.toBeNull();
  });

  it('is waited for as long as it asks', async () => {
    const { id } = await owner.hook(receiver.url, ['lead.created']);
    receiver.answers(() => ({ status: 429, headers: { 'retry-after': '3600' } }));
    await owner.lead();
    await owner.seal();
    await receiver.until(1);
    await eventually('it is written down', async () => (await owner.deliveries(id))[0]?.attempts === 1);
    const [delivery] = await owner.deliveries(id);
    const waitMs = Date.parse(delivery.nextAttemptAt) - Date.now();
    expect(waitMs).toBeGreaterThan(3_590_000);
    expect(waitMs).toBeLessThan(4_330_000);
  });

  it('redirects in vain', async () => {
    hurry(app, { retrySeconds: [] });
    const { id } = await owner.hook(`${receiver.url}/old`, ['lead.created']);
    receiver.answers(() => ({ status: 308, headers: { location: `${receiver.url}/new` } }));
    await owner.lead();
    await owner.seal();
    const delivery = await inState(id, 'failed');
    expect(delivery).toMatchObject({ lastStatus: 308, lastError: 'redirected' });
    expect(receiver.received.map(({ path }) => path)).toEqual(['/old']);
  });

  it('is cut off when it is slow, and keeps nobody else waiting', async () => {
    hurry(app, { retrySeconds: [], timeoutMs: 300 });
    const quick = await startReceiver();
    const slow = await owner.hook(receiver.url, ['lead.created']);
    await owner.hook(quick.url, ['lead.created']);
    receiver.answers(() => ({ status: 200, afterMs: 5_000 }));
    for (let n = 0; n < 8; n++) await owner.lead();
    const started = Date.now();
    await owner.seal();
    await quick.until(8);
    expect(Date.now() - started).toBeLessThan(1_500);
    const delivery = await inState(slow.id, 'failed');
    expect(delivery).toMatchObject({ lastStatus: null, lastError: 'timed-out' });
    expect((await logOf(slow.id, delivery['id']))[0]).toMatchObject({ detail: 'There was no answer within 300 ms.' });
    await quick.close();
  });

  it('is switched off at once when it is gone, and the people who look after it are told', async () => {
    const admin = await addMember(app, owner, 'admin');
    await addMember(app, owner, 'member');
    const { id } = await owner.hook(receiver.url, ['lead.created']);
    receiver.answers(() => ({ status: 410 }));
    await owner.lead();
    await owner.lead();
    await owner.seal();
    await eventually('it is off', async () => (await owner.call('GET', `/webhooks/${id}`)).json.active === false);
    expect((await owner.call('GET', `/webhooks/${id}`)).json).toMatchObject({ disabledReason: 'gone' });
    expect(await inState(id, 'failed')).toMatchObject({ lastStatus: 410, lastError: 'gone', attempts: 1 });
    const mails = async (): Promise<{ recipient: string; subject: string }[]> =>
      (await app.database.owner.query(`select * from captured_mails where subject like 'A webhook to 127.0.0.1%'`)).rows;
    await eventually('two mails', async () => (await mails()).length === 2);
    const text = JSON.stringify(await mails());
    expect(text).toContain(owner.email);
    expect(text).toContain(admin.email);
    const events = await owner.call('GET', '/audit/events?action=webhook.disabled');
    expect(events.json.items[0]).toMatchObject({ resourceId: id, actorType: 'system', after: { active: false, reason: 'gone' } });
  });

  it('is switched off after days of failure, and what waits is dropped', async () => {
    hurry(app, { retrySeconds: [0.02, 60], disableAfterFailures: 2 });
    const { id } = await owner.hook(receiver.url, ['lead.created']);
    receiver.answers(() => ({ status: 500 }));
    await owner.lead();
    await owner.seal();
    await receiver.until(2);
    await idle();
    expect((await owner.call('GET', `/webhooks/${id}`)).json).toMatchObject({ active: true, failures: 2 });
    await app.database.owner.query(`update webhook_lanes set failing_since = now() - interval '3 days' where webhook_id = $1`, [id]);
    await owner.lead();
    await owner.seal();
    await eventually('it is off', async () => (await owner.call('GET', `/webhooks/${id}`)).json.active === false);
    expect((await owner.call('GET', `/webhooks/${id}`)).json).toMatchObject({ disabledReason: 'failing' });
    expect((await owner.deliveries(id)).map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    const again = await owner.call('PATCH', `/webhooks/${id}`, { active: true }, { 'if-match': '"v2"' });
    expect(again.json).toMatchObject({ active: true, failures: 0, failingSince: null });
  });

  it('is not called at an address that became private', async () => {
    hurry(app, { retrySeconds: [] });
    const { id } = await owner.hook(receiver.url, ['lead.created']);
    await app.database.owner.query(`update webhooks set url = 'https://10.1.2.3/in' where id = $1`, [id]);
    await owner.lead();
    await owner.seal();
    expect(await inState(id, 'failed')).toMatchObject({ lastStatus: null, lastError: 'url-refused' });
    expect(receiver.received).toEqual([]);
  });
});

describe('dispatching', () => {
  it('puts an event in line once, however many look at it at once', async () => {
    const { id } = await owner.hook(receiver.url, ['lead.created']);
    for (let n = 0; n < 5; n++) await owner.lead();
    await owner.seal();
    const dispatcher = app.nest.get(WebhookDispatcher);
    await Promise.all([1, 2, 3, 4].map(() => dispatcher.turn(owner.organizationId)));
    await receiver.until(5);
    await delay(100);
    await idle();
    expect(receiver.received).toHaveLength(5);
    // Even with the cursor back at the beginning, what is in line is not put there again.
    await app.database.owner.query(`update webhook_cursors set seq = 0 where organization_id = $1`, [owner.organizationId]);
    expect(await dispatcher.turn(owner.organizationId)).toEqual({ made: 0, isMore: false });
    expect(await owner.deliveries(id)).toHaveLength(5);
  });

  it('goes through more events than fit a batch', async () => {
    const { id } = await owner.hook(receiver.url, ['lead.created']);
    const operations = Array.from({ length: 100 }, (_, n) => ({ op: 'create', lead: { name: `Lead ${n}` } }));
    for (let n = 0; n < 3; n++) await owner.call('POST', '/leads/bulk', { operations });
    const made = (await app.database.owner.query('select 1 from leads where organization_id = $1', [owner.organizationId])).rowCount ?? 0;
    for (let n = made; n < 230; n++) await owner.lead();
    await owner.seal();
    await receiver.until(230);
    await idle();
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBeGreaterThanOrEqual(230);
    const { rows } = await app.database.owner.query(
      `select state, count(*)::int as count from webhook_deliveries where webhook_id = $1 group by state`,
      [id],
    );
    expect(rows).toEqual([{ state: 'delivered', count: Math.max(made, 230) }]);
  });
});

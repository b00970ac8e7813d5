import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { type Hooking, hooking, hookingAs, hurry } from './hooking.js';
import { eventually, type Receiver, startReceiver } from './receiver.js';

let api: TestApp;
let receiver: Receiver;
let owner: Hooking;
const workers: TestApp[] = [];

async function startWorker(): Promise<TestApp> {
  const worker = await startTestApp({ ROLE: 'worker' }, { database: api.database });
  hurry(worker);
  workers.push(worker);
  return worker;
}

async function stop(worker: TestApp | undefined): Promise<void> {
  if (!worker) throw new Error('there is no such worker');
  workers.splice(workers.indexOf(worker), 1);
  await worker.close();
}

beforeAll(async () => {
  api = await startTestApp({ ROLE: 'api' });
  // Applications of one process share Passport, so a session would be asked of the one that was started last; a key is not.
  const person = await hooking(api);
  const made = await person.call('POST', '/api-keys', { name: 'Hooks', scopes: ['webhooks:manage', 'leads:create'] });
  owner = hookingAs(api, { ...person, token: made.json.key });
}, 60_000);
afterAll(() => api.close(), 60_000);
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  for (const { id } of (await owner.call('GET', '/webhooks')).json.items) await owner.call('DELETE', `/webhooks/${id}`);
  for (const worker of [...workers]) await stop(worker);
  await receiver.close();
});

const idsOf = (): (string | undefined)[] => receiver.received.map(({ headers }) => headers['webhook-id']);
const waiting = async (): Promise<number> =>
  (await api.database.owner.query(`select 1 from webhook_deliveries where state = 'pending'`)).rowCount ?? 0;

describe('several processes on one database', () => {
  it('send each message once, and share the work', async () => {
    await Promise.all([startWorker(), startWorker()]);
    for (let n = 0; n < 4; n++) await owner.hook(`${receiver.url}/${n}`, ['lead.created']);
    for (let n = 0; n < 10; n++) await owner.lead();
    await receiver.until(40);
    await eventually('all is written down', async () => (await waiting()) === 0);
    expect(receiver.received).toHaveLength(40);
    for (const path of ['/0', '/1', '/2', '/3']) {
      const ids = receiver.received.filter((one) => one.path === path).map(({ headers }) => headers['webhook-id']);
      expect(new Set(ids).size).toBe(10);
    }
  });

  it('lose nothing while none of them runs, nor when one stops in the middle', async () => {
    await owner.hook(receiver.url, ['lead.created']);
    // Written while nobody seals, dispatches or sends.
    for (let n = 0; n < 6; n++) await owner.lead();
    receiver.answers(() => ({ status: 204, afterMs: 40 }));
    const first = await startWorker();
    hurry(first, { inFlight: 1 });
    await receiver.until(1);
    await stop(first);
    const sofar = receiver.received.length;
    expect(await waiting()).toBeGreaterThan(0);
    await startWorker();
    await eventually('the rest comes', async () => new Set(idsOf()).size === 6 && (await waiting()) === 0);
    expect(sofar).toBeLessThan(6);
    // What was on its way when the first one stopped was allowed to arrive, so nothing comes twice.
    expect(receiver.received).toHaveLength(6);
  });

  it('take over a receiver from one that died, with the same message', async () => {
    const { id } = await owner.hook(receiver.url, ['lead.created']);
    const worker = await startWorker();
    await owner.lead();
    await receiver.until(1);
    await eventually('it is written down', async () => (await waiting()) === 0);
    await stop(worker);
    // As it is left by a process that was killed after sending, before it could write that down.
    await api.database.owner.query(
      `update webhook_deliveries set state = 'pending', next_attempt_at = now(), finished_at = null, attempts = 0 where webhook_id = $1`,
      [id],
    );
    await api.database.owner.query(`delete from webhook_attempts where organization_id = $1`, [owner.organizationId]);
    await api.database.owner.query(
      `update webhook_lanes set claim = gen_random_uuid(), claimed_until = now() + interval '300 ms', due_at = now() where webhook_id = $1`,
      [id],
    );
    await startWorker();
    await receiver.until(2);
    expect(new Set(idsOf()).size).toBe(1);
    await eventually('it is written down', async () => (await waiting()) === 0);
  });

  it('an api process asks for a test, a worker sends it at once', async () => {
    await startWorker();
    const { id } = await owner.hook(receiver.url, ['lead.created']);
    const asked = Date.now();
    await owner.call('POST', `/webhooks/${id}/test`, {});
    await receiver.until(1);
    expect(Date.now() - asked).toBeLessThan(1_000);
  });
});

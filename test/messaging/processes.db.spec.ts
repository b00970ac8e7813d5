import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { Upkeep } from '../../src/platform/messaging/upkeep.js';
import { Jobs, type EnqueueOptions } from '../../src/platform/messaging/jobs.js';
import { QueueHealth } from '../../src/platform/messaging/queue-health.js';
import { Queues } from '../../src/platform/messaging/queues.js';
import type { JobContext } from '../../src/platform/messaging/handles.js';
import { systemScope } from '../../src/platform/database/scope.js';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import { newId } from '../../src/shared/ids.js';
import { type AppOptions, caller, type MessagingApp, startMessagingApp } from './messaging-app.js';
import { behaviours, callsOf, eventually, PROBES, ProbeJob, ticks } from './probe.js';

describe('several processes on one database', () => {
  const open: MessagingApp[] = [];
  let first: MessagingApp;

  const start = async (options: Omit<AppOptions, 'handlers'> = {}): Promise<MessagingApp> => {
    const app = await startMessagingApp({ ...options, handlers: PROBES });
    open.push(app);
    return app;
  };
  const stop = async (app: MessagingApp): Promise<void> => {
    open.splice(open.indexOf(app), 1);
    await app.close();
  };
  const enqueue = (app: MessagingApp, what: string, options?: EnqueueOptions): Promise<string> =>
    app.write(caller(), (tx) => app.nest.get(Jobs).enqueue(tx, ProbeJob, { what }, options));
  const stateOf = async (id: string): Promise<{ state: string; attempts: number } | undefined> =>
    (await first.database.owner.query<{ state: string; attempts: number }>('select state, attempts from jobs where id = $1', [id])).rows[0];

  beforeEach(async () => {
    first = await start({ environment: { ROLE: 'api' } });
    ticks.length = 0;
  }, 30_000);
  afterEach(async () => {
    for (const app of open.splice(0).reverse()) await app.close();
  }, 30_000);

  it('only the worker runs what the api writes, and is told at once', async () => {
    const what = newId();
    const early = await enqueue(first, `early ${what}`);
    await delay(300);
    expect(await stateOf(early)).toMatchObject({ state: 'PENDING', attempts: 0 });
    const worker = await start({ beside: first, environment: { ROLE: 'worker' } });
    await eventually('the sweep found the job of before', async () => (await stateOf(early))?.state === 'SUCCESS');
    await eventually('the sweep is over', async () => (await first.database.owner.query('select 1 from outbox')).rowCount === 0);
    const asked = Date.now();
    const id = await enqueue(first, what);
    await eventually('it ran', async () => (await stateOf(id))?.state === 'SUCCESS');
    expect(Date.now() - asked).toBeLessThan(2_000);
    const running = await enqueue(first, `hangs ${what}`, {});
    behaviours.set(`hangs ${what}`, ({ signal }) => delay(20_000, undefined, { signal }));
    await stop(worker);
    expect((await stateOf(running))?.state).toMatch(/PENDING|SUCCESS/);
  });

  it('ticks once for all of them, and once for all ticks that were missed', async () => {
    const apps = await Promise.all([start({ beside: first }), start({ beside: first }), start({ beside: first })]);
    const from = Date.now();
    await delay(4_000);
    const seconds = (Date.now() - from) / 1000;
    expect(ticks.length).toBeGreaterThanOrEqual(Math.floor(seconds) - 2);
    expect(ticks.length).toBeLessThanOrEqual(Math.ceil(seconds) + 2);
    expect(new Set(ticks.map(({ jobId }) => jobId)).size).toBe(ticks.length);
    for (const app of apps) await stop(app);
    expect((await first.database.owner.query(`select 1 from jobs where name = 'probe.tick' and state = 'SUCCESS'`)).rowCount).toBe(0);

    ticks.length = 0;
    await first.database.owner.query(`update schedules set next_at = now() - interval '1 hour' where name = 'probe.tick'`);
    await start({ beside: first });
    await eventually('the missed tick', () => ticks.length > 0);
    await delay(2_300);
    expect(ticks.length).toBeLessThanOrEqual(4);
  }, 40_000);

  it('puts back what does not end in time when a process stops', async () => {
    const worker = await start({ beside: first, environment: { SHUTDOWN_GRACE_SECONDS: '1' } });
    const what = newId();
    behaviours.set(what, async ({ signal, attempt }: JobContext<unknown>) => {
      if (callsOf(what).length > 1) return { attempt };
      return delay(20_000, undefined, { signal });
    });
    const id = await enqueue(first, what);
    await eventually('it runs', () => callsOf(what).length === 1);
    await stop(worker);
    expect(await stateOf(id)).toEqual({ state: 'PENDING', attempts: 0 });
    await start({ beside: first });
    await eventually('it ran elsewhere', async () => (await stateOf(id))?.state === 'SUCCESS');
    expect(callsOf(what).map(({ attempt }) => attempt)).toEqual([1, 1]);
  }, 30_000);

  it('finds jobs that the queue has lost', async () => {
    const what = newId();
    const worker = await start({ beside: first });
    const id = await enqueue(first, what, { runAt: new Date(Date.now() + 3_600_000) });
    await eventually(
      'the queue has it',
      async () => (await worker.nest.get(Queues, { strict: false }).get('default').getJob(id)) !== undefined,
    );
    await worker.nest.get(Queues, { strict: false }).get('default').obliterate({ force: true });
    await stop(worker);
    await first.database.owner.query(`update jobs set run_at = now() - interval '11 minutes' where id = $1`, [id]);
    await start({ beside: first });
    await eventually('it ran', async () => (await stateOf(id))?.state === 'SUCCESS');
    expect(callsOf(what)).toHaveLength(1);
  }, 30_000);

  it('removes what is old and keeps failures longer', async () => {
    const { owner } = first.database;
    const put = (state: string, days: number): Promise<unknown> =>
      owner.query(
        `insert into jobs (organization_id, id, dispatch_id, name, queue, state, payload, visible, created_by_type, created_by_id, created_by_user_id,
           permissions, request_id, run_at, finished_at)
         values ($1, $1, $1, $2, 'default', $3, '{}', true, 'user', $1, $1, '{}', 'r', now(), now() - make_interval(days => $4))`,
        [newId(), `old.${state.toLowerCase()}-${days}`, state, days],
      );
    await Promise.all([put('SUCCESS', 31), put('SUCCESS', 29), put('CANCELLED', 31), put('FAILURE', 31), put('FAILURE', 91)]);
    await owner.query(
      `insert into idempotency_keys (organization_id, actor_id, route, key, body_hash, status, response, created_at)
       select $1, $1, 'POST /x', 'k' || n, '', 201, '', now() - make_interval(hours => n) from generate_series(23, 25) n`,
      [newId()],
    );
    const upkeep = first.nest.get(Upkeep, { strict: false });
    const context = { scope: systemScope('test'), signal: new AbortController().signal } as JobContext;
    expect(await upkeep.cleanUp(context)).toEqual({ removed: 5 });
    const { rows } = await owner.query<{ name: string }>(`select name from jobs where name like 'old.%' order by 1`);
    expect(rows.map(({ name }) => name)).toEqual(['old.failure-31', 'old.success-29']);
  });

  it('says whether the queue answers', async () => {
    const health = first.nest.get(QueueHealth);
    await expect(health.ping()).resolves.toBeUndefined();
    const other = await start({ beside: first });
    const closed = other.nest.get(QueueHealth);
    await stop(other);
    await expect(closed.ping()).rejects.toThrow();
  });

  it('shows depth and lag of the queues', async () => {
    await enqueue(first, 'deep');
    await enqueue(first, 'deep', { runAt: new Date(Date.now() + 3_600_000) });
    await delay(30);
    const text = await first.nest.get(Metrics).text();
    expect(text).toContain('concord_queue_depth{queue="default",state="pending"} 1');
    expect(text).toContain('concord_queue_depth{queue="default",state="delayed"} 1');
    expect(text).toContain('concord_queue_depth{queue="outbox",state="pending"} 2');
    expect(Number(/concord_queue_lag_seconds\{queue="default"\} ([\d.e-]+)/.exec(text)?.[1])).toBeGreaterThan(0.01);
  });
});

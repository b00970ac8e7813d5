import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { systemScope } from '../../src/platform/database/scope.js';
import { Events } from '../../src/platform/messaging/events.js';
import { Interruption } from '../../src/platform/messaging/interruption.js';
import { JobFailed } from '../../src/platform/messaging/job-failed.js';
import { Jobs, type EnqueueOptions } from '../../src/platform/messaging/jobs.js';
import { DefaultProcessor } from '../../src/platform/messaging/processors.js';
import { Queues } from '../../src/platform/messaging/queues.js';
import { RelaySignal } from '../../src/platform/messaging/relay-signal.js';
import { newId } from '../../src/shared/ids.js';
import { type Caller, caller, type MessagingApp, startMessagingApp } from './messaging-app.js';
import { behaviours, callsOf, eventually, HastyJob, heard, OnceJob, PROBES, ProbeHappened, ProbeJob, Unheard } from './probe.js';

interface JobRow {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly crashes: number;
  readonly result: unknown;
  readonly error: { code: string; message: string } | null;
}

/** What must hold wherever the queue lives. */
export function describeDelivery(where: string, environment: () => Record<string, string>): void {
  describe(`jobs on ${where}`, () => {
    let app: MessagingApp;
    beforeAll(async () => {
      app = await startMessagingApp({ environment: environment(), handlers: PROBES });
    }, 60_000);
    afterAll(() => app.close(), 60_000);

    const enqueue = (who: Caller, what: string, options?: EnqueueOptions): Promise<string> =>
      app.write(who, (tx) => app.nest.get(Jobs).enqueue(tx, ProbeJob, { what }, options));
    const rowOf = async (id: string): Promise<JobRow | undefined> =>
      (await app.database.owner.query<JobRow>('select * from jobs where id = $1', [id])).rows[0];
    const ended = (id: string, state: string, withinMs?: number): Promise<JobRow> =>
      eventually(
        `job is ${state}`,
        async () => {
          const row = await rowOf(id);
          return row?.state === state && row;
        },
        withinMs,
      );
    const outboxIsEmpty = (): Promise<true> =>
      eventually('outbox is empty', async () => (await app.database.owner.query('select 1 from outbox')).rowCount === 0);

    it('runs a job after its transaction committed, under the scope of its maker', async () => {
      const who = caller();
      const what = `scope ${newId()}`;
      behaviours.set(what, ({ scope, jobId }) => Promise.resolve({ ...scope, permissions: scope.permissions.has('leads:create'), jobId }));
      const id = await enqueue(who, what);
      const { result } = await ended(id, 'SUCCESS');
      expect(result).toMatchObject({
        organizationId: who.organizationId,
        actor: { type: 'job', id, userId: who.userId },
        permissions: true,
        jobId: id,
      });
      await outboxIsEmpty();
    });

    it('does nothing for a transaction that is rolled back', async () => {
      const what = `never ${newId()}`;
      let id = '';
      const work = app.write(caller(), async (tx) => {
        id = await app.nest.get(Jobs).enqueue(tx, ProbeJob, { what });
        throw new Error('changed my mind');
      });
      await expect(work).rejects.toThrow('changed my mind');
      await delay(300);
      expect(await rowOf(id)).toBeUndefined();
      expect(callsOf(what)).toHaveLength(0);
    });

    it('runs jobs of no organization, too', async () => {
      const id = await app.db.write(systemScope('login'), (tx) => app.nest.get(Jobs).enqueue(tx, ProbeJob, { what: `nil ${newId()}` }));
      await ended(id, 'SUCCESS');
    });

    it('has its effect once when the relay dies after the queue took the job', async () => {
      const queue = app.nest.get(Queues, { strict: false }).get('default');
      const add = queue.addBulk.bind(queue);
      const handedOver: (string | undefined)[] = [];
      let id: string | undefined;
      queue.addBulk = async (jobs) => {
        const added = await add(jobs);
        const mine = jobs.map((one) => one.opts?.jobId).filter((one) => one === id);
        handedOver.push(...mine);
        if (mine.length === 0 || handedOver.length > 1) return added;
        // The job is run and forgotten by the queue, and only then the relay dies without having marked anything.
        await eventually('the first delivery ran', () => callsOf(what).length === 1);
        await delay(200);
        throw new Error('the relay died');
      };
      const what = `relay ${newId()}`;
      try {
        const made = await app.write(caller(), async (tx) => (id = await app.nest.get(Jobs).enqueue(tx, ProbeJob, { what })));
        await ended(made, 'SUCCESS');
        await delay(250);
        app.nest.get(RelaySignal, { strict: false }).wake();
        await outboxIsEmpty();
        await delay(500);
        expect(handedOver).toEqual([made, made]);
        expect(callsOf(what)).toHaveLength(1);
      } finally {
        queue.addBulk = add;
      }
    });

    it('tries again, keeps what failed, and runs it again for an administrator', async () => {
      const who = caller();
      const what = `fails ${newId()}`;
      behaviours.set(what, () => Promise.reject(new Error('secret detail')));
      const id = await enqueue(who, what);
      const failed = await ended(id, 'FAILURE');
      expect(callsOf(what).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      expect(failed.error).toEqual({ code: 'internal-error', message: 'Something went wrong on our side.' });

      const admin = caller('admin', who.organizationId);
      expect(await app.call('POST', `/jobs/${id}/redrive`, who)).toMatchObject({ status: 403 });
      expect(await app.call('POST', `/jobs/${id}/redrive`, caller('admin'))).toMatchObject({ status: 404 });
      expect((await app.call('GET', '/jobs?state=FAILURE', admin)).json).toMatchObject({ items: [{ id, state: 'FAILURE' }] });
      behaviours.delete(what);
      expect(await app.call('POST', `/jobs/${id}/redrive`, admin)).toMatchObject({
        status: 200,
        json: { state: 'PENDING', attempts: 0, error: null },
      });
      expect(await ended(id, 'SUCCESS')).toMatchObject({ attempts: 1, error: null });
      expect(await app.call('POST', `/jobs/${id}/redrive`, admin)).toMatchObject({ status: 409, json: { code: 'job-not-failed' } });
      const { rows } = await app.database.owner.query(`select action, user_id from audit_events where resource_id = $1`, [id]);
      expect(rows).toEqual([{ action: 'job.redriven', user_id: admin.userId }]);
    });

    it('fails at once for what no retry can mend', async () => {
      const what = `hopeless ${newId()}`;
      behaviours.set(what, () => Promise.reject(new JobFailed('file-is-empty', 'The file has no rows.')));
      expect(await ended(await enqueue(caller(), what), 'FAILURE')).toMatchObject({
        attempts: 1,
        error: { code: 'file-is-empty', message: 'The file has no rows.' },
      });
      const odd = await enqueue(caller(), 'odd', { runAt: new Date(Date.now() + 400) });
      await app.database.owner.query(`update jobs set payload = '{"other":1}' where id = $1`, [odd]);
      const unreadable = await ended(odd, 'FAILURE');
      expect(unreadable).toMatchObject({ attempts: 1, error: { code: 'invalid-payload' } });
      expect(unreadable.error?.message).toContain('/what is required');
    });

    it('stops what takes too long', async () => {
      const what = `slow ${newId()}`;
      behaviours.set(what, async ({ signal }) => delay(5_000, undefined, { signal }));
      const id = await app.write(caller(), (tx) => app.nest.get(Jobs).enqueue(tx, HastyJob, { what }));
      expect(await ended(id, 'FAILURE')).toMatchObject({ error: { code: 'timed-out' } });
    });

    it('takes a job that is due in a year and runs those behind it', async () => {
      const far = await enqueue(caller(), newId(), { runAt: new Date(Date.now() + 365 * 86_400_000) });
      const near = await enqueue(caller(), newId());
      await ended(near, 'SUCCESS');
      expect((await rowOf(far))?.state).toBe('PENDING');
      expect(await outboxIsEmpty()).toBe(true);
    });

    it('waits until a job is due', async () => {
      const what = `later ${newId()}`;
      const id = await enqueue(caller(), what, { runAt: new Date(Date.now() + 900) });
      await delay(450);
      expect(callsOf(what)).toHaveLength(0);
      await ended(id, 'SUCCESS');
    });

    it('makes an effect once although the job is delivered again', async () => {
      const what = `effect ${newId()}`;
      const marked: boolean[] = [];
      behaviours.set(what, async (context, db) => {
        marked.push(await db.write(context.scope, (tx) => context.once(tx)));
        if (context.attempt === 1) throw new Error('after the effect');
      });
      await ended(await enqueue(caller(), what), 'SUCCESS');
      expect(marked).toEqual([true, false]);
    });

    it('gives the first job for a key that was used before, also to racing callers', async () => {
      const who = caller();
      const what = `key ${newId()}`;
      const once = (by: Caller): Promise<string> => app.write(by, (tx) => app.nest.get(Jobs).enqueue(tx, OnceJob, { what }));
      const ids = await Promise.all(Array.from({ length: 8 }, () => once(who)));
      expect(new Set(ids).size).toBe(1);
      expect(await once(caller())).not.toBe(ids[0]);
      await ended(ids[0] ?? '', 'SUCCESS');
      expect(await once(who)).toBe(ids[0]);
      await eventually('the job of the other organization ran', () => callsOf(what).length === 2);
      await delay(200);
      expect(callsOf(what)).toHaveLength(2);
    });

    it('tells every listener of an event once, and writes nothing when nobody listens', async () => {
      const who = caller();
      const what = newId();
      await app.write(who, (tx) => app.nest.get(Events).publish(tx, ProbeHappened, { what }));
      await eventually('both heard', () => heard.filter((one) => one.endsWith(what)).length === 2);
      expect(heard.filter((one) => one.endsWith(what)).sort()).toEqual([`listener ${what}`, `other ${what}`]);
      await app.write(who, (tx) => app.nest.get(Events).publish(tx, Unheard, { what }));
      const { rows } = await app.database.owner.query('select name from jobs where organization_id = $1 order by 1', [who.organizationId]);
      expect(rows.map((row: { name: string }) => row.name)).toEqual([
        'probe.happened:OtherListener.hear',
        'probe.happened:ProbeListener.hear',
      ]);
    });

    it('cancels a waiting job at once and a running one within seconds', async () => {
      const who = caller();
      const waiting = await enqueue(who, 'waits', { runAt: new Date(Date.now() + 600) });
      expect(await app.call('POST', `/jobs/${waiting}/cancel`, who)).toMatchObject({ status: 200, json: { state: 'CANCELLED' } });
      const what = `endless ${newId()}`;
      behaviours.set(what, async ({ signal }) => delay(60_000, undefined, { signal }));
      const running = await enqueue(who, what);
      await eventually('it runs', () => callsOf(what).length === 1);
      expect(await app.call('POST', `/jobs/${running}/cancel`, caller('member', who.organizationId))).toMatchObject({ status: 403 });
      expect(await app.call('POST', `/jobs/${running}/cancel`, caller('admin'))).toMatchObject({ status: 404 });
      const asked = Date.now();
      expect(await app.call('POST', `/jobs/${running}/cancel`, who)).toMatchObject({ status: 200, json: { state: 'PROCESSING' } });
      expect(await ended(running, 'CANCELLED')).toMatchObject({ attempts: 1, error: null });
      expect(Date.now() - asked).toBeLessThan(3_000);
      expect(callsOf(what)[0]?.context.signal.reason).toMatchObject({ why: 'cancelled' });
      expect(await app.call('POST', `/jobs/${running}/cancel`, who)).toMatchObject({ status: 409, json: { code: 'job-finished' } });
      await delay(700);
      expect(callsOf('waits')).toHaveLength(0);
    });

    // The last test: the worker it kills may be that of all others.
    it('goes on from the last saved step when its worker died, and fences the dead one off', async () => {
      const other = await startMessagingApp({ environment: environment(), handlers: PROBES, beside: app });
      const what = `dies ${newId()}`;
      const steps: string[] = [];
      let wakeUp = (): void => undefined;
      const dead = new Promise<void>((resolve) => (wakeUp = resolve));
      let late: Promise<unknown> | undefined;
      behaviours.set(what, async (context, db) => {
        const step = context.state<{ step: number }>()?.step ?? 0;
        steps.push(`from ${step}`);
        if (step > 0) return { resumedAt: step };
        await db.write(context.scope, (tx) => context.saveState(tx, { step: 7 }));
        late = dead.then(() => db.write(context.scope, (tx) => context.saveState(tx, { step: 1 })));
        return late;
      });
      try {
        const id = await enqueue(caller(), what);
        const owner = await eventually('a worker has it', () => steps.length === 1 && [app, other].find((one) => workerOf(one).has(id)));
        // From here on it no longer renews its lock, as a killed process would not.
        await workerOf(owner).kill();
        expect(await ended(id, 'SUCCESS', 40_000)).toMatchObject({ attempts: 1, crashes: 1, result: { resumedAt: 7 } });
        expect(steps).toEqual(['from 0', 'from 7']);
        wakeUp();
        await expect(late).rejects.toBeInstanceOf(Interruption);
      } finally {
        wakeUp();
        await other.close();
      }
    }, 60_000);
  });
}

interface Locks {
  readonly lockManager: { readonly trackedJobs: ReadonlyMap<string, unknown> };
}

function workerOf(app: MessagingApp): { has(id: string): boolean; kill(): Promise<void> } {
  const { worker } = app.nest.get(DefaultProcessor, { strict: false });
  const { lockManager } = worker as unknown as Locks;
  return { has: (id) => lockManager.trackedJobs.has(id), kill: () => worker.close(true) };
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStreams } from '../../src/platform/messaging/event-streams.js';
import { Jobs, type EnqueueOptions } from '../../src/platform/messaging/jobs.js';
import { newId } from '../../src/shared/ids.js';
import { type Caller, caller, keyOf, type MessagingApp, startMessagingApp } from './messaging-app.js';
import { behaviours, eventually, PROBES, ProbeJob } from './probe.js';

interface SentEvent {
  readonly id: number;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

interface Follower {
  readonly events: SentEvent[];
  readonly headers: http.IncomingHttpHeaders;
  readonly ended: Promise<void>;
  stop(): void;
}

/** A follower by a bare HTTP client, so that nothing hides what goes over the wire. */
function follow(base: string, jobId: string, who: Caller, headers: Record<string, string> = {}): Promise<Follower> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${base}/api/v1/jobs/${jobId}/events`, {
      headers: { authorization: `Bearer ${keyOf(who)}`, 'accept-encoding': 'gzip, br', ...headers },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`status ${response.statusCode}`));
        return void response.resume();
      }
      const events: SentEvent[] = [];
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        events.push(...blocks.filter((block) => block.startsWith('id:')).map(parsed));
      });
      const ended = new Promise<void>((done) => response.on('close', () => done()));
      resolve({ events, headers: response.headers, ended, stop: () => request.destroy() });
    });
  });
}

function parsed(block: string): SentEvent {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
  return { id: Number(field('id')), event: field('event'), data: JSON.parse(field('data')) as Record<string, unknown> };
}

describe('following a job', () => {
  let worker: MessagingApp;
  let api: MessagingApp;
  let base: string;

  beforeAll(async () => {
    worker = await startMessagingApp({ handlers: PROBES });
    // Everything here is followed on another process than the one that works.
    api = await startMessagingApp({ handlers: PROBES, beside: worker, environment: { ROLE: 'api' } });
    base = await api.listen();
  }, 60_000);
  afterAll(async () => {
    await api.close();
    await worker.close();
  }, 60_000);

  const enqueue = (who: Caller, what: string, options?: EnqueueOptions): Promise<string> =>
    api.write(who, (tx) => api.nest.get(Jobs).enqueue(tx, ProbeJob, { what }, options));

  it('sends states and progress as they come, ends after the last, and goes on from Last-Event-ID', async () => {
    const who = caller();
    const what = newId();
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    behaviours.set(what, async (context) => {
      context.progress(1, 3, 'reading');
      await held;
      context.progress(2, 3);
      context.progress(3, 3, 'done reading');
      return { rows: 3 };
    });
    const id = await enqueue(who, what);
    const follower = await follow(base, id, who);
    expect(follower.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    expect(follower.headers['content-encoding']).toBeUndefined();
    await eventually('the first progress arrived', () => follower.events.some(({ event }) => event === 'progress'));
    goOn();
    await follower.ended;
    expect(follower.events.map(({ id: seq }) => seq)).toEqual(follower.events.map((_, index) => index + 1));
    expect(follower.events[0]).toMatchObject({ event: 'state', data: { state: 'PENDING' } });
    expect(follower.events[1]).toMatchObject({ event: 'state', data: { state: 'PROCESSING', attempt: 1 } });
    expect(follower.events[2]).toMatchObject({ event: 'progress', data: { done: 1, total: 3, note: 'reading' } });
    expect(follower.events.at(-2)).toMatchObject({ event: 'progress', data: { done: 3, total: 3 } });
    expect(follower.events.at(-1)).toMatchObject({ event: 'done', data: { state: 'SUCCESS', result: { rows: 3 }, error: null } });

    const later = await follow(base, id, who, { 'last-event-id': '2' });
    await later.ended;
    expect(later.events).toEqual(follower.events.slice(2));
    const again = await follow(base, id, who, { 'last-event-id': String(follower.events.length) });
    await again.ended;
    expect(again.events).toEqual([expect.objectContaining({ id: follower.events.length, event: 'done' })]);
  });

  it('writes few of many progress reports, the last one always', async () => {
    const who = caller();
    const what = newId();
    behaviours.set(what, async (context) => {
      for (let n = 1; n <= 500; n++) {
        context.progress(n, 500);
        await delay(2);
      }
    });
    const id = await enqueue(who, what);
    const follower = await follow(base, id, who);
    await follower.ended;
    const progress = follower.events.filter(({ event }) => event === 'progress');
    expect(progress.length).toBeGreaterThanOrEqual(3);
    expect(progress.length).toBeLessThanOrEqual(12);
    expect(progress.at(-1)?.data).toMatchObject({ done: 500, total: 500 });
    expect((await api.call('GET', `/jobs/${id}`, who)).json).toMatchObject({
      state: 'SUCCESS',
      progress: { done: 500, total: 500, note: null },
    });
  });

  it('tells of a cancellation, and forgets followers that leave', async () => {
    const who = caller();
    const id = await enqueue(who, 'later', { runAt: new Date(Date.now() + 3_600_000) });
    const streams = api.nest.get(EventStreams);
    const stays = await follow(base, id, who);
    const leaves = await follow(base, id, who);
    await eventually('both follow', () => streams.size === 2);
    leaves.stop();
    await eventually('one is forgotten', () => streams.size === 1);
    await api.call('POST', `/jobs/${id}/cancel`, who);
    await stays.ended;
    expect(stays.events.map(({ event, data }) => [event, data['state']])).toEqual([
      ['state', 'PENDING'],
      ['done', 'CANCELLED'],
    ]);
    await eventually('nobody follows', () => streams.size === 0);
  });

  it('is for the own jobs, those of the organization with jobs:read, and nobody else', async () => {
    const who = caller('external');
    const id = await enqueue(who, newId(), { runAt: new Date(Date.now() + 3_600_000) });
    const hidden = await enqueue(who, newId(), { visible: false, runAt: new Date(Date.now() + 3_600_000) });
    await expect(follow(base, id, caller('owner'))).rejects.toThrow('status 404');
    await expect(follow(base, id, caller('external', who.organizationId))).rejects.toThrow('status 404');
    await expect(follow(base, 'nonsense', who)).rejects.toThrow('status 404');
    expect((await api.call('GET', `/jobs/${id}`, caller('viewer', who.organizationId))).status).toBe(200);
    expect((await api.call('GET', `/jobs/${hidden}`, who)).status).toBe(404);
    expect((await api.call('GET', '/jobs', who)).json).toMatchObject({ items: [{ id }], nextCursor: null });
    expect((await api.call('GET', '/jobs', caller('viewer', who.organizationId))).json).toMatchObject({ items: [] });
    expect((await api.call('GET', '/jobs', caller('admin'))).json).toMatchObject({ items: [] });
    const admin = caller('admin', who.organizationId);
    const page = (await api.call('GET', '/jobs?limit=1&state=PENDING&name=probe.run', admin)).json as {
      items: { id: string }[];
      nextCursor: string;
    };
    expect(page.items.map((one) => one.id)).toEqual([hidden]);
    const rest = await api.call('GET', `/jobs?limit=1&state=PENDING&name=probe.run&cursor=${page.nextCursor}`, admin);
    expect(rest.json).toMatchObject({ items: [{ id }], nextCursor: null });
    expect(await api.call('GET', `/jobs?limit=1&cursor=${page.nextCursor}`, admin)).toMatchObject({
      status: 400,
      json: { code: 'invalid-cursor' },
    });
    expect(await api.call('GET', '/jobs?state=pending', admin)).toMatchObject({ status: 400, json: { code: 'invalid-parameters' } });
  });

  it('lets followers go when the process stops', async () => {
    const who = caller();
    const other = await startMessagingApp({ handlers: PROBES, beside: worker, environment: { ROLE: 'api' } });
    const id = await enqueue(who, newId(), { runAt: new Date(Date.now() + 3_600_000) });
    const follower = await follow(await other.listen(), id, who);
    await eventually('it follows', () => follower.events.length === 1);
    const asked = Date.now();
    await other.close();
    await follower.ended;
    expect(Date.now() - asked).toBeLessThan(3_000);
  });
});

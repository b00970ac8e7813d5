import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import * as http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { AuditSealer } from '../../src/features/audit/audit-sealer.js';
import { EventStreams } from '../../src/platform/messaging/event-streams.js';
import { newId } from '../../src/shared/ids.js';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { callerOf } from './caller.js';

interface SentEvent {
  readonly id: number;
  readonly event: string;
  readonly data: Record<string, unknown>;
  /** When it arrived. */
  readonly at: number;
}

interface Follower {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly events: SentEvent[];
  readonly ended: Promise<void>;
  /** Waits for so many events besides `ready`. */
  until(count: number): Promise<SentEvent[]>;
  stop(): void;
}

let app: TestApp;
let worker: TestApp;
let base: string;
const open: Follower[] = [];

beforeAll(async () => {
  worker = await startTestApp();
  // Followed on another process than the one that seals.
  app = await startTestApp({ ROLE: 'api' }, { database: worker.database });
  base = await app.listen();
}, 60_000);
afterEach(() => open.splice(0).forEach((follower) => follower.stop()));
afterAll(async () => {
  await app.close();
  await worker.close();
}, 60_000);

function follow(credential: string, query = '', headers: Record<string, string> = {}): Promise<Follower> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${base}/api/v1/leads/board/events${query}`, {
      headers: { authorization: `Bearer ${credential}`, ...headers },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const events: SentEvent[] = [];
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        events.push(...blocks.filter((block) => block.startsWith('id:')).map(parsed));
      });
      const ended = new Promise<void>((done) => response.on('close', () => done()));
      const until = async (count: number): Promise<SentEvent[]> => {
        for (let waits = 0; events.filter(({ event }) => event !== 'ready').length < count; waits++) {
          if (waits > 500) throw new Error(`only ${JSON.stringify(events)}`);
          await delay(10);
        }
        return events.filter(({ event }) => event !== 'ready');
      };
      const follower = { status: response.statusCode ?? 0, headers: response.headers, events, ended, until, stop: () => request.destroy() };
      open.push(follower);
      resolve(follower);
    });
  });
}

function parsed(block: string): SentEvent {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
  return { id: Number(field('id')), event: field('event'), data: JSON.parse(field('data')), at: Date.now() };
}

async function ready(credential: string, query?: string): Promise<Follower> {
  const follower = await follow(credential, query);
  for (let waits = 0; follower.events.length === 0 && waits < 300; waits++) await delay(10);
  expect(follower.events[0]).toMatchObject({ event: 'ready' });
  return follower;
}

const seal = (): Promise<number> => worker.nest.get(AuditSealer).sealPending();

describe('a live board', () => {
  let owner: TestActor;
  beforeAll(async () => {
    owner = await makeOrganization(worker);
  });

  it('tells of every change within about a second, in order, with ids and small facts', async () => {
    const who = callerOf(app, owner.token);
    const follower = await ready(owner.token);
    expect(follower.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    const started = Date.now();
    const lead = await who.lead({ name: 'Ana Duarte', email: 'ana@example.com', notes: 'private' });
    // Nobody hurries the sealer here.
    const [created] = await follower.until(1);
    expect((created?.at ?? 0) - started).toBeLessThan(2_500);
    expect(created).toMatchObject({
      event: 'lead.created',
      data: {
        leadId: lead.id,
        pipelineId: lead.pipelineId,
        status: 'interest',
        previousStatus: null,
        version: 1,
        actor: { type: 'user', userId: owner.userId },
      },
    });
    expect(JSON.stringify(created)).not.toMatch(/Duarte|ana@|private/);

    await who.put(`/leads/${lead.id}/status`, { status: 'meeting-booked' });
    await who.patch(`/leads/${lead.id}`, { company: 'Filhos' }, '"v2"');
    await who.delete(`/leads/${lead.id}`);
    await who.post(`/leads/${lead.id}/restore`);
    await seal();
    const events = await follower.until(5);
    expect(events.map(({ event }) => event)).toEqual(['lead.created', 'lead.moved', 'lead.updated', 'lead.deleted', 'lead.restored']);
    expect(events[1]?.data).toMatchObject({
      pipelineId: lead.pipelineId,
      status: 'meeting-booked',
      previousStatus: 'interest',
      version: 2,
    });
    expect(events[3]?.data).toMatchObject({ pipelineId: lead.pipelineId, status: null, previousStatus: 'meeting-booked' });
    const ids = events.map(({ id }) => id);
    expect([...ids].sort((a, b) => a - b)).toEqual(ids);
    expect(new Set(ids).size).toBe(5);
  });

  it('goes on from Last-Event-ID, and says when too much was missed', async () => {
    const who = callerOf(app, owner.token);
    const first = await ready(owner.token);
    const at = first.events[0]?.id ?? 0;
    first.stop();
    const names = ['One', 'Two', 'Three'];
    const ids: string[] = [];
    for (const name of names) ids.push((await who.lead({ name })).id);
    await seal();
    const second = await follow(owner.token, '', { 'last-event-id': String(at) });
    expect((await second.until(3)).map(({ data }) => data['leadId'])).toEqual(ids);
    const third = await follow(owner.token, '', { 'last-event-id': String(second.events[1]?.id) });
    expect((await third.until(1))[0]?.data['leadId']).toBe(ids[2]);

    const ahead = await follow(owner.token, '', { 'last-event-id': '999999999' });
    expect((await ahead.until(1))[0]).toMatchObject({ event: 'reset', id: second.events[2]?.id });
    const odd = await follow(owner.token, '', { 'last-event-id': 'x; drop' });
    await delay(100);
    expect(odd.events[0]).toMatchObject({ event: 'ready' });
  });

  it('shows one pipeline alone when asked, moves included, and nothing of another organization', async () => {
    const who = callerOf(app, owner.token);
    const other = (await who.post('/pipelines', { name: `Partners ${newId()}` })).json;
    const stranger = await makeOrganization(worker);
    const [partners, all, strangers] = [
      await ready(owner.token, `?pipelineId=${other.id}`),
      await ready(owner.token),
      await ready(stranger.token),
    ];
    const here = await who.lead({ name: 'Here', pipelineId: other.id });
    const elsewhere = await who.lead({ name: 'Elsewhere' });
    await who.put(`/leads/${elsewhere.id}/status`, { status: 'meeting-booked' });
    await who.put(`/leads/${here.id}/status`, { status: 'meeting-booked' });
    await seal();
    expect((await all.until(4)).length).toBe(4);
    expect((await partners.until(2)).map(({ event, data }) => [event, data['leadId']])).toEqual([
      ['lead.created', here.id],
      ['lead.moved', here.id],
    ]);
    await delay(200);
    expect(partners.events).toHaveLength(3);
    expect(strangers.events).toHaveLength(1);
    expect((await app.call('GET', `/api/v1/leads/board/events?pipelineId=${other.id}`, { token: stranger.token })).json.code).toBe(
      'pipeline-not-found',
    );
  });

  it('ends when access is lost: by a role, a logout or a revoked key', async () => {
    const organization = await makeOrganization(worker);
    const boss = callerOf(app, organization.token);
    const member = await addMember(worker, organization, 'viewer');
    const leaver = await addMember(worker, organization, 'viewer');
    const key = (await boss.post('/api-keys', { name: 'Board', scopes: ['leads:read'] })).json;
    const [byRole, byLogout, byKey, stays] = [
      await ready(member.token),
      await ready(leaver.token),
      await ready(key.key),
      await ready(organization.token),
    ];
    const place = await boss.get(`/members/${member.userId}`);
    expect((await boss.patch(`/members/${member.userId}`, { role: 'external' }, String(place.headers['etag']))).status).toBe(200);
    expect((await callerOf(app, leaver.token).post('/auth/logout')).status).toBeLessThan(300);
    expect((await boss.delete(`/api-keys/${key.id}`)).status).toBe(204);
    await Promise.all([byRole.ended, byLogout.ended, byKey.ended]);
    for (const { events } of [byRole, byLogout, byKey]) expect(events.at(-1)).toMatchObject({ event: 'access-ended' });
    await boss.lead({ name: 'After' });
    await seal();
    expect((await stays.until(1))[0]?.event).toBe('lead.created');
    for (const { events } of [byRole, byLogout, byKey]) expect(events.map(({ event }) => event)).not.toContain('lead.created');
  });

  it('needs a credential and the permission, and bounds the streams of a person', async () => {
    expect((await app.call('GET', '/api/v1/leads/board/events')).status).toBe(401);
    const outsider = await addMember(worker, owner, 'external');
    expect((await app.call('GET', '/api/v1/leads/board/events', { token: outsider.token })).status).toBe(403);
    const viewer = await addMember(worker, owner, 'viewer');
    const followers: Follower[] = [];
    for (let n = 0; n < 10; n++) followers.push(await ready(viewer.token));
    const refused = await app.call('GET', '/api/v1/leads/board/events', { token: viewer.token });
    expect([refused.status, refused.json.code]).toEqual([429, 'too-many-followers']);
    const before = app.nest.get(EventStreams).size;
    followers[0]?.stop();
    for (let waits = 0; app.nest.get(EventStreams).size === before && waits < 300; waits++) await delay(10);
    await ready(viewer.token);
  });

  it('keeps no stream for a question that wants headers alone', async () => {
    const viewer = await addMember(worker, owner, 'viewer');
    const before = app.nest.get(EventStreams).size;
    for (let n = 0; n < 12; n++) {
      const { status, headers } = await fetch(`${base}/api/v1/leads/board/events`, {
        method: 'HEAD',
        headers: { authorization: `Bearer ${viewer.token}` },
      });
      expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    }
    for (let waits = 0; app.nest.get(EventStreams).size > before && waits < 100; waits++) await delay(10);
    expect(app.nest.get(EventStreams).size).toBeLessThanOrEqual(before);
    await ready(viewer.token);
  });
});

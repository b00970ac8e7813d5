import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/shared/ids.js';
import { auditOf, type Caller, callerOf } from '../crm/caller.js';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';

let app: TestApp;
let actor: TestActor;
let api: Caller;
let leadId: string;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  actor = await makeOrganization(app);
  api = callerOf(app, actor.token);
  leadId = (await api.lead({ name: 'Ana Duarte' })).id;
});

const as = async (role: 'member' | 'viewer' | 'manager'): Promise<Caller> => callerOf(app, (await addMember(app, actor, role)).token);

/** The same questions of everything that is written on a lead. */
const KINDS = [
  {
    kind: 'notes',
    code: 'note',
    body: { body: '  Call back on Monday. ' },
    shown: { body: 'Call back on Monday.' },
    patch: { body: 'On Tuesday.' },
  },
  {
    kind: 'activities',
    code: 'activity',
    body: { kind: 'call', direction: 'inbound', subject: 'First call', durationMinutes: 25, occurredAt: '2026-11-20T10:00:00+01:00' },
    shown: {
      kind: 'call',
      direction: 'inbound',
      subject: 'First call',
      durationMinutes: 25,
      occurredAt: '2026-11-20T09:00:00.000Z',
      outcome: null,
    },
    patch: { outcome: 'Wants an offer', durationMinutes: null },
  },
  {
    kind: 'tasks',
    code: 'task',
    body: { title: 'Send the offer', dueAt: '2030-05-01T12:00:00Z', reminders: [10, 60] },
    shown: {
      title: 'Send the offer',
      dueAt: '2030-05-01T12:00:00.000Z',
      dueOn: null,
      reminders: [60, 10],
      priority: 'normal',
      doneAt: null,
    },
    patch: { title: 'Send the contract', priority: 'urgent', description: 'Signed' },
  },
] as const;

describe.each(KINDS)('$kind of a lead', ({ kind, code, body, shown, patch }) => {
  const add = async () => (await api.post(`/leads/${leadId}/${kind}`, body)).json;

  it('are written, read, changed and deleted, each with its audit row', async () => {
    const made = await api.post(`/leads/${leadId}/${kind}`, body);
    expect(made.status).toBe(201);
    expect(made.headers).toMatchObject({ etag: '"v1"', location: `/api/v1/${kind}/${made.json.id}` });
    expect(made.json).toMatchObject({ ...shown, leadId, authorId: actor.userId, version: 1 });
    const read = await api.get(`/${kind}/${made.json.id}`);
    expect(read.json).toEqual(made.json);
    const changed = await api.patch(`/${kind}/${made.json.id}`, patch, '"v1"');
    expect(changed.json).toMatchObject({ ...patch, version: 2 });
    expect((await api.patch(`/${kind}/${made.json.id}`, patch, '"v2"')).json.version).toBe(2);
    expect((await api.delete(`/${kind}/${made.json.id}`)).status).toBe(204);
    for (const answer of [await api.get(`/${kind}/${made.json.id}`), await api.patch(`/${kind}/${made.json.id}`, patch, '*')]) {
      expect(answer.json).toMatchObject({ status: 404, code: `${code}-not-found` });
    }
    const events = await auditOf(app, made.json.id);
    expect(events.map(({ action }) => action)).toEqual([`${code}.created`, `${code}.updated`, `${code}.deleted`]);
    expect(events[1]).toMatchObject({ before: { version: 1 }, after: { ...patch, version: 2 } });
  });

  it('are listed newest first, in pages, and no more once deleted', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push((await add()).id);
    await api.delete(`/${kind}/${ids[2]}`);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await api.get(`/leads/${leadId}/${kind}?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      expect(page.status).toBe(200);
      seen.push(...page.json.items.map(({ id }: { id: string }) => id));
      cursor = page.json.nextCursor;
    }
    expect(seen).toEqual([ids[4], ids[3], ids[1], ids[0]]);
    expect((await api.get(`/leads/${leadId}/${kind}?cursor=nonsense`)).json).toMatchObject({ status: 400, code: 'invalid-cursor' });
  });

  it('need a lead that is there', async () => {
    const gone = (await api.lead({ name: 'Gone' })).id;
    await api.delete(`/leads/${gone}`);
    for (const id of [gone, newId()]) {
      expect((await api.post(`/leads/${id}/${kind}`, body)).json).toMatchObject({ status: 404, code: 'lead-not-found' });
      expect((await api.get(`/leads/${id}/${kind}`)).json).toMatchObject({ status: 404, code: 'lead-not-found' });
    }
  });

  it('are changed by one of two who had the same version', async () => {
    const { id } = await add();
    const answers = await Promise.all([api.patch(`/${kind}/${id}`, patch, '"v1"'), api.patch(`/${kind}/${id}`, patch, '"v1"')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const lost = answers.find(({ status }) => status === 412);
    expect(lost?.json).toMatchObject({ code: 'edit-conflict', current: { ...patch, version: 2 } });
    expect((await api.patch(`/${kind}/${id}`, patch)).status).toBe(428);
    expect((await app.call('DELETE', `/api/v1/${kind}/${id}`, { token: actor.token, headers: { 'if-match': '"v1"' } })).status).toBe(412);
  });

  it('are refused to whoever may only read, and when they make no sense', async () => {
    const { id } = await add();
    const viewer = await as('viewer');
    expect((await viewer.get(`/${kind}/${id}`)).status).toBe(200);
    for (const answer of [
      await viewer.post(`/leads/${leadId}/${kind}`, body),
      await viewer.patch(`/${kind}/${id}`, patch, '"v1"'),
      await viewer.delete(`/${kind}/${id}`),
    ]) {
      expect(answer.json).toMatchObject({ status: 403, code: 'permission-denied' });
    }
    const odd = await api.post(`/leads/${leadId}/${kind}`, { ...body, kind: 'letter', body: '', title: ' ' });
    expect(odd.json).toMatchObject({ status: 422, code: 'validation-failed' });
  });

  it('are made once for one Idempotency-Key', async () => {
    const key = { 'idempotency-key': newId() };
    const [first, second] = [await api.post(`/leads/${leadId}/${kind}`, body, key), await api.post(`/leads/${leadId}/${kind}`, body, key)];
    expect(second.json).toEqual(first.json);
    expect((await api.get(`/leads/${leadId}/${kind}`)).json.items).toHaveLength(1);
  });
});

describe.each(KINDS.filter(({ kind }) => kind !== 'tasks'))('$kind of somebody else', ({ kind, body, patch }) => {
  it('are changed and deleted only by whoever may delete everything', async () => {
    const [author, other, manager] = [await as('member'), await as('member'), await as('manager')];
    const { id } = (await author.post(`/leads/${leadId}/${kind}`, body)).json;
    expect((await other.patch(`/${kind}/${id}`, patch, '"v1"')).json).toMatchObject({ status: 403, code: 'not-your-entry' });
    expect((await other.delete(`/${kind}/${id}`)).json).toMatchObject({ status: 403, code: 'not-your-entry' });
    expect((await author.patch(`/${kind}/${id}`, patch, '"v1"')).status).toBe(200);
    expect((await manager.delete(`/${kind}/${id}`)).status).toBe(204);
    expect((await author.delete(`/${kind}/${id}`)).status).toBe(404);
  });
});

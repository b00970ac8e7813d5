import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/shared/ids.js';
import { type Caller, callerOf } from '../crm/caller.js';
import { makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { uploadedText } from './uploaded-text.js';

interface Item {
  readonly type: string;
  readonly id: string;
  readonly at: string;
  readonly userId: string | null;
  readonly change: { action: string; actorType: string; before: object | null; after: object | null } | null;
}

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

async function history(query = ''): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await api.get(`/leads/${leadId}/timeline?${query}${cursor ? `&cursor=${cursor}` : ''}`);
    if (page.status !== 200) throw new Error(page.text);
    items.push(...page.json.items);
    cursor = page.json.nextCursor;
  }
  return items;
}

async function live(): Promise<void> {
  await api.post(`/leads/${leadId}/notes`, { body: 'First' });
  await api.patch(`/leads/${leadId}`, { company: 'Duarte & Filhos', tags: ['vip'] }, '"v1"');
  await api.post(`/leads/${leadId}/tasks`, { title: 'Call', dueOn: '2030-01-02' });
  await api.put(`/leads/${leadId}/status`, { status: 'meeting-booked' });
  await api.post(`/leads/${leadId}/activities`, { kind: 'meeting', subject: 'Lunch' });
  await api.post(`/leads/${leadId}/attachments`, { fileId: await uploadedText(app, actor), caption: 'Offer' });
  await api.put(`/leads/${leadId}/status`, { status: 'closed-win' });
}

describe('the timeline of a lead', () => {
  it('shows notes, tasks, activities, files, moves and changes, newest first', async () => {
    await live();
    const items = await history();
    expect(items.map(({ type }) => type)).toEqual(['stage', 'attachment', 'activity', 'stage', 'task', 'change', 'note', 'change']);
    expect(items.every(({ userId }) => userId === actor.userId)).toBe(true);
    expect(items.map(({ at }) => at)).toEqual(
      items
        .map(({ at }) => at)
        .sort()
        .reverse(),
    );
    expect(items[0]?.change).toMatchObject({
      action: 'lead.moved',
      actorType: 'user',
      before: { status: 'meeting-booked', statusName: 'Meeting booked' },
      after: { status: 'closed-win', statusName: 'Closed win' },
    });
    expect(items[1]).toMatchObject({ attachment: { caption: 'Offer', fileName: 'offer.txt' }, note: null, change: null });
    expect(items[2]).toMatchObject({ activity: { kind: 'meeting', subject: 'Lunch' } });
    expect(items[4]).toMatchObject({ task: { title: 'Call', dueOn: '2030-01-02' } });
    expect(items[5]?.change).toEqual({
      action: 'lead.updated',
      actorType: 'user',
      before: { company: null, tags: [] },
      after: { company: 'Duarte & Filhos', tags: ['vip'] },
    });
    expect(items[7]?.change).toMatchObject({ action: 'lead.created', before: null, after: { name: 'Ana Duarte', status: 'interest' } });
  });

  it('is the same in pages of any size, also where moments are equal', async () => {
    await live();
    for (let n = 0; n < 6; n++)
      await api.post(`/leads/${leadId}/activities`, { kind: 'email', subject: `Mail ${n}`, occurredAt: '2026-01-01T08:00:00Z' });
    const owner = app.database.owner;
    // Everything at one moment: notes, tasks, files, activities and events must still all come once.
    const moment = '2026-01-01T08:00:00Z';
    for (const table of ['lead_notes', 'lead_tasks', 'lead_attachments'])
      await owner.query(`update ${table} set created_at = $1 where lead_id = $2`, [moment, leadId]);
    await owner.query(`update lead_activities set occurred_at = $1 where lead_id = $2`, [moment, leadId]);
    await owner.query(`update audit_events set occurred_at = $1 where resource_type = 'lead' and resource_id = $2`, [moment, leadId]);
    const whole = (await history('limit=100')).map(({ type, id }) => `${type} ${id}`);
    expect(whole).toHaveLength(14);
    for (const limit of [1, 2, 3, 5, 13]) expect((await history(`limit=${limit}`)).map(({ type, id }) => `${type} ${id}`)).toEqual(whole);
  });

  it('loses no event when the clock was set back between two', async () => {
    await live();
    const { rows } = await app.database.owner.query<{ id: string }>(
      `select id from audit_events where resource_type = 'lead' and resource_id = $1 order by id`,
      [leadId],
    );
    await app.database.owner.query(`update audit_events set occurred_at = now() + interval '1 hour' where id = $1`, [rows[1]?.id]);
    for (const limit of [1, 2, 3, 50]) {
      const events = (await history(`limit=${limit}`)).filter(({ change }) => change !== null);
      expect(events.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).reverse());
    }
  });

  it('shows only the types that are asked for', async () => {
    await live();
    expect((await history('types=note,task')).map(({ type }) => type)).toEqual(['task', 'note']);
    expect((await history('types=stage&limit=1')).map(({ type }) => type)).toEqual(['stage', 'stage']);
    expect((await history('types=change')).map(({ type }) => type)).toEqual(['change', 'change']);
    expect((await history('types=attachment')).map(({ type }) => type)).toEqual(['attachment']);
    const odd = await api.get(`/leads/${leadId}/timeline?types=notes`);
    expect(odd.json).toMatchObject({ status: 400, code: 'invalid-parameters' });
    const first = (await api.get(`/leads/${leadId}/timeline?limit=1`)).json.nextCursor;
    expect((await api.get(`/leads/${leadId}/timeline?limit=1&types=note&cursor=${first}`)).json.code).toBe('invalid-cursor');
  });

  it('has nothing of other leads, of what was deleted, or of a lead that is not there', async () => {
    const other = (await api.lead({ name: 'Other' })).id;
    await api.post(`/leads/${other}/notes`, { body: 'Of the other' });
    const note = (await api.post(`/leads/${leadId}/notes`, { body: 'Wrong' })).json;
    await api.delete(`/notes/${note.id}`);
    expect((await history()).map(({ type }) => type)).toEqual(['change']);
    await api.delete(`/leads/${leadId}`);
    for (const id of [leadId, newId()]) expect((await api.get(`/leads/${id}/timeline`)).json.code).toBe('lead-not-found');
  });

  it('reads its indexes backwards, no further than the page', async () => {
    await live();
    await app.database.owner.query(
      `insert into lead_notes (organization_id, id, lead_id, body, author_id, created_at)
       select $1, gen_random_uuid(), $2, 'note', $3, now() - n * interval '1 minute' from generate_series(1, 20000) n`,
      [actor.organizationId, leadId, actor.userId],
    );
    await app.database.owner.query('analyze lead_notes');
    await history('types=note&limit=100');
    const began = performance.now();
    const page = await api.get(`/leads/${leadId}/timeline?limit=50`);
    expect(page.json.items).toHaveLength(50);
    // 20,000 notes sorted would take longer; the page reads 51 of them.
    expect(performance.now() - began).toBeLessThan(250);
  });
});

describe('files of a lead', () => {
  it('are attached, captioned, listed and taken off; the file stays', async () => {
    const fileId = await uploadedText(app, actor);
    const made = await api.post(`/leads/${leadId}/attachments`, { fileId, caption: ' Signed ' });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ leadId, fileId, fileName: 'offer.txt', mediaType: 'text/plain', caption: 'Signed', version: 1 });
    expect((await api.post(`/leads/${leadId}/attachments`, { fileId })).json).toMatchObject({ status: 409, code: 'already-attached' });
    const other = (await api.lead({ name: 'Other' })).id;
    expect((await api.post(`/leads/${other}/attachments`, { fileId })).status).toBe(201);
    const { id } = made.json;
    expect((await api.patch(`/attachments/${id}`, { caption: null }, '"v1"')).json).toMatchObject({ caption: null, version: 2 });
    expect((await api.patch(`/attachments/${id}`, {}, '"v2"')).json.version).toBe(2);
    expect((await api.patch(`/attachments/${id}`, { caption: 'x' }, '"v1"')).status).toBe(412);
    expect((await api.get(`/leads/${leadId}/attachments`)).json.items).toHaveLength(1);
    expect((await api.delete(`/attachments/${id}`)).status).toBe(204);
    expect((await api.delete(`/attachments/${id}`)).json.code).toBe('attachment-not-found');
    expect((await api.get(`/attachments/${id}`)).status).toBe(404);
    expect((await api.get(`/leads/${leadId}/attachments`)).json.items).toEqual([]);
    expect((await api.get(`/files/${fileId}/download`)).status).toBe(200);
    expect((await api.post(`/leads/${leadId}/attachments`, { fileId })).status).toBe(201);
  });

  it('must be there and ready, and of this organization', async () => {
    const stranger = await makeOrganization(app);
    for (const fileId of [newId(), await uploadedText(app, stranger)]) {
      expect((await api.post(`/leads/${leadId}/attachments`, { fileId })).json).toMatchObject({ status: 404, code: 'file-not-found' });
    }
    const pending = (await api.post('/files/uploads', { name: 'a.txt', sizeBytes: 5, mediaType: 'text/plain' })).json.id;
    expect((await api.post(`/leads/${leadId}/attachments`, { fileId: pending })).json).toMatchObject({
      status: 409,
      code: 'attachment-not-ready',
    });
    expect((await api.post(`/leads/${newId()}/attachments`, { fileId: pending })).json.code).toBe('lead-not-found');
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accepts } from '../../src/platform/http/shapes/shape-pipe.js';
import { CreatedLead, LeadView } from '../../src/features/crm/leads/leads.shapes.js';
import { newId } from '../../src/shared/ids.js';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { auditOf, type Caller, callerOf } from './caller.js';

describe('leads', () => {
  let app: TestApp;
  let actor: TestActor;
  let api: Caller;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    actor = await makeOrganization(app);
    api = callerOf(app, actor.token);
  });

  const FULL = {
    name: ' Ana Duarte ',
    company: 'Duarte & Filhos',
    email: 'ana@example.com',
    phone: '+351 21 000 0000',
    value: { amountMinor: '900719925474099312', currency: 'EUR' },
    notes: 'Line one\nline two "quoted"',
    source: 'website',
    tags: ['priority', 'ümlaut, comma'],
    attributes: { customer_number: 'K-1024' },
  };

  it('makes a lead with every field, gives it back the same, and audits it', async () => {
    const made = await api.post('/leads', FULL);
    expect(made.status).toBe(201);
    expect(made.headers['location']).toBe(`/api/v1/leads/${made.json.id}`);
    expect(made.headers['etag']).toBe('"v1"');
    expect(made.json).toMatchObject({
      ...FULL,
      name: 'Ana Duarte',
      status: 'interest',
      version: 1,
      ownerId: null,
      deletedAt: null,
      duplicates: [],
    });
    expect(accepts(CreatedLead, made.json)).toBe(true);
    const got = await api.get(`/leads/${made.json.id}`);
    const { duplicates, ...view } = made.json;
    expect(got.json).toEqual(view);
    expect(accepts(LeadView, got.json)).toBe(true);
    expect(got.headers['etag']).toBe('"v1"');
    const [event] = await auditOf(app, made.json.id);
    expect(event).toMatchObject({
      action: 'lead.created',
      before: null,
      after: { name: 'Ana Duarte', status: 'interest' },
      actor_type: 'user',
    });
  });

  it('stands in the trail with its instants in the form of the API', async () => {
    const { id } = await api.lead({ name: 'Ana' });
    const patched = (await api.patch(`/leads/${id}`, { notes: 'x' }, '"v1"')).json;
    await api.delete(`/leads/${id}`);
    await api.post(`/leads/${id}/restore`);
    const states = (await auditOf(app, id)).flatMap(({ before, after }) => [before, after]).filter((state) => state !== null);
    expect(states).toHaveLength(5);
    for (const state of states) expect(state['createdAt']).toBe(patched.createdAt);
    expect(states[2]).toMatchObject({ updatedAt: patched.updatedAt });
  });

  it('answers 304 to a reader who has the version', async () => {
    const { id } = await api.lead({ name: 'Ana' });
    const got = await app.call('GET', `/api/v1/leads/${id}`, { token: actor.token, headers: { 'if-none-match': '"v1"' } });
    expect(got.status).toBe(304);
  });

  it('takes the status by key or by name, whatever its case, and names the options otherwise', async () => {
    expect((await api.lead({ name: 'A', status: 'closed-win' })).status).toBe('closed-win');
    expect((await api.lead({ name: 'B', status: 'MEETING booked' })).status).toBe('meeting-booked');
    const wrong = await api.post('/leads', { name: 'C', status: 'Closed wim' });
    expect(wrong.status).toBe(422);
    expect(wrong.json).toMatchObject({ code: 'stage-unknown', didYouMean: 'closed-win', errors: [{ pointer: '/status' }] });
    expect(wrong.json.validOptions).toEqual(['interest', 'meeting-booked', 'proposal-sent', 'closed-win', 'closed-lost']);
    expect((await api.post('/leads', { name: 'D', pipelineId: newId() })).json.code).toBe('pipeline-unknown');
  });

  it('makes the default pipeline once, however many first leads come at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, (_, i) => api.post('/leads', { name: `Lead ${i}` })));
    expect(made.map((answer) => answer.status)).toEqual(Array(20).fill(201));
    expect(new Set(made.map((answer) => answer.json.pipelineId)).size).toBe(1);
    const { rows } = await app.database.owner.query('select count(*)::int as count from pipelines where organization_id = $1', [
      actor.organizationId,
    ]);
    expect(rows).toEqual([{ count: 1 }]);
  });

  it('replays a creation with the same Idempotency-Key, also the very first one', async () => {
    const key = { 'idempotency-key': newId() };
    const first = await api.post('/leads', { name: 'Ana' }, key);
    const second = await api.post('/leads', { name: 'Ana' }, key);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.text).toBe(first.text);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect((await api.get('/leads')).json.items).toHaveLength(1);
  });

  it.each([
    [{}, '/name'],
    [{ name: '   ' }, '/name'],
    [{ name: 'A', email: 'nobody' }, '/email'],
    [{ name: 'A', phone: 'abc' }, '/phone'],
    [{ name: 'A', phone: '12' }, '/phone'],
    [{ name: 'A', value: { amountMinor: '1.5', currency: 'EUR' } }, '/value'],
    [{ name: 'A', value: { amountMinor: '15', currency: 'XXQ' } }, '/value'],
    [{ name: 'A', attributes: { 'Upper Case': 'x' } }, '/attributes'],
    [{ name: 'A', tags: ['a', 'a'] }, '/tags'],
    [{ name: 'A', ownerId: 'me' }, '/ownerId'],
    [{ name: 'A', organizationId: newId() }, '/organizationId'],
    [{ name: 'A', userId: newId() }, '/userId'],
  ])('refuses %j', async (body, pointer) => {
    const answer = await api.post('/leads', body);
    expect(answer.status).toBe(422);
    expect(answer.json.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it('takes only active members as owner', async () => {
    const member = await addMember(app, actor, 'member');
    const foreign = await makeOrganization(app);
    expect((await api.post('/leads', { name: 'A', ownerId: member.userId })).json).toMatchObject({ ownerId: member.userId });
    for (const ownerId of [newId(), foreign.userId]) {
      expect((await api.post('/leads', { name: 'B', ownerId })).json).toMatchObject({
        code: 'owner-unknown',
        errors: [{ pointer: '/ownerId' }],
      });
    }
    const { id } = await api.lead({ name: 'C' });
    expect((await api.patch(`/leads/${id}`, { ownerId: foreign.userId }, '"v1"')).json.code).toBe('owner-unknown');
    expect((await api.patch(`/leads/${id}`, { ownerId: member.userId }, '"v1"')).json.ownerId).toBe(member.userId);
  });

  describe('merge patch', () => {
    it('changes what is given, clears by null, keeps the rest and counts the version up', async () => {
      const { id } = await api.lead(FULL);
      const patched = await api.patch(
        `/leads/${id}`,
        { company: null, value: null, notes: 'New', attributes: { customer_number: null, region: 'north' } },
        '"v1"',
      );
      expect(patched.status).toBe(200);
      expect(patched.headers['etag']).toBe('"v2"');
      expect(patched.json).toMatchObject({
        name: 'Ana Duarte',
        company: null,
        value: null,
        notes: 'New',
        email: FULL.email,
        attributes: { region: 'north' },
        version: 2,
      });
      expect(patched.json.attributes).toEqual({ region: 'north' });
      expect(patched.json.updatedAt >= patched.json.createdAt).toBe(true);
      const events = await auditOf(app, id);
      expect(events.at(-1)).toMatchObject({ action: 'lead.updated', before: { company: FULL.company }, after: { company: null } });
      expect((await api.patch(`/leads/${id}`, { attributes: null, tags: null }, '"v2"')).json).toMatchObject({ attributes: {}, tags: [] });
    });

    it('makes no version when nothing changes', async () => {
      const { id } = await api.lead(FULL);
      expect((await api.patch(`/leads/${id}`, { company: FULL.company }, '"v1"')).json.version).toBe(1);
      expect(await auditOf(app, id)).toHaveLength(1);
    });

    it('asks for If-Match, and tells a stale one the current values', async () => {
      const { id } = await api.lead(FULL);
      expect((await api.patch(`/leads/${id}`, { notes: 'x' })).status).toBe(428);
      await api.patch(`/leads/${id}`, { notes: 'first' }, '"v1"');
      const stale = await api.patch(`/leads/${id}`, { notes: 'second' }, '"v1"');
      expect(stale.status).toBe(412);
      expect(stale.json).toMatchObject({ code: 'edit-conflict', current: { notes: 'first', version: 2 } });
      expect(Object.keys(stale.json.current)).toEqual(['notes', 'version']);
    });

    it('lets exactly one of many writers of one version win', async () => {
      const { id } = await api.lead(FULL);
      const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => api.patch(`/leads/${id}`, { notes: `writer ${i}` }, '"v1"')));
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
      expect(answers.filter((answer) => answer.status === 412)).toHaveLength(11);
    });

    it.each([
      [{ name: null }, '/name'],
      [{ phone: 'abc' }, '/phone'],
      [{ status: 'closed-win' }, '/status'],
      [{ attributes: { region: 7 } }, '/attributes'],
      [{ createdAt: '2020-01-01T00:00:00Z' }, '/createdAt'],
    ])('refuses %j', async (body, pointer) => {
      const { id } = await api.lead(FULL);
      const answer = await api.patch(`/leads/${id}`, body, '"v1"');
      expect(answer.status).toBe(422);
      expect(answer.json.errors[0].pointer).toBe(pointer);
    });
  });

  describe('deleting', () => {
    it('hides the lead everywhere, and restoring brings it back at the end of its column', async () => {
      const first = await api.lead({ name: 'First', email: 'first@example.com' });
      const second = await api.lead({ name: 'Second' });
      expect((await api.delete(`/leads/${first.id}`)).status).toBe(204);
      expect((await api.delete(`/leads/${first.id}`)).status).toBe(404);
      expect((await api.get(`/leads/${first.id}`)).status).toBe(404);
      expect((await api.patch(`/leads/${first.id}`, { notes: 'x' }, '*')).status).toBe(404);
      expect((await api.put(`/leads/${first.id}/status`, { status: 'closed-win' })).status).toBe(404);
      expect((await api.get('/leads')).json.items.map((lead: { id: string }) => lead.id)).toEqual([second.id]);
      expect((await api.get('/leads/search?q=first')).json.items).toEqual([]);
      expect((await api.get('/leads/board')).json.columns[0]).toMatchObject({ count: 1 });
      expect((await api.post('/leads', { name: 'First', email: 'first@example.com' })).json.duplicates).toEqual([]);
      expect((await api.get('/leads?deleted=only')).json.items.map((lead: { id: string }) => lead.id)).toEqual([first.id]);
      const restored = await api.post(`/leads/${first.id}/restore`);
      expect(restored.json).toMatchObject({ id: first.id, status: 'interest', deletedAt: null, version: 3 });
      expect((await api.column('interest')).at(-1)).toBe(first.id);
      expect((await api.post(`/leads/${first.id}/restore`)).json).toMatchObject({ status: 409, code: 'lead-not-deleted' });
      const again = await api.post('/leads/bulk', { operations: [{ op: 'restore', id: first.id }] });
      expect(again.json.results[0].problem).toMatchObject({ code: 'lead-not-deleted' });
      expect((await auditOf(app, first.id)).map((event) => event.action)).toEqual(['lead.created', 'lead.deleted', 'lead.restored']);
    });

    it('keeps a lead that has another version than the caller read', async () => {
      const { id } = await api.lead({ name: 'Ana' });
      await api.patch(`/leads/${id}`, { notes: 'x' }, '"v1"');
      const answer = await app.call('DELETE', `/api/v1/leads/${id}`, { token: actor.token, headers: { 'if-match': '"v1"' } });
      expect(answer.status).toBe(412);
      expect((await api.get(`/leads/${id}`)).status).toBe(200);
    });

    it('answers 404 for leads that never were', async () => {
      expect((await api.delete(`/leads/${newId()}`)).status).toBe(404);
      expect((await api.post(`/leads/${newId()}/restore`)).json.code).toBe('lead-not-found');
      expect((await api.delete('/leads/42')).status).toBe(404);
    });
  });

  describe('duplicates', () => {
    it('are named with reasons when the same person comes again, also by another spelling of the address', async () => {
      const first = await api.lead({ name: 'Ana Duarte', email: 'ana.duarte@gmail.com', phone: '+351 210 000 000' });
      const again = await api.post('/leads', { name: 'Ana Duarte', email: 'AnaDuarte+web@googlemail.com' });
      expect(again.status).toBe(201);
      expect(again.json.duplicates).toHaveLength(1);
      expect(again.json.duplicates[0]).toMatchObject({ id: first.id, name: 'Ana Duarte' });
      expect(again.json.duplicates[0].score).toBeGreaterThan(0.9);
      expect(again.json.duplicates[0].reasons.length).toBeGreaterThan(0);
    });

    it('are refused on request, of many at once all but one', async () => {
      const body = { name: 'Ana Duarte', email: 'ana@example.com' };
      const answers = await Promise.all(Array.from({ length: 8 }, () => api.post('/leads?onDuplicate=refuse', body)));
      expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array(7).fill(409)]);
      const refused = answers.find((answer) => answer.status === 409);
      expect(refused?.json).toMatchObject({ code: 'lead-already-exists', candidates: [{ name: 'Ana Duarte' }] });
    });
  });

  it('gives viewers nothing to write, members nothing to delete, and externals nothing at all', async () => {
    const { id } = await api.lead({ name: 'Ana' });
    const viewer = callerOf(app, (await addMember(app, actor, 'viewer')).token);
    const member = callerOf(app, (await addMember(app, actor, 'member')).token);
    const external = callerOf(app, (await addMember(app, actor, 'external')).token);
    expect((await viewer.get(`/leads/${id}`)).status).toBe(200);
    for (const refused of [
      await viewer.post('/leads', { name: 'X' }),
      await viewer.patch(`/leads/${id}`, { notes: 'x' }, '*'),
      await viewer.put(`/leads/${id}/status`, { status: 'closed-win' }),
      await viewer.post('/leads/bulk', { operations: [{ op: 'delete', id }] }),
      await member.delete(`/leads/${id}`),
      await member.post(`/leads/${id}/restore`),
      await member.post('/leads/bulk', { operations: [{ op: 'delete', id }] }),
      await external.get('/leads'),
      await external.get('/leads/board'),
      await external.get('/leads/search?q=ana'),
    ]) {
      expect(refused.status).toBe(403);
    }
    expect((await app.call('GET', '/api/v1/leads')).status).toBe(401);
    expect((await member.patch(`/leads/${id}`, { notes: 'ok' }, '*')).status).toBe(200);
  });

  it('knows nothing of the leads of another organization', async () => {
    const { id, pipelineId } = await api.lead({ name: 'Ana Secret', email: 'secret@example.com' });
    const other = callerOf(app, (await makeOrganization(app)).token);
    const own = await other.lead({ name: 'Own' });
    for (const answer of [
      await other.get(`/leads/${id}`),
      await other.patch(`/leads/${id}`, { notes: 'x' }, '*'),
      await other.put(`/leads/${id}/status`, { status: 'closed-win' }),
      await other.delete(`/leads/${id}`),
      await other.post(`/leads/${id}/restore`),
      await other.get(`/leads/board?pipelineId=${pipelineId}`),
      await other.get(`/leads/board/columns/interest?pipelineId=${pipelineId}`),
    ]) {
      expect(answer.status).toBe(404);
    }
    expect((await other.put(`/leads/${own.id}/status`, { status: 'interest', after: id })).json.code).toBe('neighbour-gone');
    expect((await other.post('/leads', { name: 'X', pipelineId })).json.code).toBe('pipeline-unknown');
    expect((await other.post('/leads/bulk', { operations: [{ op: 'delete', id }] })).json.results[0].problem.code).toBe('lead-not-found');
    expect((await other.post('/leads', { name: 'Ana Secret', email: 'secret@example.com' })).json.duplicates).toEqual([]);
    expect((await other.get('/leads/search?q=secret')).json.items).toHaveLength(1);
    expect((await other.get('/leads')).text).not.toContain(id);
    expect((await api.get(`/leads/${id}`)).json.version).toBe(1);
  });
});

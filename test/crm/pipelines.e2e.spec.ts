import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accepts } from '../../src/platform/http/shapes/shape-pipe.js';
import { PipelineView } from '../../src/features/crm/pipelines/pipelines.shapes.js';
import { newId } from '../../src/shared/ids.js';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { auditOf, type Caller, callerOf } from './caller.js';

interface Pipeline {
  readonly id: string;
  readonly version: number;
  readonly stages: { readonly key: string; readonly name: string; readonly kind: string; readonly position: number }[];
}

describe('pipelines', () => {
  let app: TestApp;
  let actor: TestActor;
  let api: Caller;
  let sales: Pipeline;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    actor = await makeOrganization(app);
    api = callerOf(app, actor.token);
    sales = (await api.get('/pipelines')).json.items[0];
  });

  const keys = (pipeline: Pipeline): string[] => pipeline.stages.map((stage) => stage.key);
  const read = async (): Promise<Pipeline> => (await api.get(`/pipelines/${sales.id}`)).json;

  it('has a default one from the beginning, made once', async () => {
    expect(accepts(PipelineView, { ...sales })).toBe(true);
    expect(sales).toMatchObject({ name: 'Sales', isDefault: true, version: 1 });
    expect(sales.stages.map(({ key, position }) => [key, position])).toEqual([
      ['interest', 0],
      ['meeting-booked', 1],
      ['proposal-sent', 2],
      ['closed-win', 3],
      ['closed-lost', 4],
    ]);
    expect((await api.get('/pipelines')).json.items).toHaveLength(1);
    expect((await auditOf(app, sales.id)).map((event) => event.action)).toEqual(['pipeline.created']);
  });

  it('keeps a default one: another must take its place', async () => {
    const refused = await api.patch(`/pipelines/${sales.id}`, { name: 'Renamed', isDefault: false }, '"v1"');
    expect(refused.json).toMatchObject({ status: 409, code: 'default-pipeline-needed' });
    expect(refused.json.detail).toContain('another pipeline');
    expect(await read()).toMatchObject({ name: 'Sales', isDefault: true, version: 1 });
    const partners = (await api.post('/pipelines', { name: 'Partners' })).json;
    expect((await api.patch(`/pipelines/${partners.id}`, { isDefault: false }, '*')).status).toBe(200);
  });

  it('adds a stage at its place, with a key that is never given twice', async () => {
    const added = await api.post(`/pipelines/${sales.id}/stages`, { name: 'Demo gehört & gesehen', position: 1 });
    expect(added.status).toBe(201);
    expect(keys(added.json)).toEqual(['interest', 'demo-gehort-gesehen', 'meeting-booked', 'proposal-sent', 'closed-win', 'closed-lost']);
    expect((await api.post(`/pipelines/${sales.id}/stages`, { name: 'INTEREST' })).json).toMatchObject({
      status: 409,
      code: 'stage-name-taken',
    });
    await api.delete(`/pipelines/${sales.id}/stages/meeting-booked`);
    const again = await api.post(`/pipelines/${sales.id}/stages`, { name: 'Meeting booked' });
    expect(keys(again.json).at(-1)).toBe('meeting-booked-2');
  });

  it('renames a stage without touching its leads or their history', async () => {
    const { id } = await api.lead({ name: 'Ana', status: 'Meeting booked' });
    await api.put(`/leads/${id}/status`, { status: 'interest' });
    const renamed = await api.patch(`/pipelines/${sales.id}/stages/meeting-booked`, { name: 'Call planned' });
    expect(renamed.json.stages[1]).toMatchObject({ key: 'meeting-booked', name: 'Call planned' });
    expect((await api.lead({ name: 'Bo', status: 'call PLANNED' })).status).toBe('meeting-booked');
    expect((await api.post('/leads', { name: 'Cy', status: 'Meeting booked' })).status).toBe(422);
    expect((await auditOf(app, id)).at(-1)?.before).toEqual({ status: 'meeting-booked', statusName: 'Meeting booked' });
    expect((await api.get('/leads/board')).json.columns[1]).toMatchObject({ status: 'meeting-booked', name: 'Call planned', count: 1 });
  });

  it('reorders stages and changes what they mean', async () => {
    expect(keys((await api.patch(`/pipelines/${sales.id}/stages/closed-lost`, { position: 0 })).json)[0]).toBe('closed-lost');
    expect(keys((await api.patch(`/pipelines/${sales.id}/stages/closed-lost`, { position: 99 })).json).at(-1)).toBe('closed-lost');
    expect((await api.patch(`/pipelines/${sales.id}/stages/proposal-sent`, { kind: 'won' })).json.stages[2].kind).toBe('won');
    await api.patch(`/pipelines/${sales.id}/stages/meeting-booked`, { kind: 'lost' });
    expect((await api.patch(`/pipelines/${sales.id}/stages/interest`, { kind: 'won' })).json.code).toBe('last-open-stage');
    expect((await api.get('/leads/board')).json.columns.map((column: { status: string }) => column.status)).toEqual(keys(await read()));
  });

  it('archives a stage with leads only when told where they go, and keeps their order', async () => {
    const kept = await api.lead({ name: 'kept', status: 'interest' });
    const moved: string[] = [];
    for (const name of ['a', 'b', 'c']) moved.push((await api.lead({ name, status: 'proposal-sent' })).id);
    const path = `/pipelines/${sales.id}/stages/proposal-sent`;
    expect((await api.delete(path)).json).toMatchObject({ status: 409, code: 'stage-in-use', count: 3 });
    expect((await api.delete(`${path}?moveTo=nowhere`)).status).toBe(422);
    expect((await api.delete(`${path}?moveTo=proposal-sent`)).status).toBe(422);
    const archived = await api.delete(`${path}?moveTo=Interest`);
    expect(archived.status).toBe(200);
    expect(keys(archived.json)).not.toContain('proposal-sent');
    expect(await api.column('interest')).toEqual([kept.id, ...moved]);
    expect((await api.get(`/leads/${moved[0]}`)).json).toMatchObject({ status: 'interest', version: 2 });
    expect((await auditOf(app, moved[0])).at(-1)).toMatchObject({
      action: 'lead.moved',
      before: { status: 'proposal-sent', statusName: 'Proposal sent' },
      after: { status: 'interest' },
    });
    expect((await api.post('/leads', { name: 'd', status: 'proposal-sent' })).status).toBe(422);
    expect((await api.delete(path)).status).toBe(404);
  });

  it('loses no lead that comes while its stage is archived', async () => {
    const coming = Array.from({ length: 40 }, (_, i) => api.post('/leads', { name: `lead ${i}`, status: 'proposal-sent' }));
    const archived = await api.delete(`/pipelines/${sales.id}/stages/proposal-sent?moveTo=interest`);
    expect(archived.status).toBe(200);
    const made = (await Promise.all(coming)).filter((answer) => answer.status === 201).length;
    const { columns } = (await api.get('/leads/board')).json;
    expect(columns.map((column: { status: string }) => column.status)).not.toContain('proposal-sent');
    expect(columns[0].count).toBe(made);
  });

  it('brings a deleted lead of an archived stage back in the first one', async () => {
    const { id } = await api.lead({ name: 'a', status: 'proposal-sent' });
    await api.delete(`/leads/${id}`);
    await api.delete(`/pipelines/${sales.id}/stages/proposal-sent`);
    expect((await api.post(`/leads/${id}/restore`)).json.status).toBe('interest');
  });

  it('makes, renames, prefers and puts away other pipelines', async () => {
    const made = await api.post('/pipelines', { name: 'Partners' });
    expect(made).toMatchObject({ status: 201, headers: { location: `/api/v1/pipelines/${made.json.id}` } });
    expect(keys(made.json)).toEqual(keys(sales));
    expect((await api.post('/pipelines', { name: 'PARTNERS' })).json.code).toBe('pipeline-name-taken');
    expect((await api.post('/pipelines', { name: 'Odd', stages: [{ name: 'A' }, { name: 'a' }] })).json.code).toBe('stage-name-taken');
    const path = `/pipelines/${made.json.id}`;
    expect((await api.patch(path, { name: 'Resellers' })).status).toBe(428);
    expect((await api.patch(path, { name: 'Resellers' }, '"v9"')).status).toBe(412);
    const preferred = await api.patch(path, { name: 'Resellers', isDefault: true }, '"v1"');
    expect(preferred.json).toMatchObject({ name: 'Resellers', isDefault: true, version: 2 });
    expect((await api.get('/pipelines')).json.items.map((one: { name: string; isDefault: boolean }) => [one.name, one.isDefault])).toEqual([
      ['Resellers', true],
      ['Sales', false],
    ]);
    const lead = await api.lead({ name: 'x' });
    expect(lead.pipelineId).toBe(made.json.id);
    expect((await api.patch(path, { archived: true }, '*')).json.code).toBe('pipeline-in-use');
    await api.delete(`/leads/${lead.id}`);
    expect((await api.patch(path, { archived: true }, '*')).json.code).toBe('default-pipeline-kept');
    await api.patch(`/pipelines/${sales.id}`, { isDefault: true }, '*');
    expect((await api.patch(path, { archived: true }, '*')).status).toBe(200);
    expect((await api.get(path)).status).toBe(404);
    expect((await api.post('/leads', { name: 'y', pipelineId: made.json.id })).json.code).toBe('pipeline-unknown');
    expect((await auditOf(app, made.json.id)).map((event) => event.action)).toEqual([
      'pipeline.created',
      'pipeline.updated',
      'pipeline.archived',
    ]);
  });

  it.each([
    ['POST', '/pipelines', { name: '' }],
    ['POST', '/pipelines', { name: 'x', stages: [] }],
    ['POST', '/pipelines', { name: 'x', stages: [{ name: 'a', kind: 'maybe' }] }],
    ['PATCH', 'stages/interest', { position: -1 }],
    ['PATCH', 'stages/interest', { key: 'other' }],
    ['POST', 'stages', { kind: 'open' }],
  ])('refuses %s %s %j', async (method, path, body) => {
    const whole = path.startsWith('/') ? path : `/pipelines/${sales.id}/${path}`;
    expect((await (method === 'POST' ? api.post(whole, body) : api.patch(whole, body))).status).toBe(422);
  });

  it('lets members look and only managers change', async () => {
    const member = callerOf(app, (await addMember(app, actor, 'member')).token);
    const manager = callerOf(app, (await addMember(app, actor, 'manager')).token);
    expect((await member.get('/pipelines')).status).toBe(200);
    expect((await member.post('/pipelines', { name: 'x' })).status).toBe(403);
    expect((await member.patch(`/pipelines/${sales.id}`, { name: 'x' }, '*')).status).toBe(403);
    expect((await member.post(`/pipelines/${sales.id}/stages`, { name: 'x' })).status).toBe(403);
    expect((await member.patch(`/pipelines/${sales.id}/stages/interest`, { name: 'x' })).status).toBe(403);
    expect((await member.delete(`/pipelines/${sales.id}/stages/interest`)).status).toBe(403);
    expect((await manager.post(`/pipelines/${sales.id}/stages`, { name: 'x' })).status).toBe(201);
  });

  it('knows no pipeline of another organization', async () => {
    const other = callerOf(app, (await makeOrganization(app)).token);
    for (const id of [sales.id, newId()]) {
      for (const answer of [
        await other.get(`/pipelines/${id}`),
        await other.patch(`/pipelines/${id}`, { name: 'x' }, '*'),
        await other.post(`/pipelines/${id}/stages`, { name: 'x' }),
        await other.patch(`/pipelines/${id}/stages/interest`, { name: 'x' }),
        await other.delete(`/pipelines/${id}/stages/interest`),
      ]) {
        expect(answer.status).toBe(404);
      }
    }
    expect(await read()).toMatchObject({ version: 1 });
  });
});

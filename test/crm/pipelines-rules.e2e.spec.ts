import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LeadMovesService } from '../../src/features/crm/leads/lead-moves.service.js';
import { StageEntry } from '../../src/features/crm/pipelines/stage-entry.js';
import { Database } from '../../src/platform/database/database.js';
import { systemScope } from '../../src/platform/database/scope.js';
import { makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { importerOf } from '../crm-imports/importing.js';
import { auditOf, type Caller, callerOf } from './caller.js';

interface Stage {
  readonly key: string;
  readonly probability: number;
  readonly [setting: string]: unknown;
}

describe('rules of stages', () => {
  let app: TestApp;
  let actor: TestActor;
  let api: Caller;
  let path: string;
  let pipelineId: string;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    actor = await makeOrganization(app);
    api = callerOf(app, actor.token);
    const [sales] = (await api.get('/pipelines')).json.items;
    pipelineId = sales.id;
    path = `/pipelines/${sales.id}`;
  });

  const stagesOf = async (of = path): Promise<Stage[]> => (await api.get(of)).json.stages;
  const set = async (key: string, settings: object): Promise<void> => {
    expect((await api.patch(`${path}/stages/${key}`, settings)).status).toBe(200);
  };
  const move = async (id: string, status: string): Promise<void> => {
    expect((await api.put(`/leads/${id}/status`, { status })).status).toBe(200);
  };
  const euros = (amountMinor: string) => ({ amountMinor, currency: 'EUR' });

  it('have sane beginnings', async () => {
    const quiet = { wipLimit: null, allowedFrom: null, requiredFields: [] };
    expect(
      (await stagesOf()).map(({ probability, wipLimit, allowedFrom, requiredFields }) => ({
        probability,
        wipLimit,
        allowedFrom,
        requiredFields,
      })),
    ).toEqual([10, 30, 60, 100, 0].map((probability) => ({ probability, ...quiet })));
    const stages = [
      { name: 'One' },
      { name: 'Two', probability: 5 },
      { name: 'Three' },
      { name: 'Won', kind: 'won' },
      { name: 'Lost', kind: 'lost' },
    ];
    const made = await api.post('/pipelines', { name: 'Other', stages });
    expect(made.json.stages.map((stage: Stage) => stage.probability)).toEqual([25, 5, 75, 100, 0]);
    const added = await api.post(`/pipelines/${made.json.id}/stages`, { name: 'Between', position: 2, wipLimit: 3 });
    expect(added.json.stages[2]).toMatchObject({ key: 'between', probability: 40, wipLimit: 3 });
  });

  it('are set with a pipeline, by names of its own stages', async () => {
    const stages = [
      { name: 'In' },
      { name: 'Call', allowedFrom: ['in'], requiredFields: ['phone'] },
      { name: 'Done', kind: 'won', allowedFrom: ['CALL'] },
    ];
    const made = (
      await api.post('/pipelines', { name: 'Strict', stages, winReasons: [' Price ', 'price', 'Service'], isWinReasonRequired: true })
    ).json;
    expect(made).toMatchObject({
      winReasons: ['Price', 'Service'],
      lostReasons: [],
      isWinReasonRequired: true,
      isLostReasonRequired: false,
    });
    expect(made.stages.map((stage: Stage) => stage['allowedFrom'])).toEqual([null, ['in'], ['call']]);
    const { id } = await api.lead({ name: 'a', pipelineId: made.id, phone: '+351 21 000 0000' });
    expect((await api.put(`/leads/${id}/status`, { status: 'done', reason: 'price' })).json).toMatchObject({
      code: 'move-not-allowed',
      validOptions: ['call'],
    });
    expect((await api.put(`/leads/${id}/status`, { status: 'call' })).status).toBe(200);
    expect((await api.put(`/leads/${id}/status`, { status: 'done' })).json.code).toBe('reason-required');
    expect((await api.put(`/leads/${id}/status`, { status: 'done', reason: 'price' })).status).toBe(200);
    expect((await auditOf(app, id)).at(-1)?.after).toMatchObject({ status: 'done', reason: 'Price' });
  });

  it.each([
    [{ allowedFrom: ['nowhere'] }, '/allowedFrom/0'],
    [{ allowedFrom: ['meeting-booked', 'proposal-sent'] }, '/allowedFrom/1'],
    [{ requiredFields: ['value', 'emial'] }, '/requiredFields/1'],
    [{ probability: 101 }, '/probability'],
    [{ kind: 'won', probability: 50 }, '/probability'],
    [{ wipLimit: 0 }, '/wipLimit'],
  ])('are refused when they are not right: %j', async (settings, pointer) => {
    const answer = await api.patch(`${path}/stages/proposal-sent`, settings);
    expect([answer.status, answer.json.errors[0].pointer]).toEqual([422, pointer]);
    expect((await stagesOf())[2]).toMatchObject({ kind: 'open', probability: 60, allowedFrom: null, requiredFields: [] });
  });

  it('change one by one, can be taken away, and are in the trail', async () => {
    await set('proposal-sent', { probability: 70, wipLimit: 5, allowedFrom: ['Meeting booked'], requiredFields: ['value'] });
    await set('proposal-sent', { wipLimit: null });
    expect((await stagesOf())[2]).toMatchObject({
      probability: 70,
      wipLimit: null,
      allowedFrom: ['meeting-booked'],
      requiredFields: ['value'],
    });
    await set('proposal-sent', { allowedFrom: null, requiredFields: [] });
    const { id } = await api.lead({ name: 'a' });
    expect((await api.put(`/leads/${id}/status`, { status: 'proposal-sent' })).status).toBe(200);
    expect((await auditOf(app, pipelineId)).map(({ action, after }) => [action, after]).slice(1, 3)).toMatchObject([
      [
        'stage.updated',
        { stage: 'proposal-sent', probability: 70, wipLimit: 5, allowedFrom: ['meeting-booked'], requiredFields: ['value'] },
      ],
      ['stage.updated', { probability: 70 }],
    ]);
    await set('proposal-sent', { kind: 'won' });
    await set('proposal-sent', { kind: 'open' });
    expect((await stagesOf())[2]).toMatchObject({ kind: 'open', probability: 65 });
  });

  it('hold for a drag, a bulk change and a new lead alike, and tell what would be right', async () => {
    await set('proposal-sent', { allowedFrom: ['meeting-booked'], requiredFields: ['value', 'attributes.size'] });
    const { id } = await api.lead({ name: 'a' });
    const refused = await api.put(`/leads/${id}/status`, { status: 'Proposal sent', position: 0 });
    expect(refused.json).toMatchObject({
      ...{ status: 409, code: 'move-not-allowed', from: 'interest', to: 'proposal-sent' },
      validOptions: ['meeting-booked', 'closed-win', 'closed-lost'],
    });
    await api.put(`/leads/${id}/status`, { status: 'meeting-booked' });
    const incomplete = await api.put(`/leads/${id}/status`, { status: 'proposal-sent' });
    expect(incomplete.json).toMatchObject({
      status: 422,
      code: 'lead-incomplete',
      errors: [{ pointer: '/value' }, { pointer: '/attributes/size' }],
    });
    const bulk = await api.post('/leads/bulk', { operations: [{ op: 'move', id, to: { status: 'proposal-sent' } }] });
    expect(bulk.json.results[0].problem).toMatchObject({
      code: 'lead-incomplete',
      detail: expect.stringContaining('value, attributes.size'),
    });
    const made = await api.post('/leads', { name: 'b', status: 'proposal-sent' });
    expect(made.json).toMatchObject({ status: 422, code: 'lead-incomplete' });
    expect((await api.post('/leads', { name: 'b', status: 'proposal-sent', value: euros('5'), attributes: { size: '1' } })).status).toBe(
      201,
    );

    expect((await api.get(`/leads/${id}`)).json).toMatchObject({ status: 'meeting-booked', version: 2 });
    await api.patch(`/leads/${id}`, { value: euros('100'), attributes: { size: '39' } }, '"v2"');
    const moved = await api.put(`/leads/${id}/status`, { status: 'proposal-sent', position: 0 }, '"v3"');
    expect(moved).toMatchObject({ status: 200, json: { status: 'proposal-sent', version: 4 } });
    expect((await api.column('proposal-sent'))[0]).toBe(id);
    await set('proposal-sent', { requiredFields: ['notes'] });
    expect((await api.put(`/leads/${id}/status`, { status: 'proposal-sent', position: 1 })).status).toBe(200);
    const bulkBack = {
      operations: [
        { op: 'move', id, to: { status: 'interest' } },
        { op: 'move', id, to: { status: 'closed-win' } },
      ],
    };
    expect((await api.post('/leads/bulk', bulkBack)).json).toMatchObject({ succeeded: 2 });
  });

  it('hold for an import, for a trial run as for a real one', async () => {
    await set('proposal-sent', { allowedFrom: ['meeting-booked'], requiredFields: ['value'] });
    await api.patch(path, { isLostReasonRequired: true }, '*');
    await api.lead({ name: 'Known', email: 'known@x.org', value: euros('5') });
    const importer = importerOf(app, actor);
    const text = [
      'Name,Mail,Value,Stage',
      ...['Known,known@x.org,,Proposal sent', 'New,new@x.org,,Proposal sent', 'Rich,rich@x.org,12,Proposal sent'],
      ...['Rich,rich@x.org,,Closed lost', 'Lost,lost@x.org,,Closed lost', 'Plain,plain@x.org,,Meeting booked'],
    ].join('\n');
    const columns = [
      { from: ['Name'], to: 'name' },
      { from: ['Mail'], to: 'email' },
      { from: ['Value'], to: 'value' },
      { from: ['Stage'], to: 'status' },
    ];
    const mapping = { columns };
    const reports: unknown[] = [];
    for (const dryRun of [true, false]) {
      const { id } = (await importer.run(text, { mapping, naturalKey: 'email', onDuplicate: 'update', dryRun })) as unknown as {
        id: string;
      };
      reports.push((await importer.rows(id)).map((row) => [row.name, row.outcome, row.errors.map(({ code }) => code)]));
    }
    expect(reports[1]).toEqual([
      [null, 'failed', ['move-not-allowed']],
      [null, 'failed', ['lead-incomplete']],
      ['Rich', 'created', []],
      [null, 'failed', ['reason-required']],
      ['Lost', 'created', []],
      ['Plain', 'created', []],
    ]);
    expect(reports[0]).toEqual(reports[1]);
    expect(await api.column('proposal-sent')).toHaveLength(1);
  });

  it('are not asked when a lead is brought back, and say the same under a key given twice', async () => {
    await set('interest', { requiredFields: ['phone'] });
    const lead = { name: 'a', phone: '+351 21 000 0000' };
    const once = await api.post('/leads', lead, { 'idempotency-key': 'a-key-of-mine-1' });
    const twice = await api.post('/leads', lead, { 'idempotency-key': 'a-key-of-mine-1' });
    expect([once.status, twice.status, twice.json.id]).toEqual([201, 201, once.json.id]);
    await api.patch(`/leads/${once.json.id}`, { phone: null }, '*');
    await api.delete(`/leads/${once.json.id}`);
    expect((await api.post(`/leads/${once.json.id}/restore`)).json.status).toBe('interest');
  });

  it('ask why a lead is closed, by a list or in free words', async () => {
    expect((await api.patch(path, { lostReasons: ['Price', 'No answer'], isLostReasonRequired: true }, '*')).status).toBe(200);
    const { id } = await api.lead({ name: 'a' });
    const asked = await api.put(`/leads/${id}/status`, { status: 'closed-lost' });
    expect(asked.json).toMatchObject({
      status: 422,
      code: 'reason-required',
      validOptions: ['Price', 'No answer'],
      errors: [{ pointer: '/reason' }],
    });
    const odd = await api.put(`/leads/${id}/status`, { status: 'closed-lost', reason: 'pric' });
    expect(odd.json).toMatchObject({ code: 'reason-unknown', didYouMean: 'Price' });
    const open = await api.put(`/leads/${id}/status`, { status: 'meeting-booked', reason: 'Price' });
    expect(open.json).toMatchObject({ status: 422, code: 'reason-not-asked' });
    expect((await api.put(`/leads/${id}/status`, { status: 'closed-lost', reason: ' price ', reasonNote: 'A third cheaper' })).status).toBe(
      200,
    );
    expect((await auditOf(app, id)).at(-1)?.after).toMatchObject({ status: 'closed-lost', reason: 'Price', reasonNote: 'A third cheaper' });
    const noted = await api.put(`/leads/${id}/status`, { status: 'closed-lost', position: 0, reason: 'no answer' });
    expect([noted.status, (await auditOf(app, id)).at(-1)?.after?.['reason']]).toEqual([200, 'No answer']);
    expect((await api.put(`/leads/${id}/status`, { status: 'closed-lost', reason: 'none of these' })).json.code).toBe('reason-unknown');
    expect((await api.put(`/leads/${id}/status`, { status: 'closed-lost', position: 0 })).status).toBe(200);
    expect((await api.put(`/leads/${id}/status`, { status: 'closed-win', reason: 'They came back' })).status).toBe(200);
    expect((await auditOf(app, id)).at(-1)?.after).toMatchObject({ reason: 'They came back', reasonNote: null });
    expect((await api.post('/leads', { name: 'lost long ago', status: 'closed-lost' })).status).toBe(201);
    expect((await api.get(path)).json).toMatchObject({ lostReasons: ['Price', 'No answer'], isLostReasonRequired: true });
  });

  it('hold from the moment they are set: no lead slips in beside', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, async (_, n) => (await api.lead({ name: `lead ${n}` })).id));
    const moves = ids.map((id) => api.put(`/leads/${id}/status`, { status: 'proposal-sent' }));
    await set('proposal-sent', { requiredFields: ['value'] });
    const late = api
      .put(`/leads/${ids[0]}/status`, { status: 'interest' })
      .then(() => api.put(`/leads/${ids[0]}/status`, { status: 'proposal-sent' }));
    const answers = await Promise.all(moves);
    expect((await late).json.code).toBe('lead-incomplete');
    for (const { status } of answers) expect([200, 422]).toContain(status);
    const refused = answers.filter(({ status }) => status === 422).length;
    expect((await api.column('proposal-sent')).length).toBe(30 - refused - (answers[0]?.status === 200 ? 1 : 0));
  });

  it('are asked again when they change while they are looked at', async () => {
    await set('proposal-sent', { requiredFields: ['phone'] });
    const phone = '+351 21 000 0000';
    const { id } = await api.lead({ name: 'a', phone });
    const real = StageEntry.prototype.judge;
    const judge = jest.spyOn(StageEntry.prototype, 'judge');
    const once = (fields: string[]) =>
      judge.mockImplementationOnce(async function (this: StageEntry, tx, entry) {
        const verdict = await real.call(this, tx, entry);
        await set('proposal-sent', { requiredFields: fields });
        return verdict;
      });
    once(['phone', 'source']);
    expect((await api.put(`/leads/${id}/status`, { status: 'proposal-sent' })).json.errors).toMatchObject([{ pointer: '/source' }]);
    once(['phone', 'company']);
    const made = await api.post('/leads', { name: 'b', phone, source: 'web', status: 'proposal-sent' });
    expect(made.json.errors).toMatchObject([{ pointer: '/company' }]);
    once(['phone']);
    expect((await api.post('/leads', { name: 'c', phone, company: 'X', status: 'proposal-sent' })).status).toBe(201);
    judge.mockRestore();
  });

  it('do not keep a move from being taken back', async () => {
    const { id } = await api.lead({ name: 'a', status: 'meeting-booked' });
    await set('meeting-booked', { allowedFrom: ['interest'], requiredFields: ['phone'] });
    await move(id, 'proposal-sent');
    expect((await api.put(`/leads/${id}/status`, { status: 'meeting-booked' })).status).toBe(409);
    const back = { id, input: { status: 'meeting-booked' }, ifMatch: undefined, isUndo: true };
    const scope = systemScope('test', actor.organizationId);
    const outcome = await app.nest.get(Database).write(scope, (tx) => app.nest.get(LeadMovesService).moveIn(tx, back));
    expect(outcome).toMatchObject({ entered: 'meeting-booked', version: 3 });
  });

  it('weigh the columns of the board', async () => {
    await set('meeting-booked', { probability: 33, wipLimit: 1 });
    await api.lead({ name: 'a', status: 'meeting-booked', value: euros('1001') });
    await api.lead({ name: 'b', status: 'meeting-booked', value: { amountMinor: '-50', currency: 'USD' } });
    const column = (await api.get('/leads/board')).json.columns[1];
    expect(column).toMatchObject({ status: 'meeting-booked', probability: 33, wipLimit: 1, count: 2 });
    expect(column.sums).toEqual([
      { currency: 'EUR', amountMinor: '1001', weightedMinor: '330', count: 1 },
      { currency: 'USD', amountMinor: '-50', weightedMinor: '-16', count: 1 },
    ]);
  });

  describe('between pipelines', () => {
    let other: { id: string };
    beforeEach(async () => {
      const stages = [
        { name: 'Start' },
        { name: 'Deal', requiredFields: ['value'], allowedFrom: ['Start'] },
        { name: 'Gone', kind: 'lost' },
      ];
      other = (await api.post('/pipelines', { name: 'Partners', stages })).json;
    });

    it('a lead goes to the end of a stage, with both pipelines in the trail', async () => {
      await api.lead({ name: 'first', pipelineId: other.id });
      const { id } = await api.lead({ name: 'a', status: 'proposal-sent', value: euros('5') });
      const moved = await api.post(`/leads/${id}/pipeline`, { pipelineId: other.id }, { 'if-match': '"v1"' });
      expect(moved).toMatchObject({ status: 200, json: { pipelineId: other.id, status: 'start', version: 2 }, headers: { etag: '"v2"' } });
      expect((await auditOf(app, id)).at(-1)).toMatchObject({
        action: 'lead.moved',
        before: { pipelineId, pipelineName: 'Sales', status: 'proposal-sent', statusName: 'Proposal sent' },
        after: { pipelineId: other.id, pipelineName: 'Partners', status: 'start', statusName: 'Start', version: 2 },
      });
      const board = (await api.get(`/leads/board?pipelineId=${other.id}`)).json;
      expect(board.columns[0].cards.map((card: { name: string }) => card.name)).toEqual(['first', 'a']);
      const back = await api.post(`/leads/${id}/pipeline`, { pipelineId, status: 'closed-lost', reason: 'Over' });
      expect(back.json).toMatchObject({ pipelineId, status: 'closed-lost' });
    });

    it('fields and reasons are asked for, but not where it comes from', async () => {
      const { id } = await api.lead({ name: 'a' });
      const refused = await api.post(`/leads/${id}/pipeline`, { pipelineId: other.id, status: 'Deal' });
      expect(refused.json).toMatchObject({ status: 422, code: 'lead-incomplete', errors: [{ pointer: '/value' }] });
      await api.patch(`/leads/${id}`, { value: euros('5') }, '*');
      expect((await api.post(`/leads/${id}/pipeline`, { pipelineId: other.id, status: 'Deal' })).status).toBe(200);
      expect((await api.post(`/leads/${id}/pipeline`, { pipelineId: other.id, status: 'start' })).status).toBe(200);
    });

    it('is refused where there is no such pipeline, stage or version', async () => {
      const { id } = await api.lead({ name: 'a' });
      const stranger = callerOf(app, (await makeOrganization(app)).token);
      const [foreign] = (await stranger.get('/pipelines')).json.items;
      expect((await api.post(`/leads/${id}/pipeline`, { pipelineId: foreign.id })).json).toMatchObject({
        status: 422,
        code: 'pipeline-unknown',
      });
      expect((await api.post(`/leads/${id}/pipeline`, { pipelineId: other.id, status: 'strat' })).json).toMatchObject({
        ...{ status: 422, code: 'stage-unknown', didYouMean: 'start' },
      });
      expect((await api.post(`/leads/${id}/pipeline`, { pipelineId: other.id }, { 'if-match': '"v7"' })).status).toBe(412);
      expect((await stranger.post(`/leads/${id}/pipeline`, { pipelineId: foreign.id })).status).toBe(404);
      await api.patch(`/pipelines/${other.id}`, { archived: true }, '*');
      expect((await api.post(`/leads/${id}/pipeline`, { pipelineId: other.id })).json.code).toBe('pipeline-unknown');
    });
  });
});

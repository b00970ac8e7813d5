import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/shared/ids.js';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { type Caller, callerOf } from './caller.js';

describe('bulk operations on leads', () => {
  let app: TestApp;
  let api: Caller;

  beforeAll(async () => {
    app = await startTestApp();
    api = callerOf(app, (await makeOrganization(app)).token);
  });
  afterAll(() => app.close());

  it('does what can be done and says for each what happened', async () => {
    const [a, b, c] = [await api.lead({ name: 'A' }), await api.lead({ name: 'B' }), await api.lead({ name: 'C' })];
    const missing = newId();
    const answer = await api.post('/leads/bulk', {
      operations: [
        { op: 'update', id: a.id, version: 1, changes: { notes: 'bulk' } },
        { op: 'update', id: a.id, version: 1, changes: { notes: 'stale' } },
        { op: 'move', id: b.id, to: { status: 'Closed win', position: 0 } },
        { op: 'move', id: b.id, to: { status: 'nowhere' } },
        { op: 'delete', id: c.id },
        { op: 'restore', id: c.id },
        { op: 'delete', id: missing },
        { op: 'update', id: a.id },
      ],
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ succeeded: 4, failed: 4 });
    expect(
      answer.json.results.map(
        (result: { problem: { code: string } | null; version: number | null }) => result.problem?.code ?? result.version,
      ),
    ).toEqual([2, 'edit-conflict', 2, 'stage-unknown', null, 3, 'lead-not-found', 'validation-failed']);
    expect((await api.get(`/leads/${a.id}`)).json.notes).toBe('bulk');
    expect((await api.get(`/leads/${b.id}`)).json.status).toBe('closed-win');
  });

  it('does all or nothing when it is atomic', async () => {
    const { id } = await api.lead({ name: 'A' });
    const operations = [
      { op: 'update', id, changes: { notes: 'x' } },
      { op: 'delete', id: newId() },
    ];
    const answer = await api.post('/leads/bulk', { atomic: true, operations });
    expect(answer.status).toBe(409);
    expect(answer.json).toMatchObject({
      code: 'bulk-not-applied',
      index: 1,
      problem: { code: 'lead-not-found' },
      errors: [{ pointer: '/operations/1' }],
    });
    expect((await api.get(`/leads/${id}`)).json).toMatchObject({ notes: null, version: 1 });
  });

  it('takes a thousand operations, not more', async () => {
    const { id } = await api.lead({ name: 'A' });
    const operations = (count: number) => Array.from({ length: count }, (_, i) => ({ op: 'update', id, changes: { notes: `n${i}` } }));
    const answer = await api.post('/leads/bulk', { operations: operations(1000) });
    expect(answer.json).toMatchObject({ succeeded: 1000, failed: 0 });
    expect((await api.get(`/leads/${id}`)).json.version).toBe(1001);
    expect((await api.post('/leads/bulk', { operations: operations(1001) })).status).toBe(422);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ImportBatches } from '../../src/features/crm/imports/import-batches.js';
import { LeadImportJob } from '../../src/features/crm/imports/lead-import-job.js';
import { Interruption } from '../../src/platform/messaging/interruption.js';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { auditOf } from '../crm/caller.js';
import { type Importer, importerOf } from './importing.js';
import { contextOf } from './job-context.js';

let app: TestApp;

beforeAll(async () => {
  // No worker of its own: the tests are the workers.
  app = await startTestApp({ ROLE: 'api' });
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => app.close());

const fresh = async (): Promise<Importer> => importerOf(app, await makeOrganization(app));
const file = (rows: number): string => `Name,No\n${Array.from({ length: rows }, (_, at) => `Person ${at},n${at}`).join('\n')}\n`;
const work = (who: Importer, importId: string, signal?: AbortSignal): Promise<unknown> =>
  app.nest.get(LeadImportJob).run(contextOf(who.actor, importId, signal));
const started = async (who: Importer, rows: number): Promise<string> =>
  (await who.start(await who.file(file(rows)), { naturalKey: null })).importId;

/** After so many batches, something happens in place of the next one. */
function afterBatches(count: number, then: () => Promise<never> | void): void {
  const batches = app.nest.get(ImportBatches);
  const commit = batches.commit.bind(batches);
  let done = 0;
  jest.spyOn(batches, 'commit').mockImplementation(async (...given) => {
    if (done++ === count) await then();
    return commit(...given);
  });
}

async function expectWhole(who: Importer, importId: string, rows: number): Promise<void> {
  const { json } = await who.call('GET', `/lead-imports/${importId}`);
  expect(json).toMatchObject({ state: 'finished', counts: { read: rows, created: rows } });
  const leads = await who.leads();
  expect(leads.map(({ name }) => name)).toEqual(Array.from({ length: rows }, (_, at) => `Person ${at}`));
  expect((await who.rows(importId)).map(({ line }) => line)).toEqual(Array.from({ length: rows }, (_, at) => at + 2));
}

describe('an import whose worker dies', () => {
  it('goes on behind the last committed batch, and doubles nothing', async () => {
    const who = await fresh();
    const importId = await started(who, 1600);
    afterBatches(2, () => Promise.reject(new Error('the power went out')));
    await expect(work(who, importId)).rejects.toThrow('the power went out');
    expect((await who.call('GET', `/lead-imports/${importId}`)).json).toMatchObject({ state: 'running', counts: { read: 1000 } });
    jest.restoreAllMocks();
    await work(who, importId);
    await expectWhole(who, importId, 1600);
    // Once more changes nothing: it has ended.
    await work(who, importId);
    await expectWhole(who, importId, 1600);
  }, 60_000);

  it('is not done twice by two workers at once', async () => {
    const who = await fresh();
    const importId = await started(who, 1600);
    const ends = await Promise.allSettled([work(who, importId), work(who, importId)]);
    expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true);
    await expectWhole(who, importId, 1600);
  }, 60_000);

  it('rolls a batch back as a whole when it breaks in the middle', async () => {
    const who = await fresh();
    const importId = await started(who, 700);
    await app.database.owner.query(
      `alter table lead_import_rows add constraint breaks check (organization_id <> '${who.actor.organizationId}' or line < 600)`,
    );
    await expect(work(who, importId)).rejects.toThrow();
    expect(await who.leads()).toHaveLength(500);
    await app.database.owner.query('alter table lead_import_rows drop constraint breaks');
    await work(who, importId);
    await expectWhole(who, importId, 700);
  }, 60_000);
});

describe('a cancelled import', () => {
  it('stops after the batch it is at, says so, and can be undone', async () => {
    const who = await fresh();
    const importId = await started(who, 2600);
    const controller = new AbortController();
    afterBatches(1, () => controller.abort(new Interruption('cancelled')));
    await expect(work(who, importId, controller.signal)).rejects.toThrow('the job was cancelled');
    expect((await who.call('GET', `/lead-imports/${importId}`)).json).toMatchObject({
      state: 'cancelled',
      counts: { read: 1000, created: 1000 },
    });
    expect(await who.leads()).toHaveLength(1000);
    expect((await auditOf(app, importId)).map(({ action }) => action)).toEqual(['lead-import.started', 'lead-import.cancelled']);
    await work(who, importId);
    expect(await who.leads()).toHaveLength(1000);
    expect((await who.call('POST', `/lead-imports/${importId}/undo`)).status).toBe(202);
  }, 60_000);

  it('goes on after the process was stopped', async () => {
    const who = await fresh();
    const importId = await started(who, 1100);
    const controller = new AbortController();
    afterBatches(0, () => controller.abort(new Interruption('shutdown')));
    await expect(work(who, importId, controller.signal)).rejects.toThrow('the process stops');
    expect((await who.call('GET', `/lead-imports/${importId}`)).json.state).toBe('running');
    jest.restoreAllMocks();
    await work(who, importId);
    await expectWhole(who, importId, 1100);
  }, 60_000);

  it('is told from its job when it never began or gave up', async () => {
    const who = await fresh();
    const { importId, jobId } = await who.start(await who.file(file(1)));
    const state = async (): Promise<string> => (await who.call('GET', `/lead-imports/${importId}`)).json.state;
    expect(await state()).toBe('queued');
    await app.database.owner.query(`update jobs set state = 'CANCELLED', finished_at = now() where id = $1`, [jobId]);
    expect(await state()).toBe('cancelled');
    await app.database.owner.query(`update jobs set state = 'FAILURE', error = '{"code":"worker-lost","message":"Lost."}' where id = $1`, [
      jobId,
    ]);
    expect((await who.call('GET', `/lead-imports/${importId}`)).json).toMatchObject({ state: 'failed', error: { code: 'worker-lost' } });
    await app.database.owner.query(`delete from jobs where id = $1`, [jobId]);
    expect(await state()).toBe('failed');
  });
});

describe('two imports of one organization at once', () => {
  it('make one lead of one natural key', async () => {
    const who = await fresh();
    const ids: string[] = [];
    for (let n = 0; n < 2; n++) ids.push((await who.start(await who.file(file(900)), { naturalKey: 'attributes.no' })).importId);
    await Promise.all([work(who, ids[0] ?? ''), work(who, ids[1] ?? '')]);
    expect(await who.leads()).toHaveLength(900);
    const counts = await Promise.all(ids.map(async (id) => (await who.call('GET', `/lead-imports/${id}`)).json.counts));
    expect(counts.map(({ read }) => read)).toEqual([900, 900]);
    expect(counts[0].created + counts[1].created).toBe(900);
  }, 60_000);
});

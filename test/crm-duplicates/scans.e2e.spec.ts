import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { scopeOf } from '../crm-imports/job-context.js';
import { DuplicateScanJob } from '../../src/features/crm/duplicate-review/duplicate-scan-job.js';
import { DuplicateScansRepository } from '../../src/features/crm/duplicate-review/duplicate-scans.repository.js';
import type { DuplicateScanPayload } from '../../src/features/crm/duplicate-review/duplicate-scans.jobs.js';
import { Database } from '../../src/platform/database/database.js';
import type { JobContext } from '../../src/platform/messaging/handles.js';
import { Interruption } from '../../src/platform/messaging/interruption.js';
import { newId } from '../../src/shared/ids.js';
import { type Cluster, type Reviewer, reviewerOf } from './scanning.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
}, 60_000);
afterAll(() => app.close());

const PEOPLE = ['Ana Duarte', 'Rui Lopes', 'Marta Nunes', 'Paulo Reis', 'Ines Faria', 'Tiago Matos', 'Clara Veiga', 'Nuno Abreu'];
const ALONE = [
  'Zofia Kowalska',
  'Hiroshi Tanaka',
  'Olumide Bello',
  'Ingrid Svensson',
  'Dmitri Volkov',
  'Fatima Haddad',
  'Georg Brandl',
  'Mei Chen',
];
const mail = (name: string): string => `${name.toLowerCase().replace(' ', '.')}@firm-${name.length}.pt`;

/** Every person twice, once with a typing error; and some more who are alone. */
async function people(): Promise<{ someone: Reviewer; pairs: string[][] }> {
  const someone = reviewerOf(app, await makeOrganization(app));
  const pairs: string[][] = [];
  for (const [at, name] of PEOPLE.entries()) {
    const one = await someone.lead({
      name,
      email: mail(name),
      phone: `+351 21 ${name.charCodeAt(0)}${name.charCodeAt(1)} ${name.charCodeAt(5)}`,
    });
    const other = await someone.lead({ name: `${name.slice(0, -1)}x`, email: mail(name).toUpperCase() });
    const alone = ALONE[at] ?? '';
    await someone.lead({ name: alone, email: `${alone.split(' ')[1] ?? ''}@${alone.split(' ')[0] ?? ''}.example` });
    pairs.push([one.id, other.id]);
  }
  return { someone, pairs };
}

const idsOf = (clusters: readonly Cluster[]): string[][] => clusters.map(({ leads }) => leads.map(({ id }) => id)).sort();

/** A scan as it is written down before its job runs, and what a worker would give the handler. */
async function scanOf(
  actor: TestActor,
  signal = new AbortController().signal,
): Promise<{ scanId: string; context: JobContext<DuplicateScanPayload> }> {
  const [scanId, jobId] = [newId(), newId()];
  const scope = scopeOf(actor);
  await app.nest
    .get(Database)
    .write(scope, (tx) => app.nest.get(DuplicateScansRepository, { strict: false }).insert(tx, { id: scanId, jobId, threshold: 0.5 }));
  const context: JobContext<DuplicateScanPayload> = {
    jobId,
    attempt: 1,
    scope,
    payload: { scanId },
    signal,
    progress: () => undefined,
    once: () => Promise.resolve(true),
    state: () => undefined,
    saveState: () => Promise.resolve(),
  };
  return { scanId, context };
}

const rowOf = async (scanId: string): Promise<Record<string, unknown>> =>
  (await app.database.owner.query('select state, phase, done_count, cluster_count from lead_duplicate_scans where id = $1', [scanId]))
    .rows[0] as Record<string, unknown>;
const leftOver = async (table: string, scanId: string): Promise<number> =>
  Number((await app.database.owner.query(`select count(*) as count from ${table} where run_id = $1`, [scanId])).rows[0].count);

describe('a scan of all leads', () => {
  it('finds the same groups each time, and leaves no keys behind', async () => {
    const { someone, pairs } = await people();
    const scan = await someone.scan();
    expect(scan).toMatchObject({ state: 'finished', phase: 'done', leadCount: 24, clusterCount: 8, truncated: false });
    const found = idsOf(await someone.clusters());
    expect(found).toEqual(pairs.map((pair) => pair.sort()).sort());
    expect(await leftOver('lead_duplicate_keys', scan.id)).toBe(0);
    const again = await someone.scan();
    expect(idsOf(await someone.clusters())).toEqual(found);
    expect(await leftOver('lead_duplicate_pairs', scan.id)).toBe(0);
    expect((await someone.all<{ id: string }>('/lead-duplicate-scans')).map(({ id }) => id)).toEqual([again.id, scan.id]);
  });

  it('never shows again what was said to be two people', async () => {
    const { someone } = await people();
    await someone.scan();
    const [first, second] = await someone.clusters();
    const dismissed = await someone.call('POST', `/lead-duplicate-clusters/${first?.id}/dismiss`);
    expect(dismissed).toMatchObject({ status: 200, json: { state: 'dismissed', decidedBy: someone.actor.userId } });
    expect(await someone.call('POST', `/lead-duplicate-clusters/${first?.id}/dismiss`)).toMatchObject({ status: 409 });
    await someone.scan();
    const left = await someone.clusters();
    expect(left).toHaveLength(7);
    expect(idsOf(left)).not.toContainEqual(first?.leads.map(({ id }) => id));
    expect(idsOf(left)).toContainEqual(second?.leads.map(({ id }) => id));
    expect((await someone.clusters('dismissed')).map(({ id }) => id)).toEqual([first?.id]);
    expect((await someone.cluster(first?.id ?? '')).pairs).toHaveLength(1);
  });

  it('settles a group by merging it, and opens it again by undoing that', async () => {
    const { someone } = await people();
    await someone.scan();
    const [first, second] = await someone.clusters();
    const [stays, goes] = first?.leads ?? [];
    const merged = await someone.call('POST', `/leads/${stays?.id}/merge`, { absorb: [goes?.id] }, '"v1"');
    expect(await someone.cluster(first?.id ?? '')).toMatchObject({ state: 'merged', mergeId: merged.json.mergeId });
    expect(await someone.clusters()).toHaveLength(7);
    await someone.call('POST', `/lead-merges/${merged.json.mergeId}/undo`);
    expect(await someone.cluster(first?.id ?? '')).toMatchObject({ state: 'open', mergeId: null });
    await someone.call('DELETE', `/leads/${second?.leads[0]?.id}`);
    expect(await someone.clusters()).toHaveLength(7);
  });

  it('goes through pages and thresholds', async () => {
    const { someone } = await people();
    await someone.scan({ threshold: 0.9 });
    const all = await someone.clusters();
    const page = (await someone.call('GET', '/lead-duplicate-clusters?limit=3')).json;
    const next = (await someone.call('GET', `/lead-duplicate-clusters?limit=100&cursor=${page.nextCursor}`)).json;
    expect([...page.items, ...next.items].map(({ id }: Cluster) => id)).toEqual(all.map(({ id }) => id));
    expect((await someone.call('GET', `/lead-duplicate-clusters?state=merged&cursor=${page.nextCursor}`)).status).toBe(400);
    expect((await someone.call('GET', '/lead-duplicate-clusters?minScore=1')).json.items).toHaveLength(0);
  });

  it('is one at a time, for who may, and of one organization', async () => {
    const { someone } = await people();
    const { scanId } = await scanOf(someone.actor);
    // Its job is not there, so it counts as failed and makes room.
    const started = await someone.start();
    expect(await rowOf(scanId)).toMatchObject({ state: 'failed' });
    const refused = await someone.call('POST', '/lead-duplicate-scans', {});
    if (refused.status !== 202)
      expect(refused).toMatchObject({ status: 409, json: { code: 'duplicate-scan-running', scanId: started.scanId } });
    await someone.ended(started.scanId);
    const stranger = reviewerOf(app, await makeOrganization(app));
    const [cluster] = await someone.clusters();
    expect((await stranger.call('GET', `/lead-duplicate-scans/${started.scanId}`)).status).toBe(404);
    expect((await stranger.call('GET', `/lead-duplicate-clusters/${cluster?.id}`)).status).toBe(404);
    expect((await stranger.call('POST', `/lead-duplicate-clusters/${cluster?.id}/dismiss`)).status).toBe(404);
    expect(await stranger.scan()).toMatchObject({ state: 'finished', leadCount: 0, clusterCount: 0 });
    const member = reviewerOf(app, await addMember(app, someone.actor, 'member'));
    expect((await member.call('POST', '/lead-duplicate-scans', {})).status).toBe(403);
  });

  it('goes on where a worker died, with the same outcome', async () => {
    const { someone, pairs } = await people();
    const jobs = app.nest.get(DuplicateScanJob, { strict: false });
    const controller = new AbortController();
    const { scanId, context } = await scanOf(someone.actor, controller.signal);
    let told = 0;
    const dying = { ...context, progress: () => void (++told === 4 && controller.abort(new Interruption('shutdown'))) };
    await expect(jobs.run(dying)).rejects.toThrow('the process stops');
    expect((await rowOf(scanId))['state']).toBe('running');
    expect((await rowOf(scanId))['phase']).not.toBe('done');
    await jobs.run({ ...context, signal: new AbortController().signal });
    expect(await rowOf(scanId)).toMatchObject({ state: 'finished', phase: 'done', cluster_count: 8 });
    expect(idsOf(await someone.clusters())).toEqual(pairs.map((pair) => pair.sort()).sort());
    // Once more is nothing more.
    await jobs.run({ ...context, signal: new AbortController().signal });
    expect(await someone.clusters()).toHaveLength(8);
  });

  it('stops when it is cancelled, and leaves nothing behind', async () => {
    const { someone } = await people();
    const controller = new AbortController();
    const { scanId, context } = await scanOf(someone.actor, controller.signal);
    const stopping = { ...context, progress: () => controller.abort(new Interruption('cancelled')) };
    await expect(app.nest.get(DuplicateScanJob, { strict: false }).run(stopping)).rejects.toThrow('the job was cancelled');
    expect((await rowOf(scanId))['state']).toBe('cancelled');
    expect(await leftOver('lead_duplicate_keys', scanId)).toBe(0);
    expect(await someone.clusters()).toHaveLength(0);
  });
});

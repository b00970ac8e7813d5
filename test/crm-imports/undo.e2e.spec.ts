import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { auditOf } from '../crm/caller.js';
import { type Importer, importerOf } from './importing.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const fresh = async (): Promise<Importer> => importerOf(app, await makeOrganization(app));
/** What a lead says, without its bookkeeping. */
const said = ({ version: _, updatedAt: __, ...rest }: Record<string, unknown>): unknown => rest;

describe('POST /lead-imports/{id}/undo', () => {
  it('deletes what was made, restores what was changed, and leaves alone what somebody changed since', async () => {
    const who = await fresh();
    for (const n of [1, 2]) {
      await who.call('POST', '/leads', {
        name: `Known ${n}`,
        email: `known${n}@x.org`,
        company: 'Old',
        value: { amountMinor: '100', currency: 'EUR' },
        attributes: { size: '1' },
      });
    }
    const before = await who.leads();
    const summary = await who.run(
      'Name,Mail,Company,Value,Stage,size\nKnown 1,known1@x.org,New,5,Closed win,2\nKnown 2,known2@x.org,New,,,\nMade 1,made1@x.org,,,,\nMade 2,made2@x.org,,,,\nMade 2,made2@x.org,Later,,,\n',
      { naturalKey: 'email' },
    );
    expect(summary.counts).toMatchObject({ created: 2, updated: 3 });
    const [known1, known2, made1, made2] = await who.leads();
    for (const lead of [known2, made1]) {
      const patch = await who.call('PATCH', `/leads/${lead?.['id']}`, { notes: 'Called them' }, { 'if-match': `"v${lead?.['version']}"` });
      expect(patch.status).toBe(200);
    }
    const started = await who.call('POST', `/lead-imports/${summary.id}/undo`, undefined, { 'idempotency-key': 'u1' });
    expect(started.status).toBe(202);
    expect(started.headers['location']).toBe(`/api/v1/jobs/${started.json.jobId}`);
    expect((await who.call('POST', `/lead-imports/${summary.id}/undo`, undefined, { 'idempotency-key': 'u1' })).text).toBe(started.text);
    const undone = await who.ended(summary.id);
    expect(undone).toMatchObject({ state: 'undone', undone: { deleted: 1, restored: 1, kept: 2 }, undoJobId: started.json.jobId });
    const after = await who.leads();
    expect(after.map(({ id }) => id)).toEqual([known1?.['id'], known2?.['id'], made1?.['id']]);
    expect(said(after[0] ?? {})).toEqual(said(before[0] ?? {}));
    expect(after[1]).toMatchObject({ company: 'New', notes: 'Called them' });
    expect(after[2]).toMatchObject({ name: 'Made 1', notes: 'Called them' });
    expect((await who.rows(summary.id)).map((row) => row.undone)).toEqual(['restored', 'kept', 'kept', 'deleted', 'deleted']);
    const last = async (id: unknown): Promise<unknown> => (await auditOf(app, String(id))).at(-1);
    expect(await last(known1?.['id'])).toMatchObject({ action: 'lead.updated', before: { company: 'New' }, after: { company: 'Old' } });
    expect(await last(made2?.['id'])).toMatchObject({ action: 'lead.deleted', actor_type: 'job', before: { name: 'Made 2' } });
    expect((await auditOf(app, summary.id)).map(({ action }) => action)).toEqual([
      'lead-import.started',
      'lead-import.finished',
      'lead-import.undo-started',
      'lead-import.undone',
    ]);
    // Nothing is left to take back.
    const again = await who.call('POST', `/lead-imports/${summary.id}/undo`);
    expect([again.status, again.json.code]).toEqual([409, 'import-not-undoable']);
  });

  it('works through many leads', async () => {
    const who = await fresh();
    const text = `Name\n${Array.from({ length: 1100 }, (_, at) => `Person ${at}`).join('\n')}\n`;
    const summary = await who.run(text);
    await who.call('POST', `/lead-imports/${summary.id}/undo`);
    expect(await who.ended(summary.id)).toMatchObject({ state: 'undone', undone: { deleted: 1100, restored: 0, kept: 0 } });
    expect(await who.leads()).toEqual([]);
  }, 60_000);

  it('takes back two imports one after the other, the later one first', async () => {
    const who = await fresh();
    await who.call('POST', '/leads', { name: 'Known', email: 'known@x.org', company: 'Old' });
    const before = await who.leads();
    const first = await who.run('Name,Mail,Company\nKnown,known@x.org,New\nMade,made@x.org,New\n', { naturalKey: 'email' });
    const second = await who.run('Name,Mail,Company\nKnown,known@x.org,Newer\nMade,made@x.org,Newer\n', { naturalKey: 'email' });
    await who.call('POST', `/lead-imports/${second.id}/undo`);
    expect((await who.ended(second.id)).undone).toEqual({ deleted: 0, restored: 2, kept: 0 });
    await who.call('POST', `/lead-imports/${first.id}/undo`);
    expect((await who.ended(first.id)).undone).toEqual({ deleted: 1, restored: 1, kept: 0 });
    expect((await who.leads()).map(said)).toEqual(before.map(said));
  });

  it('has nothing to do after a dry run', async () => {
    const who = await fresh();
    const summary = await who.run('Name\nAna\n', { dryRun: true });
    const answer = await who.call('POST', `/lead-imports/${summary.id}/undo`);
    expect([answer.status, answer.json.code, answer.json.detail]).toEqual([409, 'import-not-undoable', 'A dry run changes nothing.']);
  });
});

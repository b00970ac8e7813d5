import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/shared/ids.js';
import { addMember, makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { auditOf } from '../crm/caller.js';
import { type Importer, importerOf } from './importing.js';

let app: TestApp;
let person: Importer;
let other: Importer;

beforeAll(async () => {
  app = await startTestApp();
  person = importerOf(app, await makeOrganization(app));
  other = importerOf(app, await makeOrganization(app));
});
afterAll(() => app.close());

/** An organization of its own, where a test is about what is there. */
const fresh = async (options = {}): Promise<Importer> => importerOf(app, await makeOrganization(app, options));

describe('POST /lead-imports', () => {
  it('imports a file: leads in its order, report by line, everything in the audit trail', async () => {
    const who = await fresh({ baseCurrency: 'USD' });
    const owner = await addMember(app, who.actor);
    const file = await who.file(
      `Name;E-Mail;Value;Stage;Tags;Owner;Shoe size\r\nAna Duarte;ANA@x.org;1.250,50 €;Closed win;vip, new;${owner.email};38\r\n"Ben\r\nMoss";ben@x.org;300;;;;\r\n;;;;;;\r\nCleo;nope;;Intrest;;;\r\n`,
    );
    const started = await who.call('POST', '/lead-imports', { fileId: file, dryRun: false }, { 'idempotency-key': 'k1' });
    expect(started.status).toBe(202);
    expect(started.headers['location']).toBe(`/api/v1/jobs/${started.json.jobId}`);
    const again = await who.call('POST', '/lead-imports', { fileId: file, dryRun: false }, { 'idempotency-key': 'k1' });
    expect(again.text).toBe(started.text);
    const summary = await who.ended(started.json.importId);
    expect(summary).toMatchObject({
      state: 'finished',
      dryRun: false,
      fileName: 'leads.csv',
      naturalKey: 'email',
      onDuplicate: 'update',
      counts: { read: 3, created: 2, updated: 0, unchanged: 0, duplicate: 0, failed: 1 },
      duplicatePairs: 0,
      undone: null,
      error: null,
    });
    const [ana, ben] = await who.leads();
    expect(ana).toMatchObject({
      name: 'Ana Duarte',
      email: 'ana@x.org',
      value: { amountMinor: '125050', currency: 'EUR' },
      status: 'closed-win',
      tags: ['vip', 'new'],
      ownerId: owner.userId,
      attributes: { shoe_size: '38' },
      version: 1,
    });
    expect(ben).toMatchObject({ name: 'Ben Moss', value: { amountMinor: '30000', currency: 'USD' }, status: 'interest' });
    const rows = await who.rows(summary.id);
    expect(rows.map(({ line, outcome, leadId }) => [line, outcome, leadId])).toEqual([
      [2, 'created', ana?.['id']],
      [3, 'created', ben?.['id']],
      [6, 'failed', null],
    ]);
    expect(rows[2]?.errors).toMatchObject([
      { column: 'E-Mail', code: 'email-invalid', value: 'nope' },
      { column: 'Stage', code: 'status-unknown', didYouMean: 'Interest' },
    ]);
    expect(await auditOf(app, String(ana?.['id']))).toMatchObject([
      { action: 'lead.created', actor_type: 'job', before: null, after: { name: 'Ana Duarte' } },
    ]);
    const { rows: persons } = await app.database.owner.query('select user_id from audit_events where resource_id = $1', [ana?.['id']]);
    expect(persons).toEqual([{ user_id: who.actor.userId }]);
    expect((await auditOf(app, summary.id)).map(({ action, actor_type }) => [action, actor_type])).toEqual([
      ['lead-import.started', 'user'],
      ['lead-import.finished', 'job'],
    ]);
  });

  it('keeps the order of the file on the board, behind what is there, over several batches', async () => {
    const who = await fresh();
    await who.call('POST', '/leads', { name: 'Was first' });
    const names = Array.from({ length: 1203 }, (_, at) => `Person ${String(at).padStart(4, '0')}`);
    expect(await who.run(`Name\n${names.join('\n')}\n`)).toMatchObject({ state: 'finished', counts: { read: 1203, created: 1203 } });
    await who.call('POST', '/leads', { name: 'Comes last' });
    const cards = await who.leads('?sort=position&status=interest');
    expect(cards.map(({ name }) => name)).toEqual(['Was first', ...names, 'Comes last']);
    const { rows } = await app.database.owner.query(
      'select max(length(rank)) as longest, count(distinct rank)::int as ranks from leads where organization_id = $1',
      [who.actor.organizationId],
    );
    expect(rows[0].longest).toBeLessThanOrEqual(10);
    expect(rows[0].ranks).toBe(1205);
  }, 60_000);

  it.each([
    [
      'a mapping to a column that is not there',
      { mapping: { columns: [{ from: ['Nam'], to: 'name' }] } },
      422,
      'import-mapping-wrong',
      { pointer: '/mapping/columns/0/from/0', didYouMean: 'Name' },
    ],
    [
      'a mapping to a field that is not there',
      { mapping: { columns: [{ from: ['Name'], to: 'nane' }] } },
      422,
      'import-mapping-wrong',
      { pointer: '/mapping/columns/0/to', didYouMean: 'name' },
    ],
    [
      'a default for no field',
      { mapping: { columns: [{ from: ['Name'], to: 'name' }], defaults: [{ to: 'colour', value: 'red' }] } },
      422,
      'import-mapping-wrong',
      { pointer: '/mapping/defaults/0/to' },
    ],
    ['a natural key that no column is mapped to', { naturalKey: 'phone' }, 422, 'import-mapping-wrong', { pointer: '/naturalKey' }],
    ['an unknown natural key', { naturalKey: 'id' }, 422, 'validation-failed', { pointer: '/naturalKey' }],
    [
      'skipping duplicates without a natural key',
      { naturalKey: null, onDuplicate: 'skip' },
      422,
      'validation-failed',
      { pointer: '/naturalKey' },
    ],
    ['an unknown pipeline', { pipelineId: newId() }, 422, 'pipeline-unknown', { pointer: '/pipelineId' }],
    ['an unknown rule', { onDuplicate: 'updat' }, 422, 'validation-failed', { pointer: '/onDuplicate', didYouMean: 'update' }],
    ['no word on dryRun', { dryRun: undefined }, 422, 'validation-failed', { pointer: '/dryRun' }],
    ['a file that is not there', { fileId: newId() }, 404, 'import-file-not-found', { pointer: '/fileId' }],
  ])('refuses %s', async (_, given, status, code, error) => {
    const fileId = await person.file('Name,Mail\nAna,ana@x.org\n');
    const answer = await person.call('POST', '/lead-imports', { fileId, dryRun: true, ...given });
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.json.errors[0]).toMatchObject(error);
  });

  it('refuses a file that holds no table', async () => {
    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    const fileId = await person.file(png, 'leads.png');
    const answer = await person.call('POST', '/lead-imports', { fileId, dryRun: true });
    expect([answer.status, answer.json.code]).toEqual([422, 'import-file-unreadable']);
  });

  it('is for those who may import', async () => {
    const fileId = await person.file('Name\nAna\n');
    const member = importerOf(app, await addMember(app, person.actor, 'member'));
    const { importId } = await person.start(fileId, { dryRun: true });
    for (const [method, path, body] of [
      ['POST', '/lead-imports', { fileId, dryRun: true }],
      ['POST', '/lead-imports/suggest-mapping', { fileId }],
      ['GET', '/lead-imports', undefined],
      ['GET', `/lead-imports/${importId}`, undefined],
      ['GET', `/lead-imports/${importId}/rows`, undefined],
      ['GET', `/lead-imports/${importId}/report.csv`, undefined],
      ['GET', `/lead-imports/${importId}/duplicates`, undefined],
      ['POST', `/lead-imports/${importId}/undo`, undefined],
    ] as const) {
      expect([path, (await member.call(method, path, body)).status]).toEqual([path, 403]);
    }
    await person.ended(importId);
  });

  it('knows nothing of other organizations', async () => {
    const fileId = await person.file('Name\nAna\n');
    const { importId } = await person.start(fileId, { dryRun: true });
    expect((await other.call('POST', '/lead-imports', { fileId, dryRun: true })).status).toBe(404);
    expect((await other.call('POST', '/lead-imports/suggest-mapping', { fileId })).status).toBe(404);
    for (const path of ['', '/rows', '/report.csv', '/duplicates']) {
      expect([path, (await other.call('GET', `/lead-imports/${importId}${path}`)).status]).toEqual([path, 404]);
    }
    expect((await other.call('POST', `/lead-imports/${importId}/undo`)).status).toBe(404);
    expect((await other.call('GET', '/lead-imports')).json.items).toEqual([]);
    await person.ended(importId);
  });
});

describe('natural keys', () => {
  const KEYED = { mapping: undefined, naturalKey: 'email' };

  it('updates what is there, leaves alone what is known, and never clears', async () => {
    const who = await fresh();
    const ana = (
      await who.call('POST', '/leads', {
        name: 'Ana  Duarte',
        email: 'Ana@X.org',
        company: 'Old',
        notes: 'Keep me',
        tags: ['a'],
        attributes: { size: '38', colour: 'red' },
      })
    ).json;
    const ben = (await who.call('POST', '/leads', { name: 'Ben', email: 'ben@x.org' })).json;
    const text =
      'Name,Mail,Company,Notes,Tags,Stage,size\nAna Duarte,ana@x.org,New,,,Closed win,39\nBen,ben@x.org,,,,,\nCleo,cleo@x.org,,,,,\n,ana@x.org,,,,,\n';
    const summary = await who.run(text, KEYED);
    expect(summary.counts).toEqual({ read: 4, created: 1, updated: 1, unchanged: 2, duplicate: 0, failed: 0 });
    expect((await who.call('GET', `/leads/${ana.id}`)).json).toMatchObject({
      name: 'Ana  Duarte',
      email: 'Ana@X.org',
      company: 'New',
      notes: 'Keep me',
      tags: ['a'],
      status: 'closed-win',
      attributes: { size: '39', colour: 'red' },
      version: 2,
    });
    expect((await who.call('GET', `/leads/${ben.id}`)).json.version).toBe(1);
    const [, updated] = await auditOf(app, ana.id);
    expect(updated).toMatchObject({
      action: 'lead.updated',
      actor_type: 'job',
      before: { company: 'Old' },
      after: { company: 'New', version: 2 },
    });
    // The same again is no news.
    expect((await who.run(text, KEYED)).counts).toMatchObject({ read: 4, unchanged: 4 });
  });

  it('treats the same key twice in a file as one lead, also batches apart', async () => {
    const who = await fresh();
    const lines = Array.from({ length: 1300 }, (_, at) => `Person ${at % 900},${at % 900},${at < 900 ? 'first' : 'second'}`);
    const summary = await who.run(`Name,Customer No,Source\n${lines.join('\n')}\n`, { naturalKey: 'attributes.customer_no' });
    expect(summary.counts).toMatchObject({ read: 1300, created: 900, updated: 400, failed: 0 });
    const leads = await who.leads();
    expect(leads).toHaveLength(900);
    expect(leads.filter((lead) => lead['source'] === 'second')).toHaveLength(400);
  }, 60_000);

  it('does not guess between several leads of one key', async () => {
    const who = await fresh();
    for (const name of ['One', 'Two']) await who.call('POST', '/leads', { name, phone: '+351 21 000 1111' });
    const summary = await who.run('Name,Phone\nThree,00351 210001111\n', { naturalKey: 'phone' });
    expect(summary.counts).toMatchObject({ created: 0, failed: 1 });
    expect((await who.rows(summary.id))[0]?.errors).toMatchObject([{ column: null, code: 'natural-key-ambiguous' }]);
  });

  it('leaves out or makes another one, as is wished', async () => {
    const who = await fresh();
    const known = (await who.call('POST', '/leads', { name: 'Ana', company: 'Acme' })).json;
    const text = 'Name,Company,Source\nana,ACME,fair\nBen,Acme,fair\nben,acme,fair\n';
    const skipped = await who.run(text, { naturalKey: 'name+company', onDuplicate: 'skip' });
    expect(skipped.counts).toMatchObject({ read: 3, created: 1, duplicate: 2 });
    expect((await who.rows(skipped.id, '?outcome=duplicate')).map(({ line }) => line)).toEqual([2, 4]);
    expect((await who.rows(skipped.id))[0]?.leadId).toBe(known.id);
    expect((await who.run(text, { naturalKey: 'name+company', onDuplicate: 'import' })).counts).toMatchObject({ created: 3 });
    expect(await who.leads()).toHaveLength(5);
  });
});

describe('faults', () => {
  it('stops before the first one when asked to', async () => {
    const who = await fresh();
    const summary = await who.run('Name,Mail\nAna,ana@x.org\nBen,ben\nCleo,cleo@x.org\n', { onError: 'stop' });
    expect(summary).toMatchObject({ state: 'stopped', counts: { read: 2, created: 1, failed: 1 } });
    expect(await who.leads()).toHaveLength(1);
    expect((await auditOf(app, summary.id)).map(({ action }) => action)).toEqual(['lead-import.started', 'lead-import.stopped']);
  });

  it('reports them as CSV that no spreadsheet runs', async () => {
    const who = await fresh();
    const summary = await who.run('Name,Mail\n"=HYPERLINK(""x"")",a@x.org\nBen,=1+1\n');
    const report = await who.call('GET', `/lead-imports/${summary.id}/report.csv`);
    expect(report.headers['content-type']).toContain('text/csv');
    expect(report.headers['content-disposition']).toContain('import-report.csv');
    const [ana] = await who.leads();
    const quoted = String.raw`"'=HYPERLINK(""x"")"`;
    expect(report.text).toBe(
      `\ufeffline,outcome,leadId,name,errors,undone\r\n2,created,${ana?.['id']},${quoted},,\r\n3,failed,,,"Mail: ""=1+1"" is not an e-mail address.",\r\n`,
    );
    expect((await auditOf(app, summary.id)).map(({ action }) => action)).toContain('lead-import.report-exported');
  });

  it('fails with a reason when the file is gone', async () => {
    const who = await fresh();
    const fileId = await who.file('Name\nAna\n');
    const { importId } = await who.start(fileId);
    await who.ended(importId);
    await app.database.owner.query(`update lead_imports set state = 'queued', phase = 'rows' where id = $1`, [importId]);
    expect((await who.call('DELETE', `/files/${fileId}`)).status).toBe(204);
    const { LeadImportJob } = await import('../../src/features/crm/imports/lead-import-job.js');
    const { contextOf } = await import('./job-context.js');
    await expect(app.nest.get(LeadImportJob).run(contextOf(who.actor, importId))).rejects.toThrow();
    expect((await who.call('GET', `/lead-imports/${importId}`)).json).toMatchObject({ state: 'failed', error: { code: 'file-not-found' } });
  });
});

describe('the job of an import', () => {
  it('tells how far it is, and stops when it is cancelled', async () => {
    const who = await fresh();
    const rows = 20_000;
    const { importId, jobId } = await who.start(
      await who.file(`Name\n${Array.from({ length: rows }, (_, at) => `Person ${at}`).join('\n')}\n`),
    );
    const job = async (): Promise<{ state: string; progress: { done: number; total: number } | null }> =>
      (await who.call('GET', `/jobs/${jobId}`)).json;
    while (((await job()).progress?.done ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const { done, total } = (await job()).progress ?? { done: 0, total: 0 };
    expect([done > 0, done <= total, total > 100_000]).toEqual([true, true, true]);
    expect((await who.call('POST', `/jobs/${jobId}/cancel`)).status).toBe(200);
    const summary = await who.ended(importId);
    expect(summary.state).toBe('cancelled');
    expect(summary.counts.created).toBeLessThan(rows);
    for (let tries = 0; (await job()).state !== 'CANCELLED' && tries < 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 25));
    expect((await job()).state).toBe('CANCELLED');
    const { rows: counted } = await app.database.owner.query('select count(*)::int as count from leads where organization_id = $1', [
      who.actor.organizationId,
    ]);
    expect(counted).toEqual([{ count: summary.counts.created }]);
  }, 60_000);
});

describe('lists', () => {
  it('gives imports newest first, page by page', async () => {
    const who = await fresh();
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.unshift((await who.run('Name\nAna\n', { dryRun: true })).id);
    const first = await who.call('GET', '/lead-imports?limit=2');
    expect(first.json.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
    const second = await who.call('GET', `/lead-imports?limit=2&cursor=${first.json.nextCursor}`);
    expect(second.json).toMatchObject({ items: [{ id: ids[2] }], nextCursor: null });
    expect((await who.call('GET', `/lead-imports?cursor=x${first.json.nextCursor}`)).json.code).toBe('invalid-cursor');
    expect((await who.call('GET', `/lead-imports/${ids[0]}/rows?cursor=${first.json.nextCursor}`)).json.code).toBe('invalid-cursor');
    expect((await who.call('GET', `/lead-imports/${ids[0]}/rows?outcome=creatd`)).json.errors[0]).toMatchObject({ didYouMean: 'created' });
    expect((await who.call('GET', `/lead-imports/${newId()}`)).json.code).toBe('lead-import-not-found');
    expect((await who.call('GET', '/lead-imports/nonsense')).status).toBeLessThan(500);
  });
});

describe('POST /lead-imports/suggest-mapping', () => {
  it('tells what it sees', async () => {
    const fileId = await person.file('First name,Last name,E-Mail,Customer ID\nAna,Duarte,ana@x.org,7\n');
    const { status, json } = await person.call('POST', '/lead-imports/suggest-mapping', { fileId });
    expect(status).toBe(200);
    expect(json).toEqual({
      headers: ['First name', 'Last name', 'E-Mail', 'Customer ID'],
      sample: [{ line: 2, cells: ['Ana', 'Duarte', 'ana@x.org', '7'] }],
      mapping: {
        columns: [
          { from: ['First name', 'Last name'], to: 'name' },
          { from: ['E-Mail'], to: 'email' },
          { from: ['Customer ID'], to: 'attributes.customer_id' },
        ],
      },
      naturalKey: 'attributes.customer_id',
    });
    expect(
      (await person.call('POST', '/lead-imports', { fileId, dryRun: true, mapping: json.mapping, naturalKey: json.naturalKey })).status,
    ).toBe(202);
  });
});

describe('duplicates', () => {
  it('are found in the file and among the leads there were, with the reasons', async () => {
    const who = await fresh();
    const known = (await who.call('POST', '/leads', { name: 'Ana Duarte', email: 'ana@duarte.pt', phone: '+351 210 001 112' })).json;
    const summary = await who.run(
      'Name,Mail,Phone\nAna Duarte,ana@duarte.pt,+351 210 001 112\nBen Moss,ben@moss.org,\nBen Mos,ben@moss.org,\nCleo Hart,cleo@x.org,\n',
      { naturalKey: null },
    );
    expect(summary).toMatchObject({ counts: { created: 4 }, duplicatePairs: 2 });
    const pairs = await who.pairs(summary.id);
    expect(pairs.map(({ line, otherLine, otherLeadId }) => [line, otherLine, otherLeadId === known.id]).sort()).toEqual([
      [2, null, true],
      [3, 4, false],
    ]);
    for (const { score, factors } of pairs) {
      expect(score).toBeGreaterThan(0.5);
      expect(factors.map(({ explanation }) => explanation)).toContain('E-mail is the same');
    }
  });
});

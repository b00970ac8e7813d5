import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { type Importer, importerOf, type ReportPair, type ReportRow } from './importing.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const fresh = async (): Promise<Importer> => importerOf(app, await makeOrganization(app));

/** Everything an import can change. */
async function everything(who: Importer): Promise<unknown> {
  const leads = await who.leads('?sort=created&deleted=include');
  const { rows } = await app.database.owner.query(
    `select rank, version, updated_at, (select count(*)::int from audit_events a where a.organization_id = $1 and a.resource_type = 'lead') as events
     from leads where organization_id = $1 order by id`,
    [who.actor.organizationId],
  );
  return { leads, rows };
}

/** A report without the ids of leads that a dry run cannot know. */
const comparable = (rows: readonly ReportRow[], wereThere: ReadonlySet<unknown>) =>
  rows.map((row) => ({ ...row, leadId: wereThere.has(row.leadId) ? row.leadId : null }));
const comparablePairs = (pairs: readonly ReportPair[], wereThere: ReadonlySet<unknown>) =>
  pairs.map((pair) => ({
    ...pair,
    leadId: wereThere.has(pair.leadId) ? pair.leadId : null,
    otherLeadId: wereThere.has(pair.otherLeadId) ? pair.otherLeadId : null,
  }));

/** Files with few different values, so that rows meet one another and the leads there are; some rows are broken. */
const cell = (...values: string[]) => fc.constantFrom(...values);
const row = fc.record({
  name: cell('Ana Duarte', 'Ben Moss', 'ana duarte', 'Cleo', '', '=1+1', 'Dora "D" Lane', 'Eli\nEast'),
  company: cell('', 'Acme', 'ACME', 'Initech'),
  mail: cell('', 'ana@x.org', 'ANA@x.org', 'ben@x.org', 'cleo@x.org', 'broken'),
  phone: cell('', '+351 210 001 112', '00351210001112', '030 123456', 'call me'),
  value: cell('', '10', '1.250,50', '10 EUR', 'much'),
  stage: cell('', 'Interest', 'closed-win', 'Intrest'),
  size: cell('', '38', '39', '40', '41', '42'),
  tags: cell('', 'vip', 'vip; new'),
});
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const csv = (rows: readonly Record<string, string>[], broken: boolean): string =>
  `name,company,mail,phone,value,stage,size,tags\n${rows.map((one) => Object.values(one).map(quoted).join(',')).join('\n')}\n${broken ? '"never closed\n' : ''}`;

const rules = fc.record({
  naturalKey: fc.constantFrom('email', 'phone', 'name+company', 'attributes.size', null),
  onDuplicate: fc.constantFrom('update', 'skip', 'import'),
  onError: fc.constantFrom('skip', 'skip', 'stop'),
});

describe('a dry run', () => {
  it('reports row by row exactly what the real import then does, and changes nothing', async () => {
    const counted = { files: 0, rows: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 2, maxLength: 40, size: 'large' }),
        fc.array(row, { maxLength: 8, size: 'large' }),
        fc.boolean(),
        rules,
        async (rows, before, broken, { naturalKey, onDuplicate, onError }) => {
          const who = await fresh();
          if (before.length > 0) await who.run(csv(before, false), { naturalKey: null });
          const earlier = await everything(who);
          const wereThere = new Set((await who.leads()).map(({ id }) => id));
          const fileId = await who.file(csv(rows, broken));
          const options = { naturalKey, onError, onDuplicate: naturalKey === null ? 'import' : onDuplicate };
          const [dry, real] = [
            { ...options, dryRun: true },
            { ...options, dryRun: false },
          ];
          const dryRun = await who.ended((await who.start(fileId, dry)).importId);
          expect(await everything(who)).toEqual(earlier);
          const realRun = await who.ended((await who.start(fileId, real)).importId);
          expect([realRun.state, realRun.counts, realRun.duplicatePairs]).toEqual([dryRun.state, dryRun.counts, dryRun.duplicatePairs]);
          expect(['finished', 'stopped']).toContain(realRun.state);
          expect(comparable(await who.rows(realRun.id), wereThere)).toEqual(await who.rows(dryRun.id));
          expect(comparablePairs(await who.pairs(realRun.id), wereThere)).toEqual(await who.pairs(dryRun.id));
          const after = await who.leads();
          expect(after.length).toBe(wereThere.size + realRun.counts.created);
          counted.files += 1;
          counted.rows += rows.length;
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
    console.log(`dry run equals real run: ${counted.files} files, ${counted.rows} rows compared`);
  }, 180_000);

  it('agrees over batches, where rows meet leads that an earlier batch made', async () => {
    const who = await fresh();
    await who.run('name,no\nPerson 5,n5\nPerson 6,n6\nAlso 6,n6\n', { naturalKey: null });
    const wereThere = new Set((await who.leads()).map(({ id }) => id));
    const lines = Array.from({ length: 1700 }, (_, at) => `Person ${(at * 7) % 1000},n${(at * 7) % 1000},${at % 3 === 0 ? 'a' : 'b'}`);
    const fileId = await who.file(`name,no,source\n${lines.join('\n')}\n`);
    const options = { naturalKey: 'attributes.no' };
    const dry = await who.ended((await who.start(fileId, { ...options, dryRun: true })).importId);
    const real = await who.ended((await who.start(fileId, { ...options, dryRun: false })).importId);
    expect(dry.counts.updated).toBeGreaterThan(100);
    expect(dry.counts.unchanged).toBeGreaterThan(100);
    expect(dry.counts.failed).toBeGreaterThan(0);
    expect(real.counts).toEqual(dry.counts);
    expect(comparable(await who.rows(real.id), wereThere)).toEqual(await who.rows(dry.id));
  }, 120_000);
});

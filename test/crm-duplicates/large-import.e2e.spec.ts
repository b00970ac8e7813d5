import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ImportLargeSearch } from '../../src/features/crm/imports/import-large-search.js';
import { LeadImportsRepository } from '../../src/features/crm/imports/lead-imports.repository.js';
import { Interruption } from '../../src/platform/messaging/interruption.js';
import { Database } from '../../src/platform/database/database.js';
import { importerOf, type Importer, type ReportPair } from '../crm-imports/importing.js';
import { scopeOf } from '../crm-imports/job-context.js';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
}, 60_000);
afterAll(() => app.close());

const NAMES = ['Zofia Kowalska', 'Hiroshi Tanaka', 'Olumide Bello', 'Ingrid Svensson', 'Dmitri Volkov', 'Fatima Haddad', 'Georg Brandl'];
const row = (name: string, mark = ''): string => `${name}${mark},${name.toLowerCase().replace(' ', '.')}@firm.example`;
const CSV = [
  'name,email',
  ...NAMES.map((name) => row(name)),
  ...NAMES.slice(0, 3).map((name) => row(name, 'x')),
  'Ana Duarte,ana@duarte.example',
].join('\n');

const shown = (pairs: readonly ReportPair[]) =>
  pairs
    .map(({ line, leadId, otherLine, otherLeadId, score, factors }) => ({
      line,
      leadId,
      otherLine,
      otherLeadId,
      score,
      reasons: factors.map(({ explanation }) => explanation),
    }))
    .sort((a, b) => a.line - b.line);

/** Keys and pairs of a search that are still there. */
async function leftOf(importId: string): Promise<number> {
  const { rows } = await app.database.owner.query(
    'select (select count(*) from lead_duplicate_keys where run_id = $1) + (select count(*) from lead_duplicate_pairs where run_id = $1) as count',
    [importId],
  );
  return Number(rows[0].count);
}

/** Lets the search that imports of any size have look at an import again that the one in memory has looked at. */
async function searchedAgain(
  person: Importer,
  importId: string,
  how = { signal: new AbortController().signal, progress: (): void => undefined },
): Promise<ReportPair[]> {
  const { owner } = app.database;
  await owner.query('delete from lead_import_pairs where import_id = $1', [importId]);
  await owner.query(`update lead_imports set state = 'running', phase = 'duplicates', pair_count = null where id = $1`, [importId]);
  const scope = scopeOf(person.actor);
  const made = await app.nest.get(Database).write(scope, (tx) => app.nest.get(LeadImportsRepository, { strict: false }).lock(tx, importId));
  if (!made) throw new Error('the import is gone');
  await app.nest.get(ImportLargeSearch, { strict: false }).search({ scope, ...how }, made);
  return person.pairs(importId);
}

describe('the search for duplicates of an import of any size', () => {
  it.each([false, true])('reports what the search in memory reports (dry run: %s)', async (dryRun) => {
    const person = importerOf(app, await makeOrganization(app));
    await person.call('POST', '/leads', { name: 'Ana Duarte', email: 'ana@duarte.example' });
    await person.call('POST', '/leads', { name: 'Somebody Else', email: 'else@other.example' });
    const made = await person.run(CSV, { dryRun, naturalKey: null, onDuplicate: 'import' });
    expect(made).toMatchObject({ state: 'finished', counts: { created: 11 }, duplicatePairs: 4 });
    const before = await person.pairs(made.id);
    const after = await searchedAgain(person, made.id);
    expect(shown(after)).toEqual(shown(before));
    expect(await person.ended(made.id)).toMatchObject({ state: 'finished', duplicatePairs: 4 });
    expect(await leftOf(made.id)).toBe(0);
  });

  it.each([new Interruption('cancelled'), new Error('broken')])('leaves nothing behind when it ends by %s', async (why) => {
    const person = importerOf(app, await makeOrganization(app));
    const made = await person.run(CSV, { naturalKey: null, onDuplicate: 'import' });
    const stop = new AbortController();
    let written = 0;
    const progress = () => {
      void leftOf(made.id).then((count) => (written = Math.max(written, count)));
      stop.abort(why);
    };
    await expect(searchedAgain(person, made.id, { signal: stop.signal, progress })).rejects.toThrow();
    expect(await leftOf(made.id)).toBe(0);
    expect(written).toBeGreaterThan(0);
  });
});

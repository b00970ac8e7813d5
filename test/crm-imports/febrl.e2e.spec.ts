import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { type Importer, importerOf, type ImportSummary } from './importing.js';

/** 1,000 records of 500 made-up people, half of them with typing errors; beside the project, not in it. */
const FILE = path.resolve('..', 'shared', 'data', 'people', 'febrl-dataset1.csv');
const hasData = fs.existsSync(FILE);

const personOf = (recordId: string): string => recordId.replace(/^rec-(\d+)-.*$/, '$1');

/** A name with one typing error, by turns a wrong, a missing, a doubled and two swapped letters. */
function misspelt(name: string, turn: number): string {
  const at = 1 + ((turn * 7) % Math.max(1, name.length - 2));
  const place = name[at] === ' ' || name[at + 1] === ' ' ? 1 : at;
  const [before, letter, after] = [name.slice(0, place), name.charAt(place), name.slice(place + 1)];
  if (turn % 4 === 0) return `${before}${letter === 'x' ? 'q' : 'x'}${after}`;
  if (turn % 4 === 1) return before + after;
  if (turn % 4 === 2) return before + letter + letter + after;
  return before + after.charAt(0) + letter + after.slice(1);
}

(hasData ? describe : describe.skip)('real input: febrl-dataset1.csv', () => {
  let app: TestApp;
  let person: Importer;
  let summary: ImportSummary;
  let leads: Record<string, unknown>[];

  beforeAll(async () => {
    app = await startTestApp();
    person = importerOf(app, await makeOrganization(app, { name: 'Febrl', country: 'AU' }));
    summary = await person.run(fs.readFileSync(FILE));
    leads = await person.leads();
  }, 120_000);
  afterAll(() => app.close());

  it('imports every row through the API', () => {
    expect(summary).toMatchObject({ state: 'finished', counts: { read: 1000, created: 1000, failed: 0 } });
    expect(leads).toHaveLength(1000);
    const seconds = (Date.parse(summary.finishedAt) - Date.parse(summary.startedAt)) / 1000;
    console.log(`febrl: ${summary.rowsPerSecond} rows per second; ${seconds} s from start to end, search for duplicates included`);
  });

  it('reports the duplicates that are true', async () => {
    const recordOf = new Map(leads.map((lead) => [lead['id'], (lead['attributes'] as Record<string, string>)['rec_id'] ?? '']));
    const pairs = (await person.pairs(summary.id)).map(({ leadId, otherLeadId }) => [recordOf.get(leadId), recordOf.get(otherLeadId)]);
    const right = pairs.filter(([one = '1', other = '2']) => personOf(one) === personOf(other)).length;
    const counts = new Map<string, number>();
    for (const record of recordOf.values()) counts.set(personOf(record), (counts.get(personOf(record)) ?? 0) + 1);
    const truth = [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
    const [precision, recall] = [right / pairs.length, right / truth];
    const f1 = (2 * precision * recall) / (precision + recall);
    console.log(
      `febrl: ${pairs.length} pairs reported, ${truth} true: precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}, F1 ${f1.toFixed(4)}`,
    );
    expect(truth).toBe(500);
    expect(f1).toBeGreaterThanOrEqual(0.99);
  });

  it('finds the person of a misspelt name in the first three hits', async () => {
    const names = leads
      .filter((lead) => String((lead['attributes'] as Record<string, string>)['rec_id']).endsWith('-org'))
      .map(({ name }) => String(name));
    const known = [...new Set(names)].filter((name) => /^[a-z]{4,} [a-z]{4,}$/.test(name)).sort();
    const asked = known.filter((_, at) => at % Math.floor(known.length / 50) === 0).slice(0, 50);
    const missed: string[] = [];
    for (const [turn, name] of asked.entries()) {
      const typed = misspelt(name, turn);
      const { json } = await person.call('GET', `/leads/search?q=${encodeURIComponent(typed)}`);
      const hits = (json.items as { name: string }[]).slice(0, 3).map((hit) => hit.name);
      if (!hits.includes(name)) missed.push(`${typed} (${name}): ${hits.join(', ')}`);
    }
    console.log(`febrl: ${asked.length - missed.length} of ${asked.length} misspelt names find their person in the first three hits`);
    expect(asked).toHaveLength(50);
    expect(missed).toEqual([]);
  }, 60_000);
});

if (!hasData) it('real input: febrl-dataset1.csv', () => console.log('skipped: no data'));

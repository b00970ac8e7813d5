import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { importerOf } from '../crm-imports/importing.js';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { type Cluster, type Reviewer, reviewerOf, type ScanSummary } from './scanning.js';

/** 1,000 records of 500 made-up people, half of them with typing errors; beside the project, not in it. */
const FILE = path.resolve('..', 'shared', 'data', 'people', 'febrl-dataset1.csv');
const hasData = fs.existsSync(FILE);

const personOf = (recordId: string): string => recordId.replace(/^rec-(\d+)-.*$/, '$1');

(hasData ? describe : describe.skip)('real input: febrl-dataset1.csv through the scan', () => {
  let app: TestApp;
  let reviewer: Reviewer;
  let scan: ScanSummary;
  let recordOf: Map<string, string>;

  beforeAll(async () => {
    app = await startTestApp();
    const actor = await makeOrganization(app, { name: 'Febrl', country: 'AU' });
    const person = importerOf(app, actor);
    reviewer = reviewerOf(app, actor);
    await person.run(fs.readFileSync(FILE));
    const leads = await person.leads();
    recordOf = new Map(leads.map(({ id, attributes }) => [id as string, (attributes as Record<string, string>)['rec_id'] ?? '']));
    scan = await reviewer.scan();
  }, 120_000);
  afterAll(() => app.close());

  it('groups the records of each person', async () => {
    const clusters = await reviewer.clusters();
    const person = (id: string): string => personOf(recordOf.get(id) ?? id);
    let [right, said] = [0, 0];
    for (const { leads } of clusters) {
      for (const [at, one] of leads.entries()) {
        for (const other of leads.slice(at + 1)) {
          said++;
          if (person(one.id) === person(other.id)) right++;
        }
      }
    }
    const [precision, recall] = [right / said, right / 500];
    const f1 = (2 * precision * recall) / (precision + recall);
    console.log(
      `febrl scan: ${clusters.length} groups, ${said} pairs, 500 true: precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}, F1 ${f1.toFixed(4)}; ${scan.comparedPairs} pairs compared`,
    );
    expect(scan).toMatchObject({ state: 'finished', phase: 'done', leadCount: 1000, clusterCount: clusters.length, truncated: false });
    expect(f1).toBeGreaterThanOrEqual(0.99);
  });

  it('shows the surest first, with the reasons', async () => {
    const scores = (await reviewer.clusters()).map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    const [first] = await reviewer.clusters();
    const { pairs, leads }: Cluster = await reviewer.cluster(first?.id ?? '');
    expect(pairs[0]).toMatchObject({ leftId: leads[0]?.id, rightId: leads[1]?.id });
    expect(pairs[0]?.factors[0]?.explanation).toMatch(/is the same/);
  });
});

if (!hasData) it('real input: febrl-dataset1.csv through the scan', () => console.log('skipped: no data'));

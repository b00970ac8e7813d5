import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { type Caller, callerOf } from './caller.js';

const GIVEN = 'lachlan deakin kayla sophie annabel connor mikaela isabella harrison charlotte joshua georgia'.split(' ');
const FAMILY = 'waller berry sondergeld ryan matthews shepherd campbell lodge browne coleman webb mccarthy clarke hobson'.split(' ');
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];

type Typo = (word: string, at: number, letter: string) => string;

const TYPOS: readonly Typo[] = [
  (word, at) => word.slice(0, at) + word.slice(at + 1),
  (word, at, letter) => word.slice(0, at) + letter + word.slice(at),
  (word, at, letter) => word.slice(0, at) + letter + word.slice(at + 1),
  (word, at) => word.slice(0, at - 1) + (word[at] ?? '') + (word[at - 1] ?? '') + word.slice(at + 1),
];

const typo = fc.record({ make: fc.constantFrom(...TYPOS), at: fc.nat(20), letter: fc.constantFrom(...LETTERS) });
const misspelt = (word: string, { make, at, letter }: { make: Typo; at: number; letter: string }): string =>
  make(word, 1 + (at % (word.length - 1)), letter);

describe('search for misspelt names', () => {
  let app: TestApp;
  let api: Caller;

  beforeAll(async () => {
    app = await startTestApp();
    api = callerOf(app, (await makeOrganization(app)).token);
    for (const given of GIVEN)
      await Promise.all(FAMILY.map((family) => api.lead({ name: `${given} ${family}`, company: 'Willow & Partners' })));
  });
  afterAll(() => app.close());

  const firstThree = async (q: string): Promise<string[]> =>
    (await api.get(`/leads/search?limit=3&q=${encodeURIComponent(q)}`)).json.items.map((hit: { name: string }) => hit.name);

  it('has the person among the first three with one typing error in either name, in either order', async () => {
    const question = fc.record({
      given: fc.constantFrom(...GIVEN),
      family: fc.constantFrom(...FAMILY),
      inGiven: fc.boolean(),
      turned: fc.boolean(),
      error: typo,
    });
    for (const { given, family, inGiven, turned, error } of fc.sample(question, { numRuns: 150, seed: 20_261_121 })) {
      const words = inGiven ? [misspelt(given, error), family] : [given, misspelt(family, error)];
      const q = (turned ? words.reverse() : words).join(' ');
      expect({ q, found: await firstThree(q) }).toEqual({ q, found: expect.arrayContaining([`${given} ${family}`]) });
    }
  }, 60_000);

  it('has them nearly always with an error in both names', async () => {
    const question = fc.record({ given: fc.constantFrom(...GIVEN), family: fc.constantFrom(...FAMILY), one: typo, other: typo });
    let found = 0;
    for (const { given, family, one, other } of fc.sample(question, { numRuns: 100, seed: 7 })) {
      if ((await firstThree(`${misspelt(given, one)} ${misspelt(family, other)}`)).includes(`${given} ${family}`)) found++;
    }
    expect(found).toBeGreaterThanOrEqual(95);
  }, 60_000);

  it('is not fooled by a thousand leads that share the other word', async () => {
    const answer = await api.get('/leads/search?q=partnrs');
    expect(answer.json.items).toHaveLength(10);
    expect(answer.json.items[0].match).toBe('similar');
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../harness/test-app.js';
import type { UtteranceCase } from './format.js';
import { HELD_OUT } from './held-out.js';
import { type Graded, graded, rightRate, table, totals } from './observed.js';
import { PlayedChat } from './played-chat.js';
import { SEEN } from './seen.js';
import { simulated } from './simulated-chat.js';

/**
 * Somebody else wrote the held-out cases, and only their numbers were looked at: at the first run 134 of 145 right in memory and 133 to the
 * real assistant, none with a wrong lead changed.
 */
const HELD_OUT_FLOOR = 0.9;
const SEEN_FLOOR = 0.97;
/** Organizations talked in at the same time: most of a turn is waiting for the queue. */
const LANES = 6;

const wrongLeads = (results: readonly Graded[]): string[] => results.flatMap((one) => one.wrongLeads.map((lead) => `${one.id}: ${lead}`));

describe('what people say, understood in memory', () => {
  it('gives every case a name of its own', () => {
    const ids = [...SEEN, ...HELD_OUT].map(({ id }) => id);
    expect(ids.length).toBe(new Set(ids).size);
    expect(SEEN.length).toBeGreaterThanOrEqual(120);
    expect(HELD_OUT.length).toBeGreaterThanOrEqual(100);
  });

  it.each([
    ['seen', SEEN, SEEN_FLOOR],
    ['held-out', HELD_OUT, HELD_OUT_FLOOR],
  ] as const)('reads the %s utterances', (_name, cases, floor) => {
    const results = cases.map((one) => graded(one, simulated(one)));
    expect(wrongLeads(results)).toEqual([]);
    expect(rightRate(results)).toBeGreaterThanOrEqual(floor);
  });
});

describe('what people say, to the real assistant', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  /** Every case in a conversation of its own, in the order of the lanes. */
  async function played(cases: readonly UtteranceCase[]): Promise<Graded[]> {
    const results = new Map<string, Graded>();
    const byPlace = { dot: cases.filter(({ where }) => where !== 'comma'), comma: cases.filter(({ where }) => where === 'comma') };
    const lane = async (where: 'dot' | 'comma', waiting: UtteranceCase[]): Promise<void> => {
      const chat = await PlayedChat.open(app, where);
      for (let one = waiting.shift(); one; one = waiting.shift()) results.set(one.id, graded(one, await chat.play(one)));
    };
    const [dots, commas] = [[...byPlace.dot], [...byPlace.comma]];
    await Promise.all([...Array.from({ length: LANES - 1 }, () => lane('dot', dots)), lane('comma', commas)]);
    return cases.map(({ id }) => results.get(id)).filter((one) => one !== undefined);
  }

  it.each([
    ['seen', SEEN, SEEN_FLOOR],
    ['held-out', HELD_OUT, HELD_OUT_FLOOR],
  ] as const)(
    'does what the %s utterances ask for, and changes no wrong lead',
    async (name, cases, floor) => {
      const results = await played(cases);
      // Of the held-out cases only the numbers may be looked at.
      console.log(name === 'held-out' ? totals(name, results) : table(name, results));
      expect(results).toHaveLength(cases.length);
      expect(wrongLeads(results)).toEqual([]);
      expect(rightRate(results)).toBeGreaterThanOrEqual(floor);
    },
    60_000,
  );
});

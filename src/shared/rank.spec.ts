import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isRank, rankBetween, rankJitter, rebalancedRanks } from './rank.js';

const DIGITS = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];
const digit = fc.constantFrom(...DIGITS);
const jitter = fc.string({ unit: digit, minLength: 5, maxLength: 5 });
const key = fc.string({ unit: fc.oneof(digit, fc.constantFrom('0', 'z', 'Z', 'a', 'A')), minLength: 1, maxLength: 12 }).filter(isRank);

/** Jitters that differ from call to call, as the ids of real rows do. */
function* jitters(): Generator<string, never> {
  for (let seed = 1; ; seed++) yield rankJitter(((seed * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0'));
}

describe('rankBetween', () => {
  it('starts an empty column', () => {
    expect(rankBetween(null, null, 'Xy3kQ')).toBe('a0Xy3kQ');
  });

  it.each([
    ['a0Xy3kQ', null, 'a1'],
    ['azXy3kQ', null, 'b00'],
    ['Zz1', null, 'a0'],
    ['Yzz1', null, 'Z0'],
    [`z${'z'.repeat(26)}1`, null, `z${'z'.repeat(26)}G`],
    [null, 'a0Xy3kQ', 'Zz'],
    [null, 'Z0Xy3kQ', 'Yzz'],
    [null, 'b00Xy3kQ', 'az'],
    [null, `A${'0'.repeat(26)}1`, '8'],
    ['a1', 'a3', 'a2'],
    ['a1', 'a2', 'a1F'],
    ['a1', 'a1001', 'a1000F'],
    ['a1', 'a10V', 'a10O'],
  ])('puts a card between %s and %s at %s', (before, after, stem) => {
    expect(rankBetween(before, after, 'JJJJJ')).toBe(`${stem}JJJJJ`);
  });

  it('never ends in a zero, and stays distinct then', () => {
    expect(rankBetween(null, null, '')).toBe('a0V');
    expect(rankBetween('a1', 'a3', 'JJJJ0')).toBe('a2JJJJ0V');
  });

  it('lies strictly between any two keys, whatever the jitter', () => {
    fc.assert(
      fc.property(key, key, jitter, (one, other, tail) => {
        fc.pre(one !== other);
        const [low, high] = one < other ? [one, other] : [other, one];
        for (const [before, after] of [
          [low, high],
          [low, null],
          [null, high],
        ]) {
          const rank = rankBetween(before, after, tail);
          expect(isRank(rank)).toBe(true);
          expect(before === null || before < rank).toBe(true);
          expect(after === null || rank < after).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('gives different keys for different jitters in one gap', () => {
    fc.assert(
      fc.property(key, fc.uniqueArray(jitter, { minLength: 2, maxLength: 20 }), (before, tails) => {
        expect(new Set(tails.map((tail) => rankBetween(before, null, tail))).size).toBe(tails.length);
      }),
    );
  });

  it('keeps a total order through 1,000 inserts at random places', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 1000, maxLength: 1000 }), (places) => {
        const column: string[] = [];
        const tails = jitters();
        for (const place of places) {
          const at = place % (column.length + 1);
          column.splice(at, 0, rankBetween(column[at - 1] ?? null, column[at] ?? null, tails.next().value));
        }
        expect(column).toEqual([...new Set(column)].sort());
        expect(Math.max(...column.map((rank) => rank.length))).toBeLessThanOrEqual(16);
      }),
      { numRuns: 20 },
    );
  });

  it.each(['append', 'prepend'])('keeps keys within 12 characters over 10,000 cards (%s)', (way) => {
    const tails = jitters();
    let edge: string | null = null;
    let longest = 0;
    let outOfOrder = 0;
    for (let i = 0; i < 10_000; i++) {
      const next: string = way === 'append' ? rankBetween(edge, null, tails.next().value) : rankBetween(null, edge, tails.next().value);
      if (edge !== null && (way === 'append' ? edge >= next : next >= edge)) outOfOrder++;
      longest = Math.max(longest, next.length);
      edge = next;
    }
    expect({ outOfOrder, isShort: longest <= 12 }).toEqual({ outOfOrder: 0, isShort: true });
  });

  it.each(['below the last', 'above the last'])('grows by a digit per handful of cards when a gap is split 1,000 times %s', (way) => {
    const tails = jitters();
    let [low, high] = ['a0JJJJJ', 'a1JJJJJ'];
    for (let i = 0; i < 1000; i++) {
      const rank = rankBetween(low, high, tails.next().value);
      expect(low < rank && rank < high).toBe(true);
      if (way === 'below the last') low = rank;
      else high = rank;
    }
    expect((way === 'below the last' ? low : high).length).toBeLessThanOrEqual(140);
  });

  it.each([
    ['a1', 'a1'],
    ['a2', 'a1'],
    ['a10', null],
    [null, ''],
    ['ä1', null],
  ])('refuses %s and %s', (before, after) => {
    expect(() => rankBetween(before, after, 'JJJJJ')).toThrow(RangeError);
  });

  it('refuses a jitter outside base 62', () => {
    expect(() => rankBetween(null, null, 'a-b')).toThrow(RangeError);
  });
});

describe('rankJitter', () => {
  it('takes five digits from the random end of an id', () => {
    expect(rankJitter('01a2b3c4-0000-7000-8000-000000000000')).toBe('00000');
    expect(rankJitter('01a2b3c4-0000-7000-8000-00000000003e')).toBe('00010');
    expect(() => rankJitter('no id at all')).toThrow(RangeError);
  });
});

describe('rebalancedRanks', () => {
  it.each([0, 1, 61, 62, 1000, 20_000])('spreads %i short keys in order, with room on every side', (count) => {
    const ranks = rebalancedRanks(count);
    expect(ranks).toHaveLength(count);
    expect(ranks).toEqual([...new Set(ranks)].sort());
    expect(ranks.every((rank) => isRank(rank) && rank.length <= 6)).toBe(true);
    for (let i = 0; i <= count; i += 97) {
      expect(rankBetween(ranks[i - 1] ?? null, ranks[i] ?? null, 'JJJJJ').length).toBeLessThanOrEqual(11);
    }
  });
});

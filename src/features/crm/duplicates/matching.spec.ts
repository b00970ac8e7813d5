import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { weakestLink } from './clusters.js';
import { findDuplicates } from './find-duplicates.js';
import { fitModel } from './fit-model.js';
import type { MatchRecord } from './match-record.js';
import { answerOf } from './matching.js';
import { openMatcher } from './matcher.js';
import { modelFrom, storedModel } from './stored-model.js';

const SYLLABLES = 'ba ko mi ra ten sol ver dun lak hol pre sti nor wel gar fin'.split(' ');
const word = (number: number): string => [0, 1, 2].map((at) => SYLLABLES[(number >> (at * 4)) & 15]).join('');
const records: MatchRecord[] = Array.from({ length: 120 }, (_, at) => {
  const person = at % 3 === 2 ? at - 1 : at;
  const name = `${word(person * 7)} ${word(person * 13 + 5)}`;
  return {
    id: String(at).padStart(4, '0'),
    name: at % 3 === 2 ? `${name}x` : name,
    attributes: { city: word(person % 40), card: String(1_000_000 + person * 37) },
  };
});

const allPairs = records.flatMap((_, left) => records.slice(left + 1).flatMap((__, at) => [left, left + 1 + at]));

const fitted = fitModel(records);
const model = storedModel(fitted);

describe('the engine by questions', () => {
  it('finds what the search over one batch finds, and groups it the same', () => {
    expect(answerOf({ ask: 'fit', records, sample: { total: records.length, seeds: records.length } })).toEqual(model);
    const whole = findDuplicates(records, { model: fitted });
    const found = answerOf({ ask: 'judge', model, records, pairs: allPairs, threshold: 0.5 });
    const named = found.map(({ left, right }) => `${records[left]?.id} ${records[right]?.id}`).sort();
    expect(named).toEqual(expect.arrayContaining(whole.pairs.map(({ leftId, rightId }) => `${leftId} ${rightId}`)));
    expect(whole.pairs.length).toBeGreaterThan(35);
    const links = whole.pairs.map(({ leftId, rightId, weight }) => ({ left: Number(leftId), right: Number(rightId), weight }));
    const groups = answerOf({ ask: 'group', model, records, links, apart: [] });
    expect(groups.map(({ places }) => places.map((place) => records[place]?.id))).toEqual(whole.clusters);
  });

  it('keeps apart what people have said are two', () => {
    const links = [
      { left: 1, right: 2, weight: 9 },
      { left: 4, right: 5, weight: 9 },
    ];
    expect(answerOf({ ask: 'group', model, records, links, apart: [2, 1] }).map(({ places }) => places)).toEqual([[4, 5]]);
  });

  it('keeps a model over storage', () => {
    const kept = modelFrom(JSON.parse(JSON.stringify(model)) as typeof model);
    expect(kept.weakBits).toBe(Infinity);
    const judge = (one: typeof fitted) =>
      answerOf({ ask: 'judge', model: storedModel(one), records, pairs: [0, 1, 1, 2, 4, 5], threshold: 0 });
    expect(judge(kept)).toEqual(judge(fitted));
  });

  it('takes a pair for less likely the more leads there are', () => {
    const bits = (total: number) => answerOf({ ask: 'fit', records, sample: { total, seeds: 30 } }).priorBits;
    expect(bits(20_000) - bits(10_000)).toBeCloseTo(-1, 6);
  });

  it('judges a pair the same whichever way round', () => {
    fc.assert(
      fc.property(fc.nat(119), fc.nat(119), (left, right) => {
        const ask = (pairs: number[]) => answerOf({ ask: 'judge', model, records, pairs, threshold: 0 })[0];
        expect(ask([right, left])?.weight).toBeCloseTo(ask([left, right])?.weight ?? NaN, 9);
        expect(
          ask([right, left])
            ?.factors.map(({ explanation }) => explanation)
            .sort(),
        ).toEqual(
          ask([left, right])
            ?.factors.map(({ explanation }) => explanation)
            .sort(),
        );
      }),
    );
  });

  it('ends with its signal', async () => {
    const controller = new AbortController();
    const matcher = openMatcher(controller.signal);
    expect(await matcher.ask({ ask: 'keys', records: records.slice(0, 2) })).toHaveLength(2);
    controller.abort(new Error('enough'));
    await expect(matcher.ask({ ask: 'keys', records })).rejects.toThrow('enough');
    await matcher.close();
  });
});

describe('the weakest link', () => {
  it('is the least of the strongest links that hold a group together', () => {
    const links = [
      { left: 1, right: 2, weight: 9 },
      { left: 2, right: 3, weight: 5 },
      { left: 1, right: 3, weight: 2 },
      { left: 3, right: 4, weight: 1 },
    ];
    expect(weakestLink([1, 2, 3], links)).toBe(5);
    expect(weakestLink([1, 2], links)).toBe(9);
  });
});

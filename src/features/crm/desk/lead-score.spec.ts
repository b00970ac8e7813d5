import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { scoreName, slipCost } from './lead-score.js';

describe('the score of a name', () => {
  it.each([
    ['John Smith', 'John Smith', 'exact'],
    ['smith john', 'John Smith', 'exact'],
    ['smith', 'John Smith', 'words'],
    ['joh', 'John Smith', 'prefix'],
    ['jhon', 'John Smith', 'slip'],
    ['jake', 'Jane Smith', 'near'],
    ['Johnson', 'Ann Johnston', 'near'],
    ['Ann Johnson', 'Ann Johnston', 'slip'],
    ['zebra', 'John Smith', 'unlike'],
    ['', 'John Smith', 'unlike'],
    ['lead 12', 'Lead 13', 'unlike'],
  ])('%j for %j is %s', (asked, name, kind) => expect(scoreName(asked, name).kind).toBe(kind));

  it('is between 0 and 1, and 1 for the name itself', () => {
    const name = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(name, name, (asked, other) => {
        expect(scoreName(asked, asked)).toEqual({ score: 1, kind: 'exact' });
        const { score, kind } = scoreName(asked, other);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(score === 0).toBe(kind === 'unlike');
      }),
    );
  });

  it('counts edits the same way from both sides', () => {
    const word = fc.stringMatching(/^[a-d]{0,6}$/);
    fc.assert(
      fc.property(word, word, (left, right) => {
        expect(slipCost(left, right)).toBe(slipCost(right, left));
        expect(slipCost(left, left)).toBe(0);
      }),
    );
    expect(slipCost('smiht', 'smith')).toBe(1);
    expect(slipCost('jake', 'jane')).toBe(1.5);
  });
});

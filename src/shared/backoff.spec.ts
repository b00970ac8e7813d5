import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lockoutDelaySeconds, retryDelayMs } from './backoff.js';

describe('lockoutDelaySeconds', () => {
  it.each([
    [0, 0],
    [4, 0],
    [5, 30],
    [6, 60],
    [7, 120],
    [11, 1920],
    [12, 3600],
    [5000, 3600],
  ])('%i failures: %i s', (failures, seconds) => {
    expect(lockoutDelaySeconds(failures)).toBe(seconds);
  });
});

describe('retryDelayMs', () => {
  const limits = { baseMs: 100, maxMs: 5000 };

  it.each([
    [1, 100],
    [2, 200],
    [6, 3200],
    [7, 5000],
    [5000, 5000],
  ])('attempt %i waits at most %i ms', (attempt, most) => {
    expect(retryDelayMs(attempt, limits, () => 1 - Number.EPSILON)).toBe(most);
    expect(retryDelayMs(attempt, limits, () => 0)).toBe(0);
  });

  it('is a whole number within the limits', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), random, (attempt, chance) => {
        const delay = retryDelayMs(attempt, limits, () => chance);
        expect(Number.isInteger(delay) && delay >= 0 && delay <= 5000).toBe(true);
      }),
    );
  });
});

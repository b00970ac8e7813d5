import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { roundedQuotient, share, wholeMinor, wholeParts, winRate } from './figures.js';

const hundredths = fc.bigInt(-(10n ** 24n), 10n ** 24n);

describe('wholeParts', () => {
  it('adds up to the rounded total, each part less than one away from what it was', () => {
    fc.assert(
      fc.property(fc.array(hundredths, { maxLength: 20 }), (parts) => {
        const whole = wholeParts(parts);
        expect(whole.reduce((a, b) => a + b, 0n)).toBe(wholeMinor(parts.reduce((a, b) => a + b, 0n)));
        for (const [place, part] of parts.entries()) {
          const off = (whole[place] ?? 0n) * 100n - part;
          expect(off > -100n && off < 100n).toBe(true);
        }
      }),
    );
  });

  it.each([
    [
      [50n, 50n],
      [1n, 0n],
    ],
    [
      [33n, 33n, 34n],
      [0n, 1n, 0n],
    ],
    [[-50n], [0n]],
    [[-51n], [-1n]],
    [[], []],
  ])('%s is %s', (given, expected) => expect(wholeParts(given)).toEqual(expected));
});

describe('roundedQuotient', () => {
  it('is the nearest whole number, a half upwards', () => {
    fc.assert(
      fc.property(fc.bigInt(-1_000_000n, 1_000_000n), fc.bigInt(1n, 1_000n), (left, right) => {
        const twice = 2n * (roundedQuotient(left, right) * right - left);
        expect(twice <= right && twice > -right).toBe(true);
      }),
    );
  });
});

describe('share', () => {
  it.each([
    [1, 3, 0.3333],
    [2, 3, 0.6667],
    [0, 5, 0],
    [5, 5, 1],
    [0, 0, null],
  ])('%d of %d is %s', (part, whole, expected) => expect(share(part, whole)).toBe(expected));

  it('of the decided ones', () => expect([winRate(1, 3), winRate(0, 0)]).toEqual([0.25, null]));
});

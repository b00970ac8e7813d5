import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { budgetState, dollars, limitsInForce, wantedLimits } from './budget/budget-rules.js';
import { isMonth, monthsBetween, monthStart } from './months.js';

const usd = (amountMinor: string) => ({ amountMinor, currency: 'USD' });
const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });

describe('months', () => {
  it('begin in UTC', () => {
    expect(monthStart(new Date('2026-12-31T23:59:59.999Z'))).toBe('2026-12-01');
    expect(monthStart(new Date('2027-01-01T00:30:00+01:00'))).toBe('2026-12-01');
  });

  it('are counted with both ends', () => {
    expect(monthsBetween('2026-11', '2026-11')).toBe(1);
    expect(monthsBetween('2025-12', '2026-11')).toBe(12);
    expect(monthsBetween('2026-02', '2026-01')).toBe(0);
    expect(['2026-01', '2026-12', '2026-00', '2026-13', '26-01', '2026-1'].map(isMonth)).toEqual([true, true, false, false, false, false]);
  });
});

describe('limits', () => {
  it('are read in cents, with the soft one at 80 % when nobody says', () => {
    expect(wantedLimits({ hardLimit: usd('1000') }, 10n ** 9n)).toEqual({ hardMicros: 10_000_000n, softMicros: 8_000_000n });
    expect(wantedLimits({ hardLimit: usd('1000'), softLimit: usd('1000') }, 10n ** 7n)).toEqual({
      hardMicros: 10n ** 7n,
      softMicros: 10n ** 7n,
    });
    expect(wantedLimits({ hardLimit: usd('0') }, 0n)).toEqual({ hardMicros: 0n, softMicros: 0n });
  });

  it('never go past the ceiling, and the soft one never past the hard one', () => {
    fc.assert(
      fc.property(fc.option(fc.tuple(amount, amount), { nil: undefined }), amount, (pair, ceiling) => {
        const [a, b] = pair ?? [0n, 0n];
        const chosen = pair && { softMicros: a < b ? a : b, hardMicros: a < b ? b : a };
        const { softMicros, hardMicros } = limitsInForce(chosen, ceiling);
        expect(hardMicros <= ceiling && softMicros <= hardMicros).toBe(true);
      }),
    );
  });

  it('name every fault at once', () => {
    const wrong = wantedLimits(
      { hardLimit: { amountMinor: '200', currency: 'EUR' }, softLimit: { amountMinor: '300', currency: 'EUR' } },
      1n,
    );
    expect(wrong).toMatchObject({
      errors: [
        { pointer: '/hardLimit/currency' },
        { pointer: '/softLimit/currency' },
        { pointer: '/hardLimit' },
        { pointer: '/softLimit' },
      ],
    });
  });
});

describe('the state of a month', () => {
  const limits = { softMicros: 80n, hardMicros: 100n };

  it.each([
    [0n, 0n, 'within'],
    [79n, 20n, 'within'],
    [80n, 19n, 'soft-limit-passed'],
    [80n, 20n, 'exhausted'],
    [0n, 100n, 'exhausted'],
    [150n, 0n, 'exhausted'],
  ])('is %s spent and %s set aside: %s', (spent, reserved, wanted) => {
    expect(budgetState(limits, spent, reserved)).toBe(wanted);
  });

  it('only gets worse as more is spent', () => {
    const order = ['within', 'soft-limit-passed', 'exhausted'];
    fc.assert(
      fc.property(amount, amount, amount, (spent, more, reserved) => {
        const state = (sum: bigint) => order.indexOf(budgetState(limits, sum, reserved));
        expect(state(spent + more)).toBeGreaterThanOrEqual(state(spent));
      }),
    );
  });

  it('is shown in whole cents', () => {
    expect([0n, 9_999n, 10_000n, 1_234_567n].map((micros) => dollars(micros).amountMinor)).toEqual(['0', '0', '1', '123']);
  });
});

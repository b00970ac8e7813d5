import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { velocityOf } from './velocity.js';

const PERIODS = ['2026-10-01', '2026-11-01'];
const closed = (period: string | null, kind: 'won' | 'lost', count: number, seconds = 864_000) => {
  return { period, kind, count, averageSeconds: seconds, medianSeconds: seconds / 2 };
};

describe('velocityOf', () => {
  it('is open leads times average value times win rate over the days it takes', () => {
    const found = velocityOf({
      closed: [closed(null, 'won', 4), closed(null, 'lost', 6), closed('2026-11-01', 'won', 4), closed('2026-10-01', 'lost', 6)],
      won: [
        { period: '2026-11-01', currency: 'EUR', count: 2, amountMinor: '3000' },
        { period: '2026-10-01', currency: 'EUR', count: 1, amountMinor: '1' },
      ],
      open: [
        { currency: 'EUR', count: 10, amountMinor: '70000' },
        { currency: 'JPY', count: 1, amountMinor: '5' },
      ],
      periods: PERIODS,
    });
    expect(found).toMatchObject({ won: 4, lost: 6, winRate: 0.4, averageSeconds: 864_000, medianSeconds: 432_000 });
    // 10 x 3001/3 x 0.4 / 10 days = 400.13
    expect(found.values).toEqual([
      { currency: 'EUR', wonCount: 3, wonMinor: '3001', averageWonMinor: '1000', openCount: 10, openMinor: '70000', perDayMinor: '400' },
      { currency: 'JPY', wonCount: 0, wonMinor: '0', averageWonMinor: null, openCount: 1, openMinor: '5', perDayMinor: null },
    ]);
    expect(found.periods).toMatchObject([
      { start: '2026-10-01', won: 0, lost: 6, winRate: 0, averageSeconds: null, values: [{ currency: 'EUR', count: 1, amountMinor: '1' }] },
      { start: '2026-11-01', won: 4, lost: 0, winRate: 1, values: [{ currency: 'EUR', count: 2, amountMinor: '3000' }] },
    ]);
  });

  it('is nothing before anything was won', () => {
    const found = velocityOf({ closed: [], won: [], open: [{ currency: 'EUR', count: 1, amountMinor: '5' }], periods: [] });
    expect(found).toMatchObject({ won: 0, lost: 0, winRate: null, averageSeconds: null, medianSeconds: null, periods: [] });
    expect(found.values).toMatchObject([{ perDayMinor: null, averageWonMinor: null }]);
  });

  it('has values of periods that add up to those of the range, and is zero only for nothing', () => {
    const won = fc.array(
      fc.record({
        period: fc.constantFrom(...PERIODS),
        currency: fc.constantFrom('EUR', 'USD'),
        count: fc.integer({ min: 1, max: 5 }),
        amountMinor: fc.bigInt(0n, 10n ** 20n).map(String),
      }),
    );
    fc.assert(
      fc.property(won, (rows) => {
        const count = rows.reduce((sum, row) => sum + row.count, 0);
        const found = velocityOf({
          closed: [closed(null, 'won', count, 86_400)],
          won: rows,
          open: [{ currency: 'EUR', count: 1, amountMinor: '1' }],
          periods: PERIODS,
        });
        for (const { currency, wonMinor, wonCount, perDayMinor, averageWonMinor } of found.values) {
          const parts = found.periods.flatMap(({ values }) => values.filter((value) => value.currency === currency));
          expect(parts.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n)).toBe(BigInt(wonMinor));
          expect(parts.reduce((sum, part) => sum + part.count, 0)).toBe(wonCount);
          // One open lead, one day, everything won: a day brings the average.
          if (currency === 'EUR') expect(perDayMinor).toBe(averageWonMinor);
        }
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { wholeMinor } from './figures.js';
import { expectedPeriod, type ForecastPart, forecastOf, type OpenLeads } from './forecast.js';
import type { ReportedStage } from './funnel.js';

const stage = (key: string, probability: number): ReportedStage => ({ key, name: key, kind: 'open', probability, isArchived: false });
const STAGES = [stage('a', 10), stage('b', 33), stage('c', 60)];

const open = fc.array(
  fc.record({
    stage: fc.constantFrom('a', 'b', 'c'),
    expectedOn: fc.constantFrom(null, '2026-12-24', '2026-12-31', '2027-01-01', '2026-02-30'),
    currency: fc.constantFrom('EUR', 'USD', null),
    count: fc.integer({ min: 1, max: 9 }),
    sum: fc.bigInt(-(10n ** 20n), 10n ** 20n).map(String),
  }),
);

describe('forecastOf', () => {
  it('weighs each stage by its probability and sorts by time, leads without a day last', () => {
    const rows: OpenLeads[] = [
      { stage: 'c', expectedOn: null, currency: 'EUR', count: 1, sum: '101' },
      { stage: 'a', expectedOn: '2027-01-31', currency: 'EUR', count: 2, sum: '1000' },
      { stage: 'a', expectedOn: '2026-12-01', currency: null, count: 3, sum: '0' },
      { stage: 'b', expectedOn: '2026-12-31', currency: 'USD', count: 1, sum: '1000' },
    ];
    const found = forecastOf(rows, STAGES, 'month');
    expect(found.leads).toBe(7);
    expect(found.values).toEqual([
      { currency: 'EUR', count: 3, amountMinor: '1101', weightedMinor: '161' },
      { currency: 'USD', count: 1, amountMinor: '1000', weightedMinor: '330' },
    ]);
    expect(found.periods.map(({ key, leads }) => [key, leads])).toEqual([
      ['2026-12-01', 4],
      ['2027-01-01', 2],
      [null, 1],
    ]);
    expect(found.periods[2]?.values).toEqual([{ currency: 'EUR', count: 1, amountMinor: '101', weightedMinor: '61' }]);
    expect(found.stages.map(({ key, leads }) => [key, leads])).toEqual([
      ['a', 5],
      ['b', 1],
      ['c', 1],
    ]);
    expect(forecastOf([], STAGES, 'week')).toEqual({ leads: 0, values: [], periods: [], stages: [] });
  });

  it('adds up to the exact total by period and by stage, currency by currency', () => {
    fc.assert(
      fc.property(open, fc.constantFrom('month' as const, 'week' as const), (rows, grouping) => {
        const found = forecastOf(rows, STAGES, grouping);
        for (const currency of ['EUR', 'USD']) {
          const own = rows.filter((row) => row.currency === currency);
          const exact = own.reduce(
            (sum, row) => sum + BigInt(row.sum) * BigInt(STAGES.find(({ key }) => key === row.stage)?.probability ?? 0),
            0n,
          );
          const plain = own.reduce((sum, row) => sum + BigInt(row.sum), 0n);
          for (const parts of [found.periods, found.stages, [{ key: '', leads: 0, values: found.values }]]) {
            expect([weighted(parts, currency), minor(parts, currency)]).toEqual([wholeMinor(exact), plain]);
          }
        }
        const count = rows.reduce((sum, row) => sum + row.count, 0);
        for (const parts of [found.periods, found.stages]) expect(parts.reduce((sum, part) => sum + part.leads, 0)).toBe(count);
        expect(found.leads).toBe(count);
      }),
    );
  });
});

const sumOf = (parts: readonly ForecastPart<string | null>[], currency: string, of: 'amountMinor' | 'weightedMinor'): bigint =>
  parts.flatMap(({ values }) => values.filter((value) => value.currency === currency)).reduce((sum, value) => sum + BigInt(value[of]), 0n);
const weighted = (parts: readonly ForecastPart<string | null>[], currency: string): bigint => sumOf(parts, currency, 'weightedMinor');
const minor = (parts: readonly ForecastPart<string | null>[], currency: string): bigint => sumOf(parts, currency, 'amountMinor');

describe('expectedPeriod', () => {
  it.each([
    ['2026-12-24', 'month', '2026-12-01'],
    ['2026-12-24', 'week', '2026-12-21'],
    ['2026-02-30', 'month', null],
    [null, 'month', null],
  ] as const)('of %s by %s is %s', (given, grouping, expected) => expect(expectedPeriod(given, grouping)).toBe(expected));
});

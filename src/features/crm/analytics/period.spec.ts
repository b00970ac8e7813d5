import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '../../../shared/dates.js';
import { GROUPINGS, monthLater, periodsOf, periodStart, usualRange } from './period.js';

const day = fc.integer({ min: 0, max: 40_000 }).map((days) => addDays('1970-01-01', days));

describe('periodStart', () => {
  it.each([
    ['2026-11-21', 'month', '2026-11-01'],
    ['2026-11-22', 'week', '2026-11-16'],
    ['2026-11-23', 'week', '2026-11-23'],
    ['2027-01-01', 'week', '2026-12-28'],
  ] as const)('%s by %s is %s', (given, grouping, expected) => expect(periodStart(given, grouping)).toBe(expected));
});

describe('periodsOf', () => {
  it('has the period of every day of the range once, in order, and no other', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 800 }), fc.constantFrom(...GROUPINGS), (from, length, grouping) => {
        const range = { from, to: addDays(from, length) };
        const expected = new Set(Array.from({ length: length + 1 }, (_, days) => periodStart(addDays(from, days), grouping)));
        expect(periodsOf(range, grouping)).toEqual([...expected]);
      }),
    );
  });
});

describe('usualRange', () => {
  it('is twelve months, the one of the day included', () => {
    expect(usualRange('2026-11-21')).toEqual({ from: '2025-12-01', to: '2026-11-21' });
    fc.assert(fc.property(day, (to) => expect(periodsOf(usualRange(to), 'month')).toHaveLength(12)));
  });

  it('goes over the years', () =>
    expect([monthLater('2026-01-15', -1), monthLater('2026-12-31', 1)]).toEqual(['2025-12-01', '2027-01-01']));
});

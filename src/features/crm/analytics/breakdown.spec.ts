import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { breakdownOf, type Group, type GroupedLeads } from './breakdown.js';

const row = (
  key: string,
  kind: GroupedLeads['kind'],
  currency: string | null,
  count: number,
  sum: string,
  isRest = false,
): GroupedLeads => {
  return { key, kind, currency, count, sum, isRest };
};

describe('breakdownOf', () => {
  it('sums by key and currency, most first, with what is not listed in the rest', () => {
    const found = breakdownOf([
      row('web', 'won', 'EUR', 2, '300'),
      row('web', 'open', null, 1, '0'),
      row('', 'lost', 'EUR', 5, '50'),
      row('', null, 'USD', 1, '7', true),
    ]);
    expect(found.items.map(({ key, leads, won, winRate }) => [key, leads, won, winRate])).toEqual([
      [null, 5, 0, 0],
      ['web', 3, 2, 1],
    ]);
    expect(found.items[1]?.values).toEqual([{ currency: 'EUR', count: 2, amountMinor: '300', wonMinor: '300' }]);
    expect(found.rest).toMatchObject({ leads: 1, transferred: 1, values: [{ currency: 'USD', wonMinor: '0' }] });
    expect(found.total).toMatchObject({ leads: 9, open: 1, won: 2, lost: 5, transferred: 1, winRate: 0.2857 });
  });

  it('adds up, whatever is listed', () => {
    const rows = fc.array(
      fc.record({
        key: fc.constantFrom('', 'a', 'b', 'c'),
        isRest: fc.boolean(),
        kind: fc.constantFrom('open' as const, 'won' as const, 'lost' as const, null),
        currency: fc.constantFrom(null, 'EUR', 'JPY'),
        count: fc.integer({ min: 1, max: 99 }),
        sum: fc.bigInt(-(10n ** 18n), 10n ** 18n).map(String),
      }),
    );
    fc.assert(
      fc.property(rows, (given) => {
        const { items, rest, total } = breakdownOf(given);
        const parts = rest ? [...items, rest] : items;
        for (const field of ['leads', 'open', 'won', 'lost', 'transferred'] as const) {
          expect(parts.reduce((sum, part) => sum + part[field], 0)).toBe(total[field]);
        }
        for (const currency of ['EUR', 'JPY']) {
          for (const field of ['amountMinor', 'wonMinor'] as const) {
            const of = (group: Group): bigint => BigInt(group.values.find((value) => value.currency === currency)?.[field] ?? '0');
            expect(parts.reduce((sum, part) => sum + of(part), 0n)).toBe(of(total));
          }
        }
      }),
    );
  });
});

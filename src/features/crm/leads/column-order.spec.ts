import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isRank, rankBetween } from '../../../shared/rank.js';
import { type RankedCard, ROOMY_LENGTH, shortenedRanks } from './column-order.js';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const jitter = fc.string({ unit: fc.constantFrom(...digits), minLength: 5, maxLength: 5 });

/** A column grown by inserting at random places, many times at the same ones. */
const column = fc.array(fc.tuple(fc.nat(6), jitter), { maxLength: 300 }).map((steps) => {
  const ranks: string[] = [];
  for (const [place, tail] of steps) {
    const at = Math.min(place, ranks.length);
    ranks.splice(at, 0, rankBetween(ranks[at - 1] ?? null, ranks[at] ?? null, tail));
  }
  return ranks.map((rank, index): RankedCard => ({ id: String(index).padStart(4, '0'), rank }));
});

const inOrder = (cards: readonly RankedCard[]): string[] =>
  cards.toSorted((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.id < b.id ? -1 : 1)).map((card) => card.id);

describe('shortenedRanks', () => {
  it('keeps the order, shortens every long key and touches no other', () => {
    fc.assert(
      fc.property(column, (cards) => {
        const changed = new Map(shortenedRanks(cards).map((card) => [card.id, card.rank]));
        const after = cards.map((card) => ({ ...card, rank: changed.get(card.id) ?? card.rank }));
        expect(inOrder(after)).toEqual(cards.map((card) => card.id));
        expect(new Set(changed.values()).size).toBe(changed.size);
        for (const card of cards) expect(changed.has(card.id)).toBe(card.rank.length > ROOMY_LENGTH);
        for (const rank of changed.values()) {
          expect(isRank(rank)).toBe(true);
          expect(rank.length).toBeLessThanOrEqual(ROOMY_LENGTH + 6);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('separates cards that shared a long key', () => {
    const rank = `a0${'V'.repeat(40)}`;
    const changed = shortenedRanks([
      { id: '1', rank: 'a0' + 'A1' },
      { id: '2', rank },
      { id: '3', rank },
      { id: '4', rank: 'a1V' },
    ]);
    expect(changed.map((card) => card.id)).toEqual(['2', '3']);
    const [two, three] = changed.map((card) => card.rank) as [string, string];
    expect('a0A1' < two && two < three && three < 'a1V').toBe(true);
  });
});

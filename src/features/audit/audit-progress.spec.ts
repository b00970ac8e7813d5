import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { progressAfter, type SealingProgress } from './audit-progress.js';

const START: SealingProgress = { lastId: 0, gaps: [], held: {} };
const at = (minutes: number): Date => new Date(Date.UTC(2030, 0, 1, 0, minutes));
const seen = (horizon: number, fence: number, minutes = 0) => ({ horizon, fence, now: at(minutes) });

describe('progressAfter', () => {
  it('remembers the numbers that were skipped', () => {
    const next = progressAfter(START, { fresh: [2, 3, 6], late: new Set() }, seen(10, 20));
    expect(next).toEqual({
      lastId: 6,
      gaps: [
        { from: 1, to: 1, fence: 20, at: at(0).toISOString() },
        { from: 4, to: 5, fence: 20, at: at(0).toISOString() },
      ],
      held: {},
    });
  });

  it('stays where it is without news', () => {
    const some: SealingProgress = { lastId: 7, gaps: [{ from: 3, to: 4, fence: 20, at: at(0).toISOString() }], held: { o: 5 } };
    expect(progressAfter(some, { fresh: [], late: new Set() }, seen(10, 20))).toEqual(some);
  });

  it('forgets a gap when nobody can fill it any more, and not before', () => {
    const some: SealingProgress = { lastId: 7, gaps: [{ from: 3, to: 4, fence: 20, at: at(0).toISOString() }], held: {} };
    const gapsAt = (horizon: number, minutes: number): number =>
      progressAfter(some, { fresh: [], late: new Set() }, seen(horizon, 99, minutes)).gaps.length;
    expect([gapsAt(19, 60), gapsAt(20, 9), gapsAt(20, 10)]).toEqual([1, 1, 0]);
  });

  it('sees every number once, in whatever order transactions commit', () => {
    // Each event has a number by its place; `turn` is the turn of the sealer before which it commits, never for one rolled back.
    const events = fc.array(fc.option(fc.integer({ min: 0, max: 8 }), { nil: null }), { maxLength: 40 });
    fc.assert(
      fc.property(events, (turns) => {
        let progress = START;
        const found: number[] = [];
        for (let turn = 0; turn <= 8; turn++) {
          const visible = turns.flatMap((commits, index) => (commits !== null && commits <= turn ? [index + 1] : []));
          const fresh = visible.filter((id) => id > progress.lastId);
          const late = visible.filter((id) => progress.gaps.some((gap) => id >= gap.from && id <= gap.to));
          progress = progressAfter(progress, { fresh, late: new Set(late) }, seen(0, 1, turn));
          found.push(...late, ...fresh);
        }
        const committed = turns.flatMap((commits, index) => (commits === null ? [] : [index + 1]));
        expect(found.toSorted((left, right) => left - right)).toEqual(committed);
        const missing = progress.gaps.flatMap((gap) => Array.from({ length: gap.to - gap.from + 1 }, (_, n) => gap.from + n));
        expect(missing).toEqual(turns.flatMap((commits, index) => (commits === null && index < progress.lastId ? [index + 1] : [])));
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CHANGE_STATES, undoableUntil, undoOf } from './change-states.js';

describe('undoing a change', () => {
  it('happens at most once, and never after its time', () => {
    const made = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(made, fc.constantFrom(...CHANGE_STATES), fc.integer({ min: 0, max: 48 * 3_600_000 }), (madeAt, state, laterMs) => {
        const until = undoableUntil(madeAt);
        const outcome = undoOf({ state, undoableUntil: until }, new Date(madeAt.getTime() + laterMs));
        expect(until.getTime() - madeAt.getTime()).toBe(24 * 3_600_000);
        expect(outcome).toBe(state === 'undone' ? 'undone-already' : laterMs <= 24 * 3_600_000 ? 'undone' : 'too-late');
      }),
    );
  });
});

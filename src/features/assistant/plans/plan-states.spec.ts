import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { PLAN_STATES, planAfter, type PlanEvent, type PlanState } from './plan-states.js';

const EVENTS: readonly PlanEvent[] = ['confirm', 'reject', 'expire', 'outdate', 'replace'];
const RESULTS: Readonly<Record<PlanEvent, PlanState>> = {
  confirm: 'executed',
  reject: 'rejected',
  expire: 'expired',
  outdate: 'stale',
  replace: 'replaced',
};

describe('the states of a plan', () => {
  it.each(EVENTS)('a pending plan that is met by %s is decided for good', (event) => {
    const after = planAfter('pending', event);
    expect(after).toBe(RESULTS[event]);
    for (const later of EVENTS) expect(planAfter(after as PlanState, later)).toBeUndefined();
  });

  it('reaches every state, and is decided at most once whatever comes', () => {
    expect(new Set(EVENTS.map((event) => planAfter('pending', event)))).toEqual(
      new Set(PLAN_STATES.filter((state) => state !== 'pending')),
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { minLength: 1 }), (events) => {
        let state: PlanState = 'pending';
        let decisions = 0;
        for (const event of events) {
          const after = planAfter(state, event);
          if (after === undefined) continue;
          state = after;
          decisions++;
        }
        expect(decisions).toBe(1);
        expect(state).toBe(RESULTS[events[0]]);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeRefresh, REMEMBERED_ROTATIONS, type SessionState } from './session.js';

const START = Date.parse('2026-11-21T10:00:00.000Z');
const at = (seconds: number): Date => new Date(START + seconds * 1000);
const iso = (seconds: number): string => at(seconds).toISOString();
const session = (over: Partial<SessionState> = {}): SessionState => ({
  generation: 3,
  recentRotations: [iso(0), iso(60)],
  expiresAt: iso(9_999),
  revokedAt: null,
  ...over,
});

describe('judgeRefresh', () => {
  it('rotates the current generation', () => {
    expect(judgeRefresh(session(), 3, at(100), 20)).toBe('rotate');
  });

  it('gives the loser of a race the same successor until the grace is over', () => {
    expect(judgeRefresh(session(), 2, at(80), 20)).toBe('same-successor');
    expect(judgeRefresh(session(), 2, at(80.001), 20)).toBe('reuse');
    expect(judgeRefresh(session(), 2, at(60.001), 0)).toBe('reuse');
  });

  it('measures each generation by its own rotation', () => {
    const quick = session({ generation: 4, recentRotations: [iso(0), iso(5), iso(10)] });
    expect(judgeRefresh(quick, 1, at(20), 20)).toBe('same-successor');
    expect(judgeRefresh(quick, 1, at(21), 20)).toBe('reuse');
    expect(judgeRefresh(quick, 3, at(21), 20)).toBe('same-successor');
  });

  it('takes generations that are forgotten or not yet made for copies', () => {
    expect(judgeRefresh(session({ generation: 12, recentRotations: [iso(0)] }), 3, at(0), 300)).toBe('reuse');
    expect(judgeRefresh(session(), 4, at(60), 300)).toBe('reuse');
  });

  it('never brings back what ended', () => {
    expect(judgeRefresh(session({ revokedAt: iso(50) }), 3, at(60), 20)).toBe('ended');
    expect(judgeRefresh(session({ revokedAt: iso(50) }), 2, at(60), 20)).toBe('ended');
    expect(judgeRefresh(session({ expiresAt: iso(60) }), 3, at(60), 20)).toBe('ended');
  });
});

type Step = { readonly do: 'refresh'; readonly back: number; readonly wait: number } | { readonly do: 'revoke'; readonly wait: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('refresh' as const),
      back: fc.integer({ min: 0, max: 4 }),
      wait: fc.integer({ min: 0, max: 15 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), wait: fc.integer({ min: 0, max: 15 }) }) },
);

describe('a family of tokens, whatever happens to it', () => {
  const GRACE = 20;

  it('never revives, lets nobody in with an old copy, and never logs out who is inside the grace', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = 0;
        let state = session({ generation: 1, recentRotations: [], expiresAt: iso(1_000_000) });
        const rotatedAt = new Map<number, number>();
        for (const one of steps) {
          now += one.wait;
          if (one.do === 'revoke') {
            state = { ...state, revokedAt: state.revokedAt ?? iso(now) };
            continue;
          }
          const generation = Math.max(1, state.generation - one.back);
          const verdict = judgeRefresh(state, generation, at(now), GRACE);
          if (state.revokedAt !== null) expect(verdict).toBe('ended');
          else if (generation === state.generation) expect(verdict).toBe('rotate');
          else expect(verdict).toBe(now - (rotatedAt.get(generation) ?? Number.NEGATIVE_INFINITY) <= GRACE ? 'same-successor' : 'reuse');
          if (verdict === 'reuse') state = { ...state, revokedAt: iso(now) };
          if (verdict === 'rotate') {
            rotatedAt.set(generation, now);
            state = {
              ...state,
              generation: generation + 1,
              recentRotations: [...state.recentRotations, iso(now)].slice(-REMEMBERED_ROTATIONS),
            };
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

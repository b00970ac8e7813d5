import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planRotation, type RotationPolicy } from './signing-key-rotation.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const policy: RotationPolicy = { rotateEveryDays: 30, keepForSeconds: 7_200, publishAheadSeconds: 3_600 };
const key = (kid: string, atMs: number): { kid: string; createdAt: Date } => ({ kid, createdAt: new Date(atMs) });
const plan = (keys: { kid: string; createdAt: Date }[], atMs: number) => planRotation(keys, new Date(atMs), policy);

describe('planRotation', () => {
  it('asks for the first key', () => {
    expect(plan([], 0)).toEqual({ create: true, signWith: undefined, publish: [], retire: [] });
  });

  it('signs with the only key at once', () => {
    expect(plan([key('a', 0)], 1)).toEqual({ create: false, signWith: 'a', publish: ['a'], retire: [] });
  });

  it('asks for the next key after thirty days, not a moment earlier', () => {
    expect(plan([key('a', 0)], 30 * DAY - 1).create).toBe(false);
    expect(plan([key('a', 0)], 30 * DAY).create).toBe(true);
  });

  it('publishes a new key for an hour before it signs', () => {
    const keys = [key('a', 0), key('b', 30 * DAY)];
    expect(plan(keys, 30 * DAY + HOUR - 1)).toMatchObject({ create: false, signWith: 'a', publish: ['a', 'b'] });
    expect(plan(keys, 30 * DAY + HOUR)).toMatchObject({ create: false, signWith: 'b', publish: ['a', 'b'] });
  });

  it('keeps an old key published until its last token has expired', () => {
    const keys = [key('a', 0), key('b', 30 * DAY)];
    expect(plan(keys, 30 * DAY + 3 * HOUR - 1)).toMatchObject({ publish: ['a', 'b'], retire: [] });
    expect(plan(keys, 30 * DAY + 3 * HOUR)).toMatchObject({ publish: ['b'], retire: ['a'] });
  });

  it('refuses a policy that cannot work', () => {
    expect(() => planRotation([], new Date(0), { rotateEveryDays: 0, keepForSeconds: 1 })).toThrow(RangeError);
    expect(() => planRotation([], new Date(0), { rotateEveryDays: 30, keepForSeconds: -1 })).toThrow(RangeError);
  });

  it('followed blindly for years, always signs with a published key that was known for an hour, and forgets none too early', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 * 24 }), { minLength: 1, maxLength: 80 }), (steps) => {
        let at = 0;
        let keys: { kid: string; createdAt: Date }[] = [];
        const lastSigned = new Map<string, number>();
        for (const hours of steps) {
          at += hours * HOUR;
          const before = plan(keys, at);
          keys = keys.filter((k) => !before.retire.includes(k.kid));
          const wasEmpty = keys.length === 0;
          if (before.create) keys.push(key(`k${at}`, at));
          const now = plan(keys, at);
          for (const kid of before.retire) expect(at - (lastSigned.get(kid) ?? 0)).toBeGreaterThanOrEqual(policy.keepForSeconds * 1000);
          expect(now.publish).toContain(now.signWith);
          expect(now.retire).toEqual([]);
          const signer = keys.find((k) => k.kid === now.signWith);
          expect(wasEmpty || keys.length === 1 || at - (signer?.createdAt.getTime() ?? at) >= HOUR).toBe(true);
          lastSigned.set(signer?.kid ?? '', at);
        }
      }),
      { numRuns: 100 },
    );
  });
});

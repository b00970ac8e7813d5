import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemoryRateLimiter } from './memory-rate-limiter.js';
import { assertRatePolicy, type RatePolicy } from './rate-limiter.js';

const tenPerSecond: RatePolicy = { name: 'default', capacity: 10, refillPerSecond: 10 };
const START = 1_795_000_000_000;

describe('MemoryRateLimiter', () => {
  it('gives the whole capacity at once, then says when to come back', () => {
    const limiter = new MemoryRateLimiter();
    for (let left = 9; left >= 0; left -= 1) {
      expect(limiter.take('ada', tenPerSecond, 1, START)).toMatchObject({
        allowed: true,
        limit: 10,
        remaining: left,
        retryAfterSeconds: 0,
      });
    }
    expect(limiter.take('ada', tenPerSecond, 1, START)).toEqual({
      allowed: false,
      limit: 10,
      remaining: 0,
      resetSeconds: 1,
      retryAfterSeconds: 1,
    });
  });

  it('refills evenly and is full again after the time it names', () => {
    const limiter = new MemoryRateLimiter();
    const slow: RatePolicy = { name: 'slow', capacity: 6, refillPerSecond: 0.1 };
    limiter.take('ada', slow, 6, START);
    expect(limiter.take('ada', slow, 2, START)).toMatchObject({ allowed: false, resetSeconds: 60, retryAfterSeconds: 20 });
    expect(limiter.take('ada', slow, 2, START + 19_999)).toMatchObject({ allowed: false, remaining: 1, retryAfterSeconds: 1 });
    expect(limiter.take('ada', slow, 2, START + 20_000)).toMatchObject({ allowed: true, remaining: 0, resetSeconds: 60 });
    expect(limiter.take('ada', slow, 0, START + 80_000)).toMatchObject({ allowed: true, remaining: 6, resetSeconds: 0 });
  });

  it('keeps callers and policies apart', () => {
    const limiter = new MemoryRateLimiter();
    limiter.take('ada', tenPerSecond, 10, START);
    expect(limiter.take('bob', tenPerSecond, 10, START).allowed).toBe(true);
    expect(limiter.take('ada', { ...tenPerSecond, name: 'search' }, 10, START).allowed).toBe(true);
    expect(limiter.take('ada', tenPerSecond, 1, START).allowed).toBe(false);
  });

  it('lets a request that costs more than the capacity through a full bucket, and takes all of it', () => {
    const limiter = new MemoryRateLimiter();
    expect(limiter.take('ada', tenPerSecond, 25, START)).toMatchObject({ allowed: true, remaining: 0 });
    expect(limiter.take('ada', tenPerSecond, 25, START + 999).allowed).toBe(false);
    expect(limiter.take('ada', tenPerSecond, 25, START + 1_000).allowed).toBe(true);
  });

  it('survives a clock that goes back and a policy that shrinks', () => {
    const limiter = new MemoryRateLimiter();
    limiter.take('ada', tenPerSecond, 10, START);
    expect(limiter.take('ada', tenPerSecond, 1, START - 3_600_000)).toMatchObject({ allowed: false, retryAfterSeconds: 1 });
    limiter.take('bob', { ...tenPerSecond, capacity: 1000 }, 1000, START);
    expect(limiter.take('bob', tenPerSecond, 1, START)).toMatchObject({ allowed: false, retryAfterSeconds: 1 });
  });

  it('never lets more through than capacity plus refill, over any span, and refuses only what does not fit', () => {
    const steps = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 3_000 }), cost: fc.integer({ min: 1, max: 5 }) }), {
      maxLength: 120,
    });
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 5, max: 40 }),
        fc.double({ min: 0.05, max: 500, noNaN: true }),
        (all, capacity, refillPerSecond) => {
          const policy = { name: 'p', capacity, refillPerSecond };
          const limiter = new MemoryRateLimiter();
          const passed: { at: number; cost: number }[] = [];
          let at = START;
          let level = capacity;
          for (const { wait, cost } of all) {
            at += wait;
            level = Math.min(capacity, level + (wait * refillPerSecond) / 1000);
            const { allowed, remaining } = limiter.take('k', policy, cost, at);
            if (Math.abs(level - cost) > 1e-3) expect(allowed).toBe(level > cost);
            if (allowed) level -= cost;
            if (allowed) passed.push({ at, cost });
            expect(Math.abs(remaining - level)).toBeLessThan(1 + 1e-3);
          }
          for (let from = 0; from < passed.length; from += 1) {
            let sum = 0;
            for (const { at: time, cost } of passed.slice(from)) {
              sum += cost;
              expect(sum).toBeLessThanOrEqual(capacity + ((time - (passed[from]?.at ?? 0)) * refillPerSecond) / 1000 + 1e-2);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is true to its word: a refused request passes after retryAfterSeconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.integer({ min: 1, max: 50 }),
        (capacity, refillPerSecond, cost) => {
          const policy = { name: 'p', capacity, refillPerSecond };
          const limiter = new MemoryRateLimiter();
          limiter.take('k', policy, capacity, START);
          const refused = limiter.take('k', policy, cost, START);
          expect(refused.allowed).toBe(false);
          expect(limiter.take('k', policy, cost, START + refused.retryAfterSeconds * 1000).allowed).toBe(true);
        },
      ),
    );
  });
});

describe('the memory of MemoryRateLimiter', () => {
  it('forgets full buckets by and by', () => {
    const limiter = new MemoryRateLimiter(1_000);
    for (let n = 0; n < 500; n += 1) limiter.take(`old-${n}`, tenPerSecond, 1, START);
    for (let n = 0; n < 400; n += 1) limiter.take(`new-${n}`, tenPerSecond, 1, START + 60_000);
    expect(limiter.size).toBeLessThanOrEqual(500);
  });

  it('never holds more than its bound, and under pressure gives up fuller buckets before emptier ones', () => {
    const limiter = new MemoryRateLimiter(64);
    limiter.take('greedy', tenPerSecond, 10, START);
    for (let n = 0; n < 5_000; n += 1) {
      limiter.take(`k${n}`, tenPerSecond, 1, START);
      expect(limiter.size).toBeLessThanOrEqual(64);
    }
    expect(limiter.take('greedy', tenPerSecond, 1, START).allowed).toBe(false);
  });

  it('works with room for one', () => {
    const limiter = new MemoryRateLimiter(1);
    for (let n = 0; n < 10; n += 1) expect(limiter.take(`k${n}`, tenPerSecond, 1, START).allowed).toBe(true);
    expect(limiter.size).toBe(1);
    expect(() => new MemoryRateLimiter(0)).toThrow(RangeError);
  });
});

describe('assertRatePolicy', () => {
  it.each([
    { ...tenPerSecond, capacity: 0 },
    { ...tenPerSecond, capacity: 1.5 },
    { ...tenPerSecond, refillPerSecond: 0 },
    { ...tenPerSecond, refillPerSecond: Infinity },
    { ...tenPerSecond, refillPerSecond: NaN },
    { ...tenPerSecond, name: 'Not "fit" for a header' },
  ])('refuses %j', (policy) => {
    expect(() => assertRatePolicy(policy)).toThrow(RangeError);
  });

  it('accepts a sound policy', () => {
    expect(() => assertRatePolicy(tenPerSecond)).not.toThrow();
  });
});

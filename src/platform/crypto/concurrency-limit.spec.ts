import { describe, expect, it } from '@jest/globals';
import { ConcurrencyLimit } from './concurrency-limit.js';

describe('ConcurrencyLimit', () => {
  it('never runs more than its slots, serves in order of arrival, and survives failures', async () => {
    const limit = new ConcurrencyLimit(2);
    const started: number[] = [];
    let running = 0;
    let most = 0;
    const task = (n: number) => async (): Promise<number> => {
      started.push(n);
      running += 1;
      most = Math.max(most, running);
      await new Promise((done) => setTimeout(done, 2));
      running -= 1;
      if (n % 3 === 0) throw new Error(`task ${n}`);
      return n;
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => limit.run(task(n))));
    expect(most).toBe(2);
    expect(started).toEqual(Array.from({ length: 12 }, (_, n) => n));
    expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(4);
    await expect(limit.run(task(1))).resolves.toBe(1);
  });

  it('counts right when tasks come while others go', async () => {
    const limit = new ConcurrencyLimit(1);
    let running = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((done) => setTimeout(done, 1));
      running -= 1;
    };
    // Each new pair arrives while the second of the last pair has just taken over the slot.
    for (let n = 0; n < 5; n += 1) {
      const first = limit.run(task);
      void limit.run(task);
      await first;
    }
    await limit.run(task);
    expect(most).toBe(1);
  });

  it('refuses to have no slot', () => {
    expect(() => new ConcurrencyLimit(0)).toThrow(RangeError);
  });
});

import { describe, expect, it } from '@jest/globals';
import { ManualClock, SystemClock } from './clock.js';

describe('clocks', () => {
  it('moves only when told', () => {
    const clock = new ManualClock('2030-02-28T23:59:59.500Z');
    expect(clock.now().toISOString()).toBe('2030-02-28T23:59:59.500Z');
    clock.advance({ ms: 500 });
    expect(clock.now().toISOString()).toBe('2030-03-01T00:00:00.000Z');
    clock.advance({ days: 1, hours: 1, minutes: 1, seconds: 1 });
    expect(clock.now().toISOString()).toBe('2030-03-02T01:01:01.000Z');
    clock.set('2029-01-01T00:00:00Z');
    expect(clock.now().toISOString()).toBe('2029-01-01T00:00:00.000Z');
  });

  it('does not let a caller move it through the date it got', () => {
    const clock = new ManualClock('2030-01-01T00:00:00Z');
    clock.now().setFullYear(1999);
    expect(clock.now().getUTCFullYear()).toBe(2030);
  });

  it('reads the time of the machine', () => {
    const before = Date.now();
    const now = new SystemClock().now().getTime();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });
});

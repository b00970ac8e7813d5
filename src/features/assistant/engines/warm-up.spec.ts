import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { Clock } from '../../../platform/clock/clock.js';
import type { Settings } from '../../../platform/config/settings.js';
import { WarmUp } from './warm-up.js';

/** How often the time was asked for: once for each warm-up. */
function asked(settings: Pick<Settings, 'role' | 'nodeEnv'>): number {
  let count = 0;
  const clock: Pick<Clock, 'now'> = { now: () => (count++, new Date('2026-11-21T12:00:00Z')) };
  new WarmUp(settings as Settings, clock).onApplicationBootstrap();
  return count;
}

describe('warming up', () => {
  it('is for processes that answer, and leaves the first message as fast as any', () => {
    const began = performance.now();
    expect(asked({ role: 'worker', nodeEnv: 'production' })).toBe(1);
    const first = performance.now() - began;
    const later = [1, 2, 3].map(() => {
      const again = performance.now();
      expect(asked({ role: 'all', nodeEnv: 'development' })).toBe(1);
      return performance.now() - again;
    });
    expect(Math.min(...later)).toBeLessThan(first / 2);
  });

  it('is not for those that only take requests, nor for tests', () => {
    expect(asked({ role: 'api', nodeEnv: 'production' })).toBe(0);
    expect(asked({ role: 'all', nodeEnv: 'test' })).toBe(0);
  });
});

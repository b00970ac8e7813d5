import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { WebhookLimits } from '../webhook-limits.js';
import { mustDisable, pauseMs, retryInMs } from './retry-schedule.js';

const limits = new WebhookLimits();
const random = fc.double({ min: 0, max: 0.999999, noNaN: true });

describe('retryInMs', () => {
  it('waits longer each time and gives up after eight attempts', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((attempt) => retryInMs(attempt, null, limits, () => 0.5));
    expect(waits).toEqual([5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 10_800_000]);
    expect(retryInMs(8, null, limits, () => 0.5)).toBeUndefined();
    expect(retryInMs(8, 5, limits, () => 0.5)).toBeUndefined();
  });

  it('differs by a fifth at most, and never waits less than it is asked to, nor for ever', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.option(fc.nat(10_000_000)), random, (attempt, asked, r) => {
        const wait = retryInMs(attempt, asked, limits, () => r) ?? -1;
        const usual = (limits.retrySeconds[attempt - 1] ?? 0) * 1000;
        const bounded = Math.min(asked ?? 0, limits.maxRetryAfterSeconds) * 1000;
        return wait >= Math.max(Math.floor(usual * 0.8), bounded) && wait <= Math.ceil(Math.max(usual, bounded) * 1.2);
      }),
    );
  });
});

describe('mustDisable', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  it.each([
    ['no failure', 0, null, false],
    ['many failures in a short time', 5_000, '2026-11-18T12:00:01Z', false],
    ['few failures in a long time', 9, '2026-10-01T00:00:00Z', false],
    ['ten failures in three days', 10, '2026-11-18T12:00:00Z', true],
  ])('%s', (_, failures, failingSince, expected) => {
    expect(mustDisable({ failures, failingSince }, now, limits)).toBe(expected);
  });
});

describe('pauseMs', () => {
  it('doubles up to a minute', () => {
    expect([1, 2, 3, 6, 7, 8, 1_000_000].map((failures) => pauseMs(failures, limits.pauseSeconds))).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000,
    ]);
  });
});

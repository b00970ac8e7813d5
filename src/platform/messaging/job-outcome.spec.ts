import { describe, expect, it } from '@jest/globals';
import { NotFound } from '../http/problems/core-problems.js';
import { Interruption } from './interruption.js';
import { JobFailed } from './job-failed.js';
import { jobErrorOf, nextAttemptInMs } from './job-outcome.js';

describe('jobErrorOf', () => {
  it('tells what was declared and keeps the rest to itself', () => {
    expect(jobErrorOf(new JobFailed('no-rows', 'The file is empty.'))).toEqual({ code: 'no-rows', message: 'The file is empty.' });
    expect(jobErrorOf(NotFound({ detail: 'Gone.' }))).toEqual({ code: 'not-found', message: 'Gone.' });
    expect(jobErrorOf(new Interruption('timeout')).code).toBe('timed-out');
    expect(JSON.stringify(jobErrorOf(new Error('password is x')))).not.toContain('password');
  });
});

describe('nextAttemptInMs', () => {
  const limits = { attempts: 3, backoff: { baseMs: 1_000, maxMs: 1_500 } };

  it('waits longer each time, with jitter, up to the limit and never too short', () => {
    expect(nextAttemptInMs(new Error('x'), 1, limits, () => 0.999)).toBe(999);
    expect(nextAttemptInMs(new Error('x'), 2, limits, () => 0.999)).toBe(1_499);
    expect(nextAttemptInMs(new Error('x'), 1, limits, () => 0)).toBe(50);
  });

  it('ends with the last attempt, or with what no retry can mend', () => {
    expect(nextAttemptInMs(new Error('x'), 3, limits, () => 0)).toBeUndefined();
    expect(nextAttemptInMs(new JobFailed('a', 'b'), 1, limits, () => 0)).toBeUndefined();
  });
});

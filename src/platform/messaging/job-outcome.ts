import { Problem } from '../http/problems/problem.js';
import { retryDelayMs } from '../../shared/backoff.js';
import type { Backoff } from './definitions.js';
import { Interruption } from './interruption.js';
import { JobFailed } from './job-failed.js';
import type { JobError } from './job-store.js';

const MESSAGE_MAX = 1_000;
/** Anything faster would be tried again before whatever failed had a chance to recover. */
const LEAST_DELAY_MS = 50;

/** How often a job may kill its worker, or lose it, before it counts as failed. */
export const MAX_CRASHES = 5;

/** What the owner of a job is told of a failure; what nobody declared stays in the log. */
export function jobErrorOf(error: unknown): JobError {
  if (error instanceof JobFailed) return { code: error.code, message: error.message.slice(0, MESSAGE_MAX) };
  if (error instanceof Problem) return { code: error.definition.code, message: error.message.slice(0, MESSAGE_MAX) };
  if (error instanceof Interruption && error.why === 'timeout')
    return { code: 'timed-out', message: 'The job took too long and was stopped.' };
  return { code: 'internal-error', message: 'Something went wrong on our side.' };
}

/** Milliseconds until the next attempt; undefined when there is none. */
export function nextAttemptInMs(
  error: unknown,
  attempt: number,
  limits: { attempts: number; backoff: Backoff },
  random: () => number,
): number | undefined {
  if (error instanceof JobFailed || attempt >= limits.attempts) return undefined;
  return Math.max(LEAST_DELAY_MS, retryDelayMs(attempt, limits.backoff, random));
}

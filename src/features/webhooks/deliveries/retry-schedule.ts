import type { LaneHealth } from './lanes.repository.js';

const JITTER = 0.2;
const DAY_MS = 86_400_000;

interface RetryRules {
  readonly retrySeconds: readonly number[];
  readonly maxRetryAfterSeconds: number;
}

/**
 * Milliseconds until the next attempt after number `attempt` (from 1) has failed; undefined when that was the last. Each wait is longer
 * than the one before, give or take a fifth, so that messages that failed together do not come back together. A receiver may ask for
 * more by `Retry-After`, never for less.
 */
export function retryInMs(attempt: number, retryAfterSeconds: number | null, rules: RetryRules, random: () => number): number | undefined {
  const seconds = rules.retrySeconds[attempt - 1];
  if (seconds === undefined) return undefined;
  const asked = Math.min(rules.maxRetryAfterSeconds, retryAfterSeconds ?? 0);
  const jittered = seconds * (1 - JITTER + 2 * JITTER * random());
  // Being asked to wait is obeyed to the second; the jitter then only adds.
  return Math.round(Math.max(jittered, asked * (1 + JITTER * random())) * 1000);
}

/** Whether a receiver has failed so long and so often, without one success, that it is switched off. */
export function mustDisable(
  { failures, failingSince }: LaneHealth,
  now: Date,
  rules: { readonly disableAfterDays: number; readonly disableAfterFailures: number },
): boolean {
  if (failingSince === null || failures < rules.disableAfterFailures) return false;
  return now.getTime() - new Date(failingSince).getTime() >= rules.disableAfterDays * DAY_MS;
}

/** Milliseconds a receiver is left alone after a round in which every attempt failed. */
export function pauseMs(failures: number, { first, longest }: { readonly first: number; readonly longest: number }): number {
  return Math.min(longest, first * 2 ** Math.min(20, Math.max(0, failures - 1))) * 1000;
}

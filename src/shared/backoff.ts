const FREE_FAILURES = 4;
const FIRST_LOCK_SECONDS = 30;
const MAX_LOCK_SECONDS = 3600;

/** How long a login stays locked after so many failures in a row: nothing below five, then 30 s doubling up to an hour. */
export function lockoutDelaySeconds(failures: number): number {
  if (failures <= FREE_FAILURES) return 0;
  return Math.min(MAX_LOCK_SECONDS, FIRST_LOCK_SECONDS * 2 ** (failures - FREE_FAILURES - 1));
}

/**
 * Wait before retry number `attempt` (from 1): anything from nothing to the doubling limit ("full jitter"), so that clients
 * that failed together do not come back together. `random` gives [0, 1) as Math.random does.
 */
export function retryDelayMs(attempt: number, limits: { baseMs: number; maxMs: number }, random: () => number): number {
  const limit = Math.min(limits.maxMs, limits.baseMs * 2 ** (Math.max(1, attempt) - 1));
  return Math.floor(random() * (limit + 1));
}

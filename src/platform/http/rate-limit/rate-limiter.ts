/** How many requests of one kind a caller may make: a bucket of `capacity` that refills evenly. */
export interface RatePolicy {
  /** Names the policy in headers and keeps its buckets apart from those of others: lower-kebab. */
  readonly name: string;
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/** The answer for one request, with what the headers tell the caller. */
export interface RateDecision {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the bucket is full again, rounded up. */
  readonly resetSeconds: number;
  /** Seconds until the same request would pass, rounded up; 0 when it passed. */
  readonly retryAfterSeconds: number;
}

/** Decides whether a caller may go on; one bucket for each key and policy. */
export abstract class RateLimiter {
  /** `now` is in milliseconds. A cost above the capacity counts as the whole capacity, so every request can pass once. */
  abstract take(key: string, policy: RatePolicy, cost: number, now: number): RateDecision | Promise<RateDecision>;
}

/** Fails for a policy that would never let anything pass or never refill. */
export function assertRatePolicy({ name, capacity, refillPerSecond }: RatePolicy): void {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new RangeError(`"${name}" is not a name for a rate limit: use lower-kebab.`);
  if (!(Number.isSafeInteger(capacity) && capacity >= 1))
    throw new RangeError(`The rate limit ${name} needs a whole capacity of at least 1.`);
  if (!(Number.isFinite(refillPerSecond) && refillPerSecond > 0)) throw new RangeError(`The rate limit ${name} must refill.`);
}

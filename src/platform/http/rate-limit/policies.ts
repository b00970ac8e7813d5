import type { RateClass } from '../endpoint.js';

/** A token bucket: `capacity` at once, refilled at `refillPerSecond`. */
export interface RatePolicyNumbers {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/** Per caller (person, key; address for public routes). Probes are not limited: a limited probe would take the service down. */
export const RATE_POLICIES: Readonly<Record<Exclude<RateClass, 'probe'>, RatePolicyNumbers>> = {
  read: { capacity: 300, refillPerSecond: 50 },
  write: { capacity: 120, refillPerSecond: 20 },
  bulk: { capacity: 20, refillPerSecond: 0.5 },
  auth: { capacity: 20, refillPerSecond: 0.2 },
};

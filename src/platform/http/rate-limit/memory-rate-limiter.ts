import { RateLimiter, type RateDecision, type RatePolicy } from './rate-limiter.js';
import { decisionFor, takeTokens } from './token-bucket.js';

// A full bucket says nothing that a missing one does not, so each new bucket pays for looking at a few old ones.
const LOOK_AT = 4;
const LOOK_AT_WHEN_CROWDED = 16;

/** Token buckets in the memory of this process, in a map that never grows beyond `maxBuckets`; answers at once. */
export class MemoryRateLimiter extends RateLimiter {
  /** When each bucket will be full, in milliseconds after `origin`. */
  private readonly fullAt = new Map<string, number>();
  private hand = this.fullAt.entries();
  // Times since the first request are small numbers, and small numbers keep the fractions of a millisecond exact.
  private origin: number | undefined;

  constructor(private readonly maxBuckets = 100_000) {
    super();
    if (!Number.isInteger(maxBuckets) || maxBuckets < 1) throw new RangeError('A rate limiter needs room for at least one bucket.');
  }

  /** How many buckets are remembered. */
  get size(): number {
    return this.fullAt.size;
  }

  override take(key: string, policy: RatePolicy, cost: number, now: number): RateDecision {
    const at = now - (this.origin ??= now);
    const name = `${policy.name} ${key}`;
    const known = this.fullAt.get(name);
    const toFull = known === undefined ? 0 : known - at;
    const after = takeTokens(toFull, policy, cost);
    if (after === undefined) return decisionFor(false, toFull, policy, cost);
    if (known === undefined) this.makeRoom(at);
    this.fullAt.set(name, at + after);
    return decisionFor(true, after, policy, cost);
  }

  /** Goes round the map like the hand of a clock and drops full buckets; when none is found and no room is left, the fullest one seen. */
  private makeRoom(at: number): void {
    const isCrowded = this.fullAt.size >= this.maxBuckets;
    let fullest: string | undefined;
    let fullestAt = Infinity;
    for (let looked = 0; looked < (isCrowded ? LOOK_AT_WHEN_CROWDED : LOOK_AT); looked += 1) {
      const entry = this.nextEntry();
      if (!entry) return;
      const [name, fullAt] = entry;
      if (fullAt <= at) this.fullAt.delete(name);
      else if (fullAt < fullestAt) [fullest, fullestAt] = [name, fullAt];
    }
    if (this.fullAt.size >= this.maxBuckets && fullest !== undefined) this.fullAt.delete(fullest);
  }

  private nextEntry(): [string, number] | undefined {
    const next = this.hand.next();
    if (!next.done) return next.value;
    this.hand = this.fullAt.entries();
    return this.hand.next().value;
  }
}

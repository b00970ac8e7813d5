import { Redis } from 'ioredis';
import type { MemoryRateLimiter } from './memory-rate-limiter.js';
import { RateLimiter, type RateDecision, type RatePolicy } from './rate-limiter.js';
import { decisionFor } from './token-bucket.js';

// The rule of token-bucket.ts, once more where it is atomic. Redis supplies the time, so the clocks of the processes need not agree.
// KEYS: the bucket. ARGV: milliseconds to fill an empty bucket, milliseconds this request costs. Numbers come back as text, because
// Redis cuts the fractions off numbers.
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local whole, price = tonumber(ARGV[1]), tonumber(ARGV[2])
local empty = math.min(math.max((tonumber(redis.call('GET', KEYS[1])) or 0) - now, 0), whole)
if empty + price > whole + 0.001 then return {0, tostring(empty)} end
empty = empty + price
if price > 0 then redis.call('SET', KEYS[1], string.format('%.4f', now + empty), 'PX', math.ceil(empty) + 1) end
return {1, tostring(empty)}
`;

interface TakeTokens {
  takeTokens(key: string, whole: string, price: string): Promise<[allowed: number, empty: string]>;
}

/** A connection for rate limits alone: a request must rather be counted in memory than wait for a Redis that is away. */
export function connectRateLimitRedis(url: string): Redis {
  const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 100, connectTimeout: 2_000 });
  // Away is no failure here: the limiter counts in memory until the connection is back, and ioredis goes on trying.
  redis.on('error', () => undefined);
  return redis;
}

/** Token buckets shared by all processes in Redis; while Redis is away, each process counts for itself in memory. */
export class RedisRateLimiter extends RateLimiter {
  private readonly redis: Redis & TakeTokens;
  private pausedUntil = -Infinity;

  constructor(
    redis: Redis,
    private readonly fallback: MemoryRateLimiter,
    private readonly options: {
      readonly keyPrefix?: string;
      readonly pauseMs?: number;
      readonly onFailure?: (cause: unknown) => void;
    } = {},
  ) {
    super();
    redis.defineCommand('takeTokens', { numberOfKeys: 1, lua: TAKE });
    this.redis = redis as Redis & TakeTokens;
  }

  override take(key: string, policy: RatePolicy, cost: number, now: number): RateDecision | Promise<RateDecision> {
    if (this.redis.status !== 'ready' || now < this.pausedUntil) return this.fallback.take(key, policy, cost, now);
    return this.takeShared(key, policy, cost, now);
  }

  /** Lets go of Redis; without that the connection would keep the process alive. */
  close(): void {
    this.redis.disconnect();
  }

  private async takeShared(key: string, policy: RatePolicy, cost: number, now: number): Promise<RateDecision> {
    const charged = Math.min(Math.max(cost, 0), policy.capacity);
    const milliseconds = (tokens: number): string => String((tokens * 1000) / policy.refillPerSecond);
    const name = `${this.options.keyPrefix ?? 'rate:'}${policy.name}:${key}`;
    try {
      const [allowed, empty] = await this.redis.takeTokens(name, milliseconds(policy.capacity), milliseconds(charged));
      return decisionFor(allowed === 1, Number(empty), policy, cost);
    } catch (cause) {
      // One slow or lost answer is enough: the next requests do not wait for the same time-out again.
      this.pausedUntil = now + (this.options.pauseMs ?? 1_000);
      this.options.onFailure?.(cause);
      return this.fallback.take(key, policy, cost, now);
    }
  }
}

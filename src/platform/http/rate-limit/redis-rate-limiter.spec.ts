import { describe, expect, it } from '@jest/globals';
import { MemoryRateLimiter } from './memory-rate-limiter.js';
import { connectRateLimitRedis, RedisRateLimiter } from './redis-rate-limiter.js';

describe('RedisRateLimiter without a Redis', () => {
  it('counts in memory, at once', () => {
    // Port 1 is closed on every machine this runs on.
    const redis = connectRateLimitRedis('redis://127.0.0.1:1');
    redis.on('error', () => undefined);
    const limiter = new RedisRateLimiter(redis, new MemoryRateLimiter());
    const policy = { name: 'default', capacity: 1, refillPerSecond: 1 };
    expect(limiter.take('ada', policy, 1, 0)).toMatchObject({ allowed: true, remaining: 0 });
    expect(limiter.take('ada', policy, 1, 0)).toMatchObject({ allowed: false, retryAfterSeconds: 1 });
    redis.disconnect();
  });
});

import { describe, expect, it } from '@jest/globals';
import { rateLimitHeaders } from './rate-limit-headers.js';

const policy = { name: 'default', capacity: 100, refillPerSecond: 2.5 };

describe('rateLimitHeaders', () => {
  it('tells an allowed caller what is left', () => {
    expect(rateLimitHeaders(policy, { allowed: true, limit: 100, remaining: 70, resetSeconds: 12, retryAfterSeconds: 0 })).toEqual({
      'RateLimit-Policy': '"default";q=100;w=40',
      RateLimit: '"default";r=70;t=12',
      'RateLimit-Limit': '100',
      'RateLimit-Remaining': '70',
      'RateLimit-Reset': '12',
    });
  });

  it('tells a refused caller when to come back', () => {
    const headers = rateLimitHeaders(policy, { allowed: false, limit: 100, remaining: 0, resetSeconds: 40, retryAfterSeconds: 3 });
    expect(headers).toMatchObject({ 'Retry-After': '3', RateLimit: '"default";r=0;t=40' });
  });

  it('never names a window of nothing', () => {
    const quick = { name: 'quick', capacity: 1, refillPerSecond: 1000 };
    const headers = rateLimitHeaders(quick, { allowed: true, limit: 1, remaining: 0, resetSeconds: 1, retryAfterSeconds: 0 });
    expect(headers['RateLimit-Policy']).toBe('"quick";q=1;w=1');
  });
});

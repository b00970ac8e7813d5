import type { RateDecision, RatePolicy } from './rate-limiter.js';

/**
 * The headers that tell a caller what is left: `RateLimit` and `RateLimit-Policy` as structured fields
 * (draft-ietf-httpapi-ratelimit-headers), the three plain ones for older clients, and `Retry-After` on a refusal.
 */
export function rateLimitHeaders(policy: RatePolicy, decision: RateDecision): Record<string, string> {
  const { allowed, limit, remaining, resetSeconds, retryAfterSeconds } = decision;
  // A bucket has no window; the time it takes to fill is what comes nearest.
  const windowSeconds = Math.max(1, Math.ceil(policy.capacity / policy.refillPerSecond));
  const headers: Record<string, string> = {
    'RateLimit-Policy': `"${policy.name}";q=${policy.capacity};w=${windowSeconds}`,
    RateLimit: `"${policy.name}";r=${remaining};t=${resetSeconds}`,
    'RateLimit-Limit': String(limit),
    'RateLimit-Remaining': String(remaining),
    'RateLimit-Reset': String(resetSeconds),
  };
  if (!allowed) headers['Retry-After'] = String(retryAfterSeconds);
  return headers;
}

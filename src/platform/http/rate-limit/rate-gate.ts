import { NIL_ID } from '../../../shared/ids.js';
import type { Clock } from '../../clock/clock.js';
import type { Settings } from '../../config/settings.js';
import type { Scope } from '../../database/scope.js';
import type { EndpointOptions, RateClass } from '../endpoint.js';
import { TooManyRequests } from '../problems/core-problems.js';
import type { ConcordReply, ConcordRequest } from '../request-state.js';
import { RATE_POLICIES } from './policies.js';
import { rateLimitHeaders } from './rate-limit-headers.js';
import type { RateDecision, RateLimiter, RatePolicy } from './rate-limiter.js';

/** Takes one token of the caller's bucket per request and writes the `RateLimit` headers; an empty bucket answers 429. */
export class RateGate {
  private readonly policies: ReadonlyMap<RateClass, RatePolicy>;

  constructor(
    private readonly limiter: RateLimiter,
    private readonly clock: Clock,
    private readonly settings: Pick<Settings, 'rateLimitEnabled' | 'rateLimitScale'>,
  ) {
    const { rateLimitScale: scale } = settings;
    this.policies = new Map(
      Object.entries(RATE_POLICIES).map(([name, numbers]) => [
        name as RateClass,
        { name, capacity: Math.max(1, Math.floor(numbers.capacity * scale)), refillPerSecond: numbers.refillPerSecond * scale },
      ]),
    );
  }

  /** Throws `too-many-requests`, or lets pass; a promise only where the buckets live in Redis. */
  take(request: ConcordRequest, reply: ConcordReply, endpoint: EndpointOptions, scope: Scope): void | Promise<void> {
    const policy = this.policies.get(classOf(request, endpoint));
    if (!this.settings.rateLimitEnabled || !policy) return;
    const key = scope.actor.id === NIL_ID ? `a:${request.ip}` : scope.actor.id;
    const decision = this.limiter.take(`${policy.name}:${key}`, policy, 1, this.clock.now().getTime());
    if (decision instanceof Promise) return decision.then((made) => apply(reply, policy, made));
    apply(reply, policy, decision);
  }
}

function classOf(request: ConcordRequest, endpoint: EndpointOptions): RateClass {
  if (endpoint.rate) return endpoint.rate;
  return request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write';
}

function apply(reply: ConcordReply, policy: RatePolicy, decision: RateDecision): void {
  reply.headers(rateLimitHeaders(policy, decision));
  if (!decision.allowed)
    throw TooManyRequests({
      detail: `Wait ${Math.ceil(decision.retryAfterSeconds)} s, then go on.`,
      retryAfterSeconds: decision.retryAfterSeconds,
    });
}

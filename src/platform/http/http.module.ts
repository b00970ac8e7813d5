import { Global, Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { Clock, SystemClock } from '../clock/clock.js';
import { Settings } from '../config/settings.js';
import { LOGGER, type Logger } from '../telemetry/telemetry.module.js';
import { ProblemFilter } from './problems/problem-filter.js';
import { MemoryRateLimiter } from './rate-limit/memory-rate-limiter.js';
import { RateGate } from './rate-limit/rate-gate.js';
import { RateLimiter } from './rate-limit/rate-limiter.js';
import { connectRateLimitRedis, RedisRateLimiter } from './rate-limit/redis-rate-limiter.js';
import { assertEveryRouteDeclared } from './route-check.js';
import { RouteMethods } from './route-methods.js';
import { ShapePipe } from './shapes/shape-pipe.js';

/** What every route stands on: the clock, validation, problems and rate limits. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: Clock, useClass: SystemClock },
    {
      provide: RateLimiter,
      inject: [Settings],
      useFactory: (settings: Settings) =>
        settings.redisUrl
          ? new RedisRateLimiter(connectRateLimitRedis(settings.redisUrl), new MemoryRateLimiter())
          : new MemoryRateLimiter(),
    },
    {
      provide: RateGate,
      inject: [RateLimiter, Clock, Settings],
      useFactory: (limiter: RateLimiter, clock: Clock, settings: Settings) => new RateGate(limiter, clock, settings),
    },
    RouteMethods,
    {
      provide: ProblemFilter,
      inject: [LOGGER, RouteMethods],
      useFactory: (logger: Logger, routes: RouteMethods) =>
        new ProblemFilter(
          ({ error, requestId, route }) => logger.error({ err: error, request_id: requestId, route }, 'request failed'),
          routes,
        ),
    },
    { provide: APP_FILTER, useExisting: ProblemFilter },
    { provide: APP_PIPE, useClass: ShapePipe },
  ],
  exports: [Clock, RateGate, RouteMethods, ProblemFilter],
})
export class HttpModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  onModuleInit(): void {
    assertEveryRouteDeclared(this.discovery);
  }

  onApplicationShutdown(): void {
    if (this.limiter instanceof RedisRateLimiter) this.limiter.close();
  }
}

import { Global, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { Clock } from '../clock/clock.js';
import { Bus } from '../database/bus.js';
import { RateGate } from '../http/rate-limit/rate-gate.js';
import { AccessGuard } from './access.guard.js';
import { AccessSource } from './grant.js';
import { GrantMemory } from './grant-memory.js';
import { JwtStrategy } from './jwt.strategy.js';

/** Topic of the bus that tells every process whose access changed. */
export const ACCESS_TOPIC = 'access';
const GRANT_TTL_MS = 5_000;

/** Knows callers. `AccessSource` comes from the auth feature, whose module is global for this one reason. */
@Global()
@Module({
  imports: [PassportModule.register({ defaultStrategy: 'jwt', session: false })],
  providers: [
    { provide: GrantMemory, useFactory: () => new GrantMemory(GRANT_TTL_MS) },
    JwtStrategy,
    {
      provide: APP_GUARD,
      inject: [AccessSource, GrantMemory, RateGate, Clock],
      useFactory: (source: AccessSource, memory: GrantMemory, rates: RateGate, clock: Clock) =>
        new AccessGuard(source, memory, rates, clock),
    },
  ],
  exports: [GrantMemory],
})
export class AccessModule implements OnModuleInit {
  constructor(
    @Inject(GrantMemory) private readonly memory: GrantMemory,
    @Inject(Bus) private readonly bus: Bus,
  ) {}

  onModuleInit(): void {
    this.bus.subscribe(ACCESS_TOPIC, (message) => this.memory.forget(message));
    this.bus.onReconnect(() => this.memory.forgetAll());
  }
}

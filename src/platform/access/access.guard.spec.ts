import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import type { RateGate } from '../http/rate-limit/rate-gate.js';
import { AccessGuard } from './access.guard.js';
import type { AccessSource } from './grant.js';
import { GrantMemory } from './grant-memory.js';

describe('AccessGuard', () => {
  it('lets nobody through a route that does not say who may call it', () => {
    const guard = new AccessGuard({} as AccessSource, new GrantMemory(0), {} as RateGate, {} as Clock);
    const request = { method: 'GET', url: '/api/v1/forgotten', headers: {}, routeOptions: { config: {} } };
    const http = { getRequest: () => request, getResponse: () => ({}) };
    const context = { switchToHttp: () => http } as unknown as ExecutionContext;
    expect(() => guard.canActivate(context)).toThrow('GET /api/v1/forgotten has no @Endpoint');
  });
});

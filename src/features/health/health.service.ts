import { Inject, Injectable } from '@nestjs/common';
import { HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { DependencyIndicators } from './dependency.indicators.js';
import { NotReady } from './health.errors.js';
import type { Alive, DependencyCheck, Readiness } from './health.shapes.js';

@Injectable()
export class HealthService {
  private hasBeenReady: Readiness | undefined;

  constructor(
    @Inject(HealthCheckService) private readonly terminus: HealthCheckService,
    @Inject(DependencyIndicators) private readonly dependencies: DependencyIndicators,
  ) {}

  live(): Alive {
    return { status: 'ok', uptimeSeconds: process.uptime().toFixed(1) };
  }

  async ready(): Promise<Readiness> {
    const readiness = readinessOf(await this.ask());
    if (readiness.status === 'ok') return (this.hasBeenReady = readiness);
    const down = readiness.checks.filter((check) => check.status === 'down');
    throw NotReady({
      detail: down.map((check) => `${check.name}: ${check.detail ?? 'down'}`).join('; '),
      extra: { checks: readiness.checks },
      retryAfterSeconds: 5,
    });
  }

  async startup(): Promise<Readiness> {
    return this.hasBeenReady ?? this.ready();
  }

  private async ask(): Promise<HealthCheckResult> {
    try {
      return await this.terminus.check(this.dependencies.all());
    } catch (error) {
      // Terminus throws what it found when something is down; while shutting down it throws the same form.
      return (error as { getResponse(): HealthCheckResult }).getResponse();
    }
  }
}

function readinessOf(result: HealthCheckResult): Readiness {
  const checks: DependencyCheck[] = Object.entries(result.details).map(([name, { status, ...facts }]) => {
    const { ms, detail } = facts as { ms?: number; detail?: string };
    return { name, status: status === 'up' ? 'up' : 'down', ms: ms ?? 0, ...(detail ? { detail } : {}) };
  });
  return { status: result.status === 'ok' ? 'ok' : 'error', checks };
}

import { Controller, Get, Inject } from '@nestjs/common';
import { Endpoint } from '../../platform/http/endpoint.js';
import { HealthService } from './health.service.js';
import { NotReady } from './health.errors.js';
import { Alive, Readiness } from './health.shapes.js';

@Controller('health')
export class HealthController {
  constructor(@Inject(HealthService) private readonly health: HealthService) {}

  @Get('live')
  @Endpoint({
    access: 'public',
    rate: 'probe',
    returns: [200, Alive],
    summary: 'Is the process alive?',
    description: 'Touches no dependency: a slow database must not restart the process.',
  })
  live(): Alive {
    return this.health.live();
  }

  @Get('ready')
  @Endpoint({
    access: 'public',
    rate: 'probe',
    returns: [200, Readiness],
    fails: [NotReady],
    summary: 'Can requests be served?',
    description: 'Asks database, migrations, queue and storage, each with its time. 503 names what fails.',
  })
  ready(): Promise<Readiness> {
    return this.health.ready();
  }

  @Get('startup')
  @Endpoint({
    access: 'public',
    rate: 'probe',
    returns: [200, Readiness],
    fails: [NotReady],
    summary: 'Has the start finished?',
    description: 'Like readiness until it was ready once; then always 200.',
  })
  startup(): Promise<Readiness> {
    return this.health.startup();
  }
}

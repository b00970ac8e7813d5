import { Controller, Get, Header, Headers, Inject, Param, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../platform/access/current-scope.js';
import type { Scope } from '../../platform/database/scope.js';
import { Endpoint } from '../../platform/http/endpoint.js';
import { InvalidCursor, NotFound, PermissionDenied, Unavailable } from '../../platform/http/problems/core-problems.js';
import { JobFinished, JobNotFailed } from './jobs.errors.js';
import { JobsService } from './jobs.service.js';
import { JobsQuery, JobView, JobViewPage } from './jobs.shapes.js';

@Controller('jobs')
export class JobsController {
  constructor(@Inject(JobsService) private readonly jobs: JobsService) {}

  @Get()
  @Endpoint({
    access: 'signed-in',
    returns: [200, JobViewPage],
    fails: [InvalidCursor],
    rate: 'read',
    summary: 'List jobs, newest first',
    description: 'Your own jobs; with jobs:manage those of everybody, also the ones behind the scenes.',
  })
  list(@CurrentScope() scope: Scope, @Query() query: JobsQuery) {
    return this.jobs.list(scope, query);
  }

  @Get(':id')
  @Endpoint({
    access: 'signed-in',
    returns: [200, JobView],
    fails: [NotFound],
    rate: 'read',
    summary: 'Look at one job',
    description: 'Your own, or with jobs:read any of the organization.',
  })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.jobs.get(scope, id);
  }

  @Post(':id/cancel')
  @Endpoint({
    access: 'jobs:cancel',
    returns: [200, JobView],
    fails: [NotFound, PermissionDenied, JobFinished],
    rate: 'write',
    summary: 'Cancel a job',
    description:
      'One that waits is cancelled at once. One that runs is asked to stop and becomes CANCELLED within seconds; what it has done so far stays.',
  })
  cancel(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.jobs.cancel(scope, id);
  }

  @Post(':id/redrive')
  @Endpoint({
    access: 'jobs:manage',
    returns: [200, JobView],
    fails: [NotFound, JobNotFailed],
    rate: 'write',
    summary: 'Run a failed job again',
    description: 'It gets all its attempts anew and goes on after its last finished step.',
  })
  redrive(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.jobs.redrive(scope, id);
  }

  @Get(':id/events')
  @Header('cache-control', 'no-store')
  @Header('x-accel-buffering', 'no')
  @Endpoint({
    access: 'signed-in',
    returns: [200, 'text/event-stream'],
    fails: [NotFound, Unavailable],
    rate: 'read',
    summary: 'Follow a job live',
    description:
      'Server-sent events `state`, `progress` and, last, `done`. Ids grow; send the last one as `Last-Event-ID` to go on where you were. The stream ends after `done`.',
  })
  follow(@CurrentScope() scope: Scope, @Param('id') id: string, @Headers('last-event-id') lastEventId?: string) {
    return this.jobs.follow(scope, id, lastEventId);
  }
}

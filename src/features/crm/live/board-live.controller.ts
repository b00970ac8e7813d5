import { Controller, Get, Header, Headers, Inject, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { Unavailable } from '../../../platform/http/problems/core-problems.js';
import { PipelineNotFound } from '../pipelines/pipelines.errors.js';
import { BoardLiveService } from './board-live.service.js';
import { keyOf } from './live-access.js';
import { TooManyFollowers } from './live.errors.js';
import { BoardEventsQuery } from './live.shapes.js';

@Controller('leads/board/events')
export class BoardLiveController {
  constructor(@Inject(BoardLiveService) private readonly live: BoardLiveService) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Header('x-accel-buffering', 'no')
  @Endpoint({
    access: 'leads:read',
    returns: [200, 'text/event-stream'],
    fails: [PipelineNotFound, TooManyFollowers, Unavailable],
    rate: 'read',
    summary: 'Follow a board live',
    description:
      'Server-sent events `lead.created`, `lead.updated`, `lead.moved`, `lead.deleted`, `lead.restored` and `lead.merged`, within about a second, with ids and small facts. Open the stream, wait for `ready`, then load the board: nothing is missed. Ids grow; send the last one as `Last-Event-ID` to go on where you were. `reset` says that too much was missed: load the board anew. `access-ended` is the last event for somebody who may no longer see it; otherwise the stream ends after 15 minutes and is opened again.',
  })
  follow(
    @CurrentScope() scope: Scope,
    @Query() { pipelineId }: BoardEventsQuery,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
  ) {
    return this.live.follow(scope, { pipelineId, lastEventId: headers['last-event-id'], apiKey: keyOf(scope.actor, headers) });
  }
}

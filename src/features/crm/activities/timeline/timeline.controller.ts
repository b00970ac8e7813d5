import { Controller, Get, Param, Query } from '@nestjs/common';
import { CurrentScope } from '../../../../platform/access/current-scope.js';
import type { Scope } from '../../../../platform/database/scope.js';
import { Endpoint } from '../../../../platform/http/endpoint.js';
import { InvalidCursor } from '../../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../../platform/http/shapes/builders.js';
import { LeadNotFound } from '../../leads/leads.errors.js';
import { TimelineService } from './timeline.service.js';
import { TimelineItem, TimelineQuery } from './timeline.shapes.js';

@Controller('leads')
export class TimelineController {
  constructor(private readonly timeline: TimelineService) {}

  @Get(':id/timeline')
  @Endpoint({
    access: 'activities:read',
    returns: [200, pageOf(TimelineItem)],
    summary: 'Get the history of a lead',
    description:
      'Newest first: notes, tasks and files when they were added, activities when they happened, moves on the board and changes of fields.',
    fails: [LeadNotFound, InvalidCursor],
  })
  page(@CurrentScope() scope: Scope, @Param('id') id: string, @Query() query: TimelineQuery) {
    return this.timeline.page(scope, id, query);
  }
}

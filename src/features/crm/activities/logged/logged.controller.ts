import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../../platform/access/current-scope.js';
import type { Scope } from '../../../../platform/database/scope.js';
import { Endpoint } from '../../../../platform/http/endpoint.js';
import { EditConflict, InvalidCursor } from '../../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../../platform/http/shapes/builders.js';
import { LeadNotFound } from '../../leads/leads.errors.js';
import { ActivityNotFound, NotYourEntry } from '../activities.errors.js';
import { EntryPageQuery } from '../notes/notes.shapes.js';
import { LoggedService } from './logged.service.js';
import { ActivityView, LogActivity, UpdateActivity } from './logged.shapes.js';

@Controller()
export class LoggedController {
  constructor(private readonly activities: LoggedService) {}

  @Get('leads/:id/activities')
  @Endpoint({
    access: 'activities:read',
    returns: [200, pageOf(ActivityView)],
    summary: 'List calls, meetings and e-mails with a lead',
    description: 'The last one first.',
    fails: [LeadNotFound, InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Param('id') id: string, @Query() query: EntryPageQuery) {
    return this.activities.list(scope, id, query);
  }

  @Post('leads/:id/activities')
  @Endpoint({
    access: 'activities:create',
    returns: [201, ActivityView],
    summary: 'Write down a call, a meeting or an e-mail',
    fails: [LeadNotFound],
    idempotent: true,
    etag: true,
    location: '/api/v1/activities/{id}',
  })
  log(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: LogActivity) {
    return this.activities.log(scope, id, input);
  }

  @Get('activities/:id')
  @Endpoint({
    access: 'activities:read',
    returns: [200, ActivityView],
    summary: 'Get a call, a meeting or an e-mail',
    fails: [ActivityNotFound],
    etag: true,
  })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.activities.get(scope, id);
  }

  @Patch('activities/:id')
  @Endpoint({
    access: 'activities:update',
    returns: [200, ActivityView],
    summary: 'Change what was written down',
    description: 'A merge patch (RFC 7396). Your own; that of others only with the permission activities:delete.',
    fails: [ActivityNotFound, NotYourEntry, EditConflict],
    etag: true,
    ifMatch: 'required',
  })
  update(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() patch: UpdateActivity) {
    return this.activities.update(scope, id, patch);
  }

  @Delete('activities/:id')
  @Endpoint({
    access: 'activities:update',
    returns: [204],
    summary: 'Delete what was written down',
    description: 'Your own; that of others only with the permission activities:delete.',
    fails: [ActivityNotFound, NotYourEntry, EditConflict],
    ifMatch: 'optional',
  })
  remove(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.activities.remove(scope, id);
  }
}

import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { InvalidCursor, PermissionDenied } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { ChangeNotFound, ChangeOverwritten, ChangeTooOld, ChangeUndone } from '../assistant.errors.js';
import { ChangesService } from './changes.service.js';
import { ChangesQuery, ChangeView } from './changes.shapes.js';

@Controller('assistant/changes')
export class ChangesController {
  constructor(private readonly changes: ChangesService) {}

  @Get()
  @Endpoint({
    access: 'assistant:use',
    returns: [200, pageOf(ChangeView)],
    summary: 'List what the assistant did for you, the latest first',
    fails: [InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Query() query: ChangesQuery) {
    return this.changes.list(scope, query);
  }

  @Get(':id')
  @Endpoint({
    access: 'assistant:use',
    returns: [200, ChangeView],
    summary: 'Look at something the assistant did for you',
    fails: [ChangeNotFound],
  })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.changes.get(scope, id);
  }

  @Post(':id/undo')
  @Endpoint({
    access: 'assistant:use',
    returns: [200, ChangeView],
    summary: 'Take back what the assistant did',
    description:
      'Once, within 24 hours, with the permission it took to do it. All of it or nothing: when a lead is not as it was left, the problem says what differs.',
    fails: [ChangeNotFound, ChangeUndone, ChangeTooOld, ChangeOverwritten, PermissionDenied],
    rate: 'write',
  })
  undo(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.changes.undo(scope, id);
  }
}

import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../../platform/access/current-scope.js';
import type { Scope } from '../../../../platform/database/scope.js';
import { Endpoint } from '../../../../platform/http/endpoint.js';
import { EditConflict, InvalidCursor } from '../../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../../platform/http/shapes/builders.js';
import { LeadNotFound } from '../../leads/leads.errors.js';
import { AssigneeUnknown, DueAmbiguous, TaskNotFound } from '../activities.errors.js';
import { EntryPageQuery } from '../notes/notes.shapes.js';
import { TasksService } from './tasks.service.js';
import { CreateTask, ListTasksQuery, TaskOfLead, TaskView, UpdateTask } from './tasks.shapes.js';

@Controller()
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  @Get('tasks')
  @Endpoint({
    access: 'activities:read',
    returns: [200, pageOf(TaskOfLead)],
    summary: 'List tasks of all leads',
    description: '`?assignee=me&due=today` is what you have to do today.',
    fails: [InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Query() query: ListTasksQuery) {
    return this.tasks.list(scope, query);
  }

  @Get('leads/:id/tasks')
  @Endpoint({
    access: 'activities:read',
    returns: [200, pageOf(TaskView)],
    summary: 'List the tasks of a lead',
    description: 'Newest first, done ones too.',
    fails: [LeadNotFound, InvalidCursor],
  })
  ofLead(@CurrentScope() scope: Scope, @Param('id') id: string, @Query() query: EntryPageQuery) {
    return this.tasks.ofLead(scope, id, query);
  }

  @Post('leads/:id/tasks')
  @Endpoint({
    access: 'activities:create',
    returns: [201, TaskView],
    summary: 'Make a task for a lead',
    description: 'Due at a moment or on a day. The assignee is reminded by e-mail; reminders whose time has passed already are not sent.',
    fails: [LeadNotFound, AssigneeUnknown, DueAmbiguous],
    idempotent: true,
    etag: true,
    location: '/api/v1/tasks/{id}',
  })
  add(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: CreateTask) {
    return this.tasks.add(scope, id, input);
  }

  @Get('tasks/:id')
  @Endpoint({ access: 'activities:read', returns: [200, TaskView], summary: 'Get a task', fails: [TaskNotFound], etag: true })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.tasks.get(scope, id);
  }

  @Patch('tasks/:id')
  @Endpoint({
    access: 'activities:update',
    returns: [200, TaskView],
    summary: 'Change a task',
    description:
      'A merge patch (RFC 7396). Another due time moves the reminders with it; giving dueAt takes dueOn away and the other way round.',
    fails: [TaskNotFound, AssigneeUnknown, DueAmbiguous, EditConflict],
    etag: true,
    ifMatch: 'required',
  })
  update(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() patch: UpdateTask) {
    return this.tasks.update(scope, id, patch);
  }

  @Post('tasks/:id/done')
  @Endpoint({
    access: 'activities:update',
    returns: [200, TaskView],
    summary: 'Say that a task is done',
    description: 'Nobody is reminded of it any more. What is done already stays as it is.',
    fails: [TaskNotFound, EditConflict],
    etag: true,
    ifMatch: 'optional',
  })
  finish(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.tasks.finish(scope, id);
  }

  @Post('tasks/:id/reopen')
  @Endpoint({
    access: 'activities:update',
    returns: [200, TaskView],
    summary: 'Open a task again',
    description: 'Reminders that are still to come are sent; those that were sent are not repeated.',
    fails: [TaskNotFound, EditConflict],
    etag: true,
    ifMatch: 'optional',
  })
  reopen(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.tasks.reopen(scope, id);
  }

  @Delete('tasks/:id')
  @Endpoint({
    access: 'activities:update',
    returns: [204],
    summary: 'Delete a task',
    fails: [TaskNotFound, EditConflict],
    ifMatch: 'optional',
  })
  remove(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.tasks.remove(scope, id);
  }
}

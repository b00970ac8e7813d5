import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../../platform/access/current-scope.js';
import type { Scope } from '../../../../platform/database/scope.js';
import { Endpoint } from '../../../../platform/http/endpoint.js';
import { EditConflict, InvalidCursor } from '../../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../../platform/http/shapes/builders.js';
import { LeadNotFound } from '../../leads/leads.errors.js';
import { NoteNotFound, NotYourEntry } from '../activities.errors.js';
import { NotesService } from './notes.service.js';
import { EntryPageQuery, NoteView, WriteNote } from './notes.shapes.js';

@Controller()
export class NotesController {
  constructor(private readonly notes: NotesService) {}

  @Get('leads/:id/notes')
  @Endpoint({
    access: 'activities:read',
    returns: [200, pageOf(NoteView)],
    summary: 'List the notes of a lead',
    description: 'Newest first.',
    fails: [LeadNotFound, InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Param('id') id: string, @Query() query: EntryPageQuery) {
    return this.notes.list(scope, id, query);
  }

  @Post('leads/:id/notes')
  @Endpoint({
    access: 'activities:create',
    returns: [201, NoteView],
    summary: 'Write a note on a lead',
    fails: [LeadNotFound],
    idempotent: true,
    etag: true,
    location: '/api/v1/notes/{id}',
  })
  add(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: WriteNote) {
    return this.notes.add(scope, id, input);
  }

  @Get('notes/:id')
  @Endpoint({ access: 'activities:read', returns: [200, NoteView], summary: 'Get a note', fails: [NoteNotFound], etag: true })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.notes.get(scope, id);
  }

  @Patch('notes/:id')
  @Endpoint({
    access: 'activities:update',
    returns: [200, NoteView],
    summary: 'Change a note',
    description: 'Your own; those of others only with the permission activities:delete. The audit trail keeps what it said before.',
    fails: [NoteNotFound, NotYourEntry, EditConflict],
    etag: true,
    ifMatch: 'required',
  })
  update(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() patch: WriteNote) {
    return this.notes.update(scope, id, patch);
  }

  @Delete('notes/:id')
  @Endpoint({
    access: 'activities:update',
    returns: [204],
    summary: 'Delete a note',
    description: 'Your own; those of others only with the permission activities:delete.',
    fails: [NoteNotFound, NotYourEntry, EditConflict],
    ifMatch: 'optional',
  })
  remove(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.notes.remove(scope, id);
  }
}

import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../../platform/access/current-scope.js';
import type { Scope } from '../../../../platform/database/scope.js';
import { Endpoint } from '../../../../platform/http/endpoint.js';
import { EditConflict, InvalidCursor } from '../../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../../platform/http/shapes/builders.js';
import { LeadNotFound } from '../../leads/leads.errors.js';
import { AlreadyAttached, AttachmentNotFound, AttachmentNotReady } from '../activities.errors.js';
import { EntryPageQuery } from '../notes/notes.shapes.js';
import { AttachmentsService } from './attachments.service.js';
import { AttachFile, AttachmentView, UpdateAttachment } from './attachments.shapes.js';

@Controller()
export class AttachmentsController {
  constructor(private readonly attachments: AttachmentsService) {}

  @Get('leads/:id/attachments')
  @Endpoint({
    access: 'activities:read',
    returns: [200, pageOf(AttachmentView)],
    summary: 'List the files of a lead',
    description: 'Newest first.',
    fails: [LeadNotFound, InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Param('id') id: string, @Query() query: EntryPageQuery) {
    return this.attachments.list(scope, id, query);
  }

  @Post('leads/:id/attachments')
  @Endpoint({
    access: 'activities:create',
    returns: [201, AttachmentView],
    summary: 'Attach a file to a lead',
    description: 'Upload it first. A file may be attached to several leads, but to each only once.',
    fails: [LeadNotFound, AlreadyAttached, AttachmentNotReady],
    idempotent: true,
    etag: true,
    location: '/api/v1/attachments/{id}',
  })
  attach(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: AttachFile) {
    return this.attachments.attach(scope, id, input);
  }

  @Get('attachments/:id')
  @Endpoint({
    access: 'activities:read',
    returns: [200, AttachmentView],
    summary: 'Get an attachment',
    fails: [AttachmentNotFound],
    etag: true,
  })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.attachments.get(scope, id);
  }

  @Patch('attachments/:id')
  @Endpoint({
    access: 'activities:update',
    returns: [200, AttachmentView],
    summary: 'Change the caption of an attachment',
    fails: [AttachmentNotFound, EditConflict],
    etag: true,
    ifMatch: 'required',
  })
  update(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() patch: UpdateAttachment) {
    return this.attachments.update(scope, id, patch);
  }

  @Delete('attachments/:id')
  @Endpoint({
    access: 'activities:update',
    returns: [204],
    summary: 'Take a file off a lead',
    description: 'The file itself stays.',
    fails: [AttachmentNotFound, EditConflict],
    ifMatch: 'optional',
  })
  detach(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.attachments.detach(scope, id);
  }
}

import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict, InvalidCursor, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { LeadNotFound } from '../leads/leads.errors.js';
import { ColumnBusy } from '../pipelines/pipelines.errors.js';
import {
  LeadMergeNotFound,
  LeadsToMergeUnknown,
  MergeAlreadyUndone,
  MergeNotPossible,
  MergeNotUndoable,
  MergePreviewStale,
} from './duplicate-review.errors.js';
import { LeadMergesService } from './lead-merges.service.js';
import { LeadMergePreview, LeadMergesQuery, LeadMergeView, MergedLead, MergeLeads } from './lead-merges.shapes.js';
import { MergeUndoService } from './merge-undo.service.js';

const REFUSED = [LeadNotFound, LeadsToMergeUnknown, MergeNotPossible, ValidationFailed];

@Controller()
export class LeadMergesController {
  constructor(
    private readonly merges: LeadMergesService,
    private readonly undoing: MergeUndoService,
  ) {}

  @Post('leads/:id/merge')
  @Endpoint({
    access: 'leads:merge',
    returns: [200, MergedLead],
    summary: 'Merge duplicates into this lead',
    description:
      'The lead keeps its place on the board; its fields are chosen by rules. Notes, tasks, activities, attachments, contacts and companies of the others come over. The others are deleted, and asking for one answers 410 with `mergedInto`. POST /lead-merges/{id}/undo takes it back.',
    fails: [...REFUSED, MergePreviewStale, EditConflict],
    idempotent: true,
    etag: true,
    ifMatch: 'required',
  })
  merge(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: MergeLeads) {
    return this.merges.merge(scope, id, input);
  }

  @Post('leads/:id/merge/preview')
  @Endpoint({
    access: 'leads:merge',
    returns: [200, LeadMergePreview],
    summary: 'Show what a merge would do',
    description: 'Writes nothing. Send its `fingerprint` with the merge to have exactly this done.',
    fails: [...REFUSED, MergePreviewStale],
  })
  preview(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: MergeLeads) {
    return this.merges.preview(scope, id, input);
  }

  @Get('lead-merges')
  @Endpoint({
    access: 'leads:merge',
    returns: [200, pageOf(LeadMergeView)],
    summary: 'List merges, newest first',
    fails: [InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Query() query: LeadMergesQuery) {
    return this.merges.list(scope, query);
  }

  @Get('lead-merges/:id')
  @Endpoint({ access: 'leads:merge', returns: [200, LeadMergeView], summary: 'Look at one merge', fails: [LeadMergeNotFound] })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.merges.get(scope, id);
  }

  @Post('lead-merges/:id/undo')
  @Endpoint({
    access: 'leads:merge',
    returns: [200, LeadMergeView],
    summary: 'Take a merge back',
    description:
      'All leads are as they were, and records that came over go back. What was edited or added since stays with the lead that survived; the answer names it.',
    fails: [LeadMergeNotFound, MergeAlreadyUndone, MergeNotUndoable, ColumnBusy],
    idempotent: true,
  })
  undo(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.undoing.undo(scope, id);
  }
}

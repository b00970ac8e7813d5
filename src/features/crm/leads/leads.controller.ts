import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict, InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { LeadMerged } from '../duplicate-review/duplicate-review.errors.js';
import {
  ColumnBusy,
  ENTRY_PROBLEMS,
  LeadIncomplete,
  PipelineNotFound,
  PipelineUnknown,
  StageUnknown,
} from '../pipelines/pipelines.errors.js';
import { LeadAlreadyExists, LeadNotDeleted, LeadNotFound, NeighbourGone, OwnerUnknown, PlaceAmbiguous } from './leads.errors.js';
import { LeadListsService } from './lead-lists.service.js';
import { LeadMovesService } from './lead-moves.service.js';
import { CreateLead, CreateLeadQuery, ListLeadsQuery, MoveLead, SearchQuery, UpdateLead } from './lead-requests.shapes.js';
import { CreatedLead, LeadView, SearchResult } from './leads.shapes.js';
import { LeadsService } from './leads.service.js';

@Controller('leads')
export class LeadsController {
  constructor(
    private readonly leads: LeadsService,
    private readonly moves: LeadMovesService,
    private readonly lists: LeadListsService,
  ) {}

  @Post()
  @Endpoint({
    access: 'leads:create',
    returns: [201, CreatedLead],
    summary: 'Make a lead',
    description:
      'It goes to the end of its column. Leads with the same e-mail, phone or name are looked for and judged; they come back with the reasons.',
    fails: [StageUnknown, PipelineUnknown, OwnerUnknown, LeadAlreadyExists, LeadIncomplete, ColumnBusy],
    idempotent: true,
    etag: true,
    location: '/api/v1/leads/{id}',
  })
  create(@CurrentScope() scope: Scope, @Body() input: CreateLead, @Query() { onDuplicate }: CreateLeadQuery) {
    return this.leads.create(scope, input, onDuplicate);
  }

  @Get()
  @Endpoint({
    access: 'leads:read',
    returns: [200, pageOf(LeadView)],
    summary: 'List leads',
    description: 'All filters given must hold. GET /pipelines tells the statuses; one that no stage has is refused.',
    fails: [PipelineNotFound, InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Query() query: ListLeadsQuery) {
    return this.lists.list(scope, query);
  }

  @Get('search')
  @Endpoint({
    access: 'leads:read',
    returns: [200, SearchResult],
    summary: 'Search leads by name, company or e-mail',
    description: 'The beginning of a name comes first, then any part of one, then misspelt names, companies and e-mail addresses.',
  })
  search(@CurrentScope() scope: Scope, @Query() query: SearchQuery) {
    return this.lists.search(scope, query);
  }

  @Get(':id')
  @Endpoint({ access: 'leads:read', returns: [200, LeadView], summary: 'Get a lead', fails: [LeadNotFound, LeadMerged], etag: true })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.leads.get(scope, id);
  }

  @Patch(':id')
  @Endpoint({
    access: 'leads:update',
    returns: [200, LeadView],
    summary: 'Change a lead',
    description:
      'A merge patch (RFC 7396). When somebody was faster, the answer holds the current values of the fields you wanted to change.',
    fails: [LeadNotFound, OwnerUnknown, EditConflict],
    etag: true,
    ifMatch: 'required',
  })
  update(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() patch: UpdateLead) {
    return this.leads.update(scope, id, patch);
  }

  @Put(':id/status')
  @Endpoint({
    access: 'leads:update',
    returns: [200, LeadView],
    summary: 'Move a lead on the board',
    description:
      'Give `position`, `before` or `after` to say where in the column; without any the lead goes to the end. Past the end means the end.',
    fails: [LeadNotFound, StageUnknown, ...ENTRY_PROBLEMS, NeighbourGone, PlaceAmbiguous, EditConflict, ColumnBusy],
    etag: true,
    ifMatch: 'optional',
  })
  move(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: MoveLead) {
    return this.moves.move(scope, id, input);
  }

  @Delete(':id')
  @Endpoint({
    access: 'leads:delete',
    returns: [204],
    summary: 'Delete a lead',
    description: 'It can be brought back with POST /leads/{id}/restore.',
    fails: [LeadNotFound, EditConflict],
    ifMatch: 'optional',
  })
  remove(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.leads.remove(scope, id);
  }

  @Post(':id/restore')
  @Endpoint({
    access: 'leads:delete',
    returns: [200, LeadView],
    summary: 'Bring a deleted lead back',
    description: 'At the end of its column; in the first column when its own was archived.',
    fails: [LeadNotFound, LeadNotDeleted, ColumnBusy],
    etag: true,
  })
  restore(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.moves.restore(scope, id);
  }
}

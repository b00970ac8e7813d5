import { Body, Controller, Param, Post } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict } from '../../../platform/http/problems/core-problems.js';
import { ColumnBusy, ENTRY_PROBLEMS, PipelineUnknown, StageUnknown } from '../pipelines/pipelines.errors.js';
import { LeadMovesService } from './lead-moves.service.js';
import { TransferLead } from './lead-moves.shapes.js';
import { LeadNotFound } from './leads.errors.js';
import { LeadView } from './leads.shapes.js';

@Controller('leads')
export class LeadMovesController {
  constructor(private readonly moves: LeadMovesService) {}

  @Post(':id/pipeline')
  @Endpoint({
    access: 'leads:update',
    returns: [200, LeadView],
    summary: 'Move a lead to another pipeline',
    description: 'It goes to the end of the stage, which may ask for fields and a reason; which stage it comes from does not matter there.',
    fails: [LeadNotFound, PipelineUnknown, StageUnknown, ...ENTRY_PROBLEMS, EditConflict, ColumnBusy],
    etag: true,
    ifMatch: 'optional',
  })
  transfer(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: TransferLead) {
    return this.moves.transfer(scope, id, input);
  }
}

import { Controller, Get, Param, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { PipelineNotFound, StageNotFound } from '../pipelines/pipelines.errors.js';
import { BoardService } from './board.service.js';
import { BoardQuery, ColumnQuery } from './lead-requests.shapes.js';
import { BoardView, LeadCard } from './leads.shapes.js';

@Controller('leads/board')
export class BoardController {
  constructor(private readonly boards: BoardService) {}

  @Get()
  @Endpoint({
    access: 'leads:read',
    returns: [200, BoardView],
    summary: 'The board: every column with count, sums and first cards',
    description: 'A stage that was archived is shown as long as leads are in it.',
    fails: [PipelineNotFound],
  })
  board(@CurrentScope() scope: Scope, @Query() query: BoardQuery) {
    return this.boards.board(scope, query);
  }

  @Get('columns/:status')
  @Endpoint({
    access: 'leads:read',
    returns: [200, pageOf(LeadCard)],
    summary: 'More cards of one column',
    fails: [PipelineNotFound, StageNotFound, InvalidCursor],
  })
  column(@CurrentScope() scope: Scope, @Param('status') status: string, @Query() query: ColumnQuery) {
    return this.boards.column(scope, status, query);
  }
}

import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { PipelineNotFound } from '../pipelines/pipelines.errors.js';
import { LeadExportsService } from './lead-exports.service.js';
import { ExportLeadsQuery } from './lead-exports.shapes.js';

@Controller('leads')
export class LeadExportsController {
  constructor(private readonly exports: LeadExportsService) {}

  @Get('export')
  @Endpoint({
    access: 'leads:export',
    returns: [200, 'text/csv'],
    summary: 'Export leads as CSV',
    description:
      'With the filters of the list, streamed, oldest first. Safe to open in a spreadsheet: nothing in it is run as a formula. Importing the file again with a natural key changes nothing. The owner is left out when they are no member any more.',
    fails: [PipelineNotFound],
    rate: 'bulk',
  })
  async export(@CurrentScope() scope: Scope, @Query() query: ExportLeadsQuery): Promise<StreamableFile> {
    const lines = await this.exports.export(scope, query);
    return new StreamableFile(lines, { type: 'text/csv; charset=utf-8', disposition: 'attachment; filename="leads.csv"' });
  }
}

import { Body, Controller, Get, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { InvalidCursor, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { PipelineUnknown } from '../pipelines/pipelines.errors.js';
import { ImportReports } from './import-reports.js';
import {
  ImportFileNotFound,
  ImportFileUnreadable,
  ImportMappingWrong,
  ImportNotUndoable,
  LeadImportNotFound,
} from './lead-imports.errors.js';
import { LeadImportsService } from './lead-imports.service.js';
import { LeadImportAccepted, LeadImportDuplicate, LeadImportRow, LeadImportView, SuggestedMapping } from './lead-imports.shapes.js';
import { LeadImportRowsQuery, LeadImportsQuery, StartLeadImport, SuggestMapping } from './mapping.shapes.js';

@Controller('lead-imports')
export class LeadImportsController {
  constructor(
    private readonly imports: LeadImportsService,
    private readonly reports: ImportReports,
  ) {}

  @Post()
  @Endpoint({
    access: 'leads:import',
    returns: [202, LeadImportAccepted],
    summary: 'Import leads from a CSV file',
    description:
      'A job reads the file row by row. Send `dryRun: true` first: the report is the one the real import will give. A job that is interrupted goes on where it was; one that is cancelled stops within seconds and keeps what it did, which can be undone.',
    fails: [ImportFileNotFound, ImportFileUnreadable, ImportMappingWrong, PipelineUnknown, ValidationFailed],
    rate: 'bulk',
    idempotent: true,
    location: '/api/v1/jobs/{jobId}',
  })
  start(@CurrentScope() scope: Scope, @Body() input: StartLeadImport) {
    return this.imports.start(scope, input);
  }

  @Post('suggest-mapping')
  @Endpoint({
    access: 'leads:import',
    returns: [200, SuggestedMapping],
    summary: 'Look at a file and suggest which columns make which fields',
    description: 'By the names of the columns and by what is in them. Change what is wrong and send it to POST /lead-imports.',
    fails: [ImportFileNotFound, ImportFileUnreadable],
    rate: 'write',
  })
  suggest(@CurrentScope() scope: Scope, @Body() { fileId }: SuggestMapping) {
    return this.imports.suggest(scope, fileId);
  }

  @Get()
  @Endpoint({
    access: 'leads:import',
    returns: [200, pageOf(LeadImportView)],
    summary: 'List imports, newest first',
    fails: [InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Query() query: LeadImportsQuery) {
    return this.imports.list(scope, query);
  }

  @Get(':id')
  @Endpoint({ access: 'leads:import', returns: [200, LeadImportView], summary: 'Look at one import', fails: [LeadImportNotFound] })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.imports.get(scope, id);
  }

  @Get(':id/rows')
  @Endpoint({
    access: 'leads:import',
    returns: [200, pageOf(LeadImportRow)],
    summary: 'What became of each row, in the order of the file',
    fails: [LeadImportNotFound, InvalidCursor],
  })
  rows(@CurrentScope() scope: Scope, @Param('id') id: string, @Query() query: LeadImportRowsQuery) {
    return this.imports.rows(scope, id, query);
  }

  @Get(':id/report.csv')
  @Endpoint({
    access: 'leads:import',
    returns: [200, 'text/csv'],
    summary: 'The report of an import as CSV',
    description: 'One line per row of the file. Safe to open in a spreadsheet: nothing in it is run as a formula.',
    fails: [LeadImportNotFound],
    rate: 'bulk',
  })
  async report(@CurrentScope() scope: Scope, @Param('id') id: string): Promise<StreamableFile> {
    const lines = await this.reports.csv(scope, id);
    return new StreamableFile(lines, { type: 'text/csv; charset=utf-8', disposition: 'attachment; filename="import-report.csv"' });
  }

  @Get(':id/duplicates')
  @Endpoint({
    access: 'leads:import',
    returns: [200, pageOf(LeadImportDuplicate)],
    summary: 'Leads of an import that are probably one person, or somebody who was there before',
    description: 'Most likely first, each with the reasons. Looked for at the end of an import, however large.',
    fails: [LeadImportNotFound, InvalidCursor],
  })
  duplicates(@CurrentScope() scope: Scope, @Param('id') id: string, @Query() query: LeadImportsQuery) {
    return this.imports.duplicates(scope, id, query);
  }

  @Post(':id/undo')
  @Endpoint({
    access: 'leads:import',
    returns: [202, LeadImportAccepted],
    summary: 'Take an import back',
    description:
      'A job deletes the leads it created and gives those it updated their old values. Leads that were changed since stay as they are and are reported.',
    fails: [LeadImportNotFound, ImportNotUndoable],
    rate: 'bulk',
    idempotent: true,
    location: '/api/v1/jobs/{jobId}',
  })
  undo(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.imports.undo(scope, id);
  }
}

import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { DuplicateScanNotFound, DuplicateScanRunning } from './duplicate-review.errors.js';
import { DuplicateScansService } from './duplicate-scans.service.js';
import { DuplicateScanAccepted, DuplicateScansQuery, DuplicateScanView, StartDuplicateScan } from './duplicate-scans.shapes.js';

@Controller('lead-duplicate-scans')
export class DuplicateScansController {
  constructor(private readonly scans: DuplicateScansService) {}

  @Post()
  @Endpoint({
    access: 'leads:merge',
    returns: [202, DuplicateScanAccepted],
    summary: 'Scan all leads for duplicates',
    description:
      'A job compares every lead with those that are like it in anything, learns from your leads how telling each field is, and leaves groups for review at GET /lead-duplicate-clusters. They take the place of the undecided groups of the scan before. A scan that is interrupted goes on where it was.',
    fails: [DuplicateScanRunning],
    rate: 'bulk',
    idempotent: true,
    location: '/api/v1/jobs/{jobId}',
  })
  start(@CurrentScope() scope: Scope, @Body() input: StartDuplicateScan) {
    return this.scans.start(scope, input);
  }

  @Get()
  @Endpoint({
    access: 'leads:merge',
    returns: [200, pageOf(DuplicateScanView)],
    summary: 'List scans for duplicates, newest first',
    fails: [InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Query() query: DuplicateScansQuery) {
    return this.scans.list(scope, query);
  }

  @Get(':id')
  @Endpoint({ access: 'leads:merge', returns: [200, DuplicateScanView], summary: 'Look at one scan', fails: [DuplicateScanNotFound] })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.scans.get(scope, id);
  }
}

import { Body, Controller, Post } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { ColumnBusy } from '../pipelines/pipelines.errors.js';
import { BulkLeads, BulkResult } from './bulk.shapes.js';
import { BulkService } from './bulk.service.js';
import { BulkNotApplied } from './leads.errors.js';

@Controller('leads/bulk')
export class BulkController {
  constructor(private readonly bulk: BulkService) {}

  @Post()
  @Endpoint({
    access: 'leads:update',
    returns: [200, BulkResult],
    summary: 'Change, move, delete or restore many leads',
    description: 'Up to 1,000 operations, each with its own result. Deleting and restoring also need leads:delete.',
    fails: [BulkNotApplied, ColumnBusy],
    rate: 'bulk',
    idempotent: true,
  })
  run(@CurrentScope() scope: Scope, @Body() input: BulkLeads) {
    return this.bulk.run(scope, input);
  }
}

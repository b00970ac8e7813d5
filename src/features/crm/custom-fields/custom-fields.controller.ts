import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict, NotFound } from '../../../platform/http/problems/core-problems.js';
import { CustomFieldsService } from './custom-fields.service.js';
import { CustomFieldsReport, CustomFieldsView, PutCustomFields, PutCustomFieldsQuery } from './custom-fields.shapes.js';

@Controller('crm/custom-fields')
export class CustomFieldsController {
  constructor(private readonly customFields: CustomFieldsService) {}

  @Get(':type')
  @Endpoint({
    access: 'custom-fields:read',
    returns: [200, CustomFieldsView],
    summary: 'Get the custom fields of leads, companies or contacts',
    description: '`type` is lead, company or contact.',
    fails: [NotFound],
    etag: true,
  })
  get(@CurrentScope() scope: Scope, @Param('type') type: string) {
    return this.customFields.get(scope, type);
  }

  @Put(':type')
  @Endpoint({
    access: 'custom-fields:manage',
    returns: [200, CustomFieldsReport],
    summary: 'Say what custom fields leads, companies or contacts have',
    description:
      'What is written from then on must fit. Stored values stay, and the answer tells how many records do not fit; ask with `dryRun=true` first.',
    fails: [NotFound, EditConflict],
    rate: 'bulk',
    etag: true,
    ifMatch: 'optional',
  })
  put(
    @CurrentScope() scope: Scope,
    @Param('type') type: string,
    @Body() input: PutCustomFields,
    @Query() { dryRun }: PutCustomFieldsQuery,
  ) {
    return this.customFields.put(scope, type, input, dryRun);
  }

  @Delete(':type')
  @Endpoint({
    access: 'custom-fields:manage',
    returns: [204],
    summary: 'Take any custom fields again',
    description: 'Takes the schema away; stored values stay.',
    fails: [NotFound, EditConflict],
    ifMatch: 'optional',
  })
  remove(@CurrentScope() scope: Scope, @Param('type') type: string) {
    return this.customFields.remove(scope, type);
  }
}

import { Body, Controller, Get, Put } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict } from '../../../platform/http/problems/core-problems.js';
import { CrmSettings } from './crm-settings.service.js';
import { CrmSettingsView, PutCrmSettings } from './crm-settings.shapes.js';

@Controller('crm/settings')
export class CrmSettingsController {
  constructor(private readonly settings: CrmSettings) {}

  @Get()
  @Endpoint({ access: 'leads:read', returns: [200, CrmSettingsView], summary: 'Get the settings of the CRM', etag: true })
  get(@CurrentScope() scope: Scope) {
    return this.settings.read(scope);
  }

  @Put()
  @Endpoint({
    access: 'crm:configure',
    returns: [200, CrmSettingsView],
    summary: 'Change the settings of the CRM',
    description: 'Every process follows within moments.',
    fails: [EditConflict],
    etag: true,
    ifMatch: 'required',
  })
  put(@CurrentScope() scope: Scope, @Body() input: PutCrmSettings) {
    return this.settings.put(scope, input);
  }
}

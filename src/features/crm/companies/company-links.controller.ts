import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { LeadNotFound } from '../leads/leads.errors.js';
import { CompanyUnknown, LeadHasNoCompany } from './companies.errors.js';
import { CompanyView, LinkCompany } from './companies.shapes.js';
import { CompanyLinksService } from './company-links.service.js';

@Controller('leads')
export class CompanyLinksController {
  constructor(private readonly links: CompanyLinksService) {}

  @Get(':id/company')
  @Endpoint({
    access: 'companies:read',
    returns: [200, CompanyView],
    summary: 'Get the company of a lead',
    fails: [LeadNotFound, LeadHasNoCompany],
  })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.links.companyOf(scope, id);
  }

  @Put(':id/company')
  @Endpoint({
    access: 'leads:update',
    returns: [200, CompanyView],
    summary: 'Link a lead to a company',
    description: 'Takes the place of the one before. The company a lead names in words stays as it is.',
    fails: [LeadNotFound, CompanyUnknown],
  })
  link(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() { companyId }: LinkCompany) {
    return this.links.link(scope, id, companyId);
  }

  @Delete(':id/company')
  @Endpoint({
    access: 'leads:update',
    returns: [204],
    summary: 'Take the link from a lead to its company away',
    fails: [LeadNotFound, LeadHasNoCompany],
  })
  unlink(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.links.unlink(scope, id);
  }
}

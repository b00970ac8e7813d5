import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict, InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { EntryPageQuery } from '../activities/notes/notes.shapes.js';
import { OwnerUnknown } from '../leads/leads.errors.js';
import { LinkedLead } from '../records/linked-lead.js';
import { RecordSearchQuery } from '../records/record-lists.shapes.js';
import { CompanyDomainTaken, CompanyNotDeleted, CompanyNotFound } from './companies.errors.js';
import { CompaniesService } from './companies.service.js';
import { CompanySearchResult, CompanyView, CreateCompany, ListCompaniesQuery, UpdateCompany } from './companies.shapes.js';

@Controller('companies')
export class CompaniesController {
  constructor(private readonly companies: CompaniesService) {}

  @Get()
  @Endpoint({
    access: 'companies:read',
    returns: [200, pageOf(CompanyView)],
    summary: 'List companies',
    description: 'All filters given must hold.',
    fails: [InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Query() query: ListCompaniesQuery) {
    return this.companies.list(scope, query);
  }

  @Post()
  @Endpoint({
    access: 'companies:create',
    returns: [201, CompanyView],
    summary: 'Make a company',
    description: 'When another company has one of the domains, the answer names it in `existing`.',
    fails: [CompanyDomainTaken, OwnerUnknown],
    idempotent: true,
    etag: true,
    location: '/api/v1/companies/{id}',
  })
  create(@CurrentScope() scope: Scope, @Body() input: CreateCompany) {
    return this.companies.create(scope, input);
  }

  @Get('search')
  @Endpoint({
    access: 'companies:read',
    returns: [200, CompanySearchResult],
    summary: 'Search companies by name or domain',
    description: 'The beginning of a name comes first, then any part of a name or domain, then misspelt ones.',
  })
  search(@CurrentScope() scope: Scope, @Query() query: RecordSearchQuery) {
    return this.companies.search(scope, query);
  }

  @Get(':id')
  @Endpoint({ access: 'companies:read', returns: [200, CompanyView], summary: 'Get a company', fails: [CompanyNotFound], etag: true })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.companies.get(scope, id);
  }

  @Patch(':id')
  @Endpoint({
    access: 'companies:update',
    returns: [200, CompanyView],
    summary: 'Change a company',
    description: 'A merge patch (RFC 7396); an address is given as a whole.',
    fails: [CompanyNotFound, CompanyDomainTaken, OwnerUnknown, EditConflict],
    etag: true,
    ifMatch: 'required',
  })
  update(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() patch: UpdateCompany) {
    return this.companies.update(scope, id, patch);
  }

  @Delete(':id')
  @Endpoint({
    access: 'companies:delete',
    returns: [204],
    summary: 'Delete a company',
    description: 'Its contacts and leads stay. Its domains are free again. It can be brought back with POST /companies/{id}/restore.',
    fails: [CompanyNotFound, EditConflict],
    ifMatch: 'optional',
  })
  remove(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.companies.remove(scope, id);
  }

  @Post(':id/restore')
  @Endpoint({
    access: 'companies:delete',
    returns: [200, CompanyView],
    summary: 'Bring a deleted company back',
    fails: [CompanyNotFound, CompanyNotDeleted, CompanyDomainTaken],
    etag: true,
  })
  restore(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.companies.restore(scope, id);
  }

  @Get(':id/leads')
  @Endpoint({
    access: 'companies:read',
    returns: [200, pageOf(LinkedLead)],
    summary: 'List the leads of a company',
    description: 'Newest first.',
    fails: [CompanyNotFound, InvalidCursor],
  })
  leads(@CurrentScope() scope: Scope, @Param('id') id: string, @Query() query: EntryPageQuery) {
    return this.companies.leads(scope, id, query);
  }
}

import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict, InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { EntryPageQuery } from '../activities/notes/notes.shapes.js';
import { CompanyNotFound, CompanyUnknown } from '../companies/companies.errors.js';
import { OwnerUnknown } from '../leads/leads.errors.js';
import { LinkedLead } from '../records/linked-lead.js';
import { RecordSearchQuery } from '../records/record-lists.shapes.js';
import { ContactEmailTaken, ContactNotDeleted, ContactNotFound } from './contacts.errors.js';
import { ContactsService } from './contacts.service.js';
import { ContactSearchResult, ContactView, CreateContact, ListContactsQuery, UpdateContact } from './contacts.shapes.js';

@Controller()
export class ContactsController {
  constructor(private readonly contacts: ContactsService) {}

  @Get('contacts')
  @Endpoint({
    access: 'contacts:read',
    returns: [200, pageOf(ContactView)],
    summary: 'List contacts',
    description: 'All filters given must hold.',
    fails: [InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Query() query: ListContactsQuery) {
    return this.contacts.list(scope, query);
  }

  @Post('contacts')
  @Endpoint({
    access: 'contacts:create',
    returns: [201, ContactView],
    summary: 'Make a contact',
    description: 'When another contact has one of the addresses, the answer names it in `existing`.',
    fails: [ContactEmailTaken, CompanyUnknown, OwnerUnknown],
    idempotent: true,
    etag: true,
    location: '/api/v1/contacts/{id}',
  })
  create(@CurrentScope() scope: Scope, @Body() input: CreateContact) {
    return this.contacts.create(scope, input);
  }

  @Get('contacts/search')
  @Endpoint({
    access: 'contacts:read',
    returns: [200, ContactSearchResult],
    summary: 'Search contacts by name or e-mail address',
    description: 'The beginning of a name comes first, then any part of a name or address, then misspelt ones.',
  })
  search(@CurrentScope() scope: Scope, @Query() query: RecordSearchQuery) {
    return this.contacts.search(scope, query);
  }

  @Get('contacts/:id')
  @Endpoint({ access: 'contacts:read', returns: [200, ContactView], summary: 'Get a contact', fails: [ContactNotFound], etag: true })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.contacts.get(scope, id);
  }

  @Patch('contacts/:id')
  @Endpoint({
    access: 'contacts:update',
    returns: [200, ContactView],
    summary: 'Change a contact',
    description: 'A merge patch (RFC 7396).',
    fails: [ContactNotFound, ContactEmailTaken, CompanyUnknown, OwnerUnknown, EditConflict],
    etag: true,
    ifMatch: 'required',
  })
  update(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() patch: UpdateContact) {
    return this.contacts.update(scope, id, patch);
  }

  @Delete('contacts/:id')
  @Endpoint({
    access: 'contacts:delete',
    returns: [204],
    summary: 'Delete a contact',
    description: 'Its leads stay. Its e-mail addresses are free again. It can be brought back with POST /contacts/{id}/restore.',
    fails: [ContactNotFound, EditConflict],
    ifMatch: 'optional',
  })
  remove(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.contacts.remove(scope, id);
  }

  @Post('contacts/:id/restore')
  @Endpoint({
    access: 'contacts:delete',
    returns: [200, ContactView],
    summary: 'Bring a deleted contact back',
    fails: [ContactNotFound, ContactNotDeleted, ContactEmailTaken],
    etag: true,
  })
  restore(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.contacts.restore(scope, id);
  }

  @Get('contacts/:id/leads')
  @Endpoint({
    access: 'contacts:read',
    returns: [200, pageOf(LinkedLead)],
    summary: 'List the leads of a contact',
    description: 'Newest first.',
    fails: [ContactNotFound, InvalidCursor],
  })
  leads(@CurrentScope() scope: Scope, @Param('id') id: string, @Query() query: EntryPageQuery) {
    return this.contacts.leads(scope, id, query);
  }

  @Get('companies/:id/contacts')
  @Endpoint({
    access: 'contacts:read',
    returns: [200, pageOf(ContactView)],
    summary: 'List the contacts of a company',
    description: 'By name.',
    fails: [CompanyNotFound, InvalidCursor],
  })
  ofCompany(@CurrentScope() scope: Scope, @Param('id') id: string, @Query() query: EntryPageQuery) {
    return this.contacts.ofCompany(scope, id, query);
  }
}

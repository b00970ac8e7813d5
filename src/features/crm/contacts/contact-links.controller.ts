import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { EntryPageQuery } from '../activities/notes/notes.shapes.js';
import { LeadNotFound } from '../leads/leads.errors.js';
import { ContactLinksService } from './contact-links.service.js';
import { ContactNotFound, ContactNotLinked, TooManyContacts } from './contacts.errors.js';
import { ContactOfLead, LinkContact } from './contacts.shapes.js';

@Controller('leads')
export class ContactLinksController {
  constructor(private readonly links: ContactLinksService) {}

  @Get(':id/contacts')
  @Endpoint({
    access: 'contacts:read',
    returns: [200, pageOf(ContactOfLead)],
    summary: 'List the contacts of a lead with their roles',
    fails: [LeadNotFound, InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Param('id') id: string, @Query() query: EntryPageQuery) {
    return this.links.ofLead(scope, id, query);
  }

  @Put(':id/contacts/:contactId')
  @Endpoint({
    access: 'leads:update',
    returns: [200, ContactOfLead],
    summary: 'Link a contact to a lead, or change its role',
    fails: [LeadNotFound, ContactNotFound, TooManyContacts],
  })
  link(@CurrentScope() scope: Scope, @Param('id') leadId: string, @Param('contactId') contactId: string, @Body() input: LinkContact) {
    return this.links.link(scope, { leadId, contactId }, input);
  }

  @Delete(':id/contacts/:contactId')
  @Endpoint({
    access: 'leads:update',
    returns: [204],
    summary: 'Take the link from a lead to a contact away',
    fails: [LeadNotFound, ContactNotLinked],
  })
  unlink(@CurrentScope() scope: Scope, @Param('id') leadId: string, @Param('contactId') contactId: string) {
    return this.links.unlink(scope, { leadId, contactId });
  }
}

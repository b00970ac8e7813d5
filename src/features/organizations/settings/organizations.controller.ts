import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict, NotFound, PreconditionRequired, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { OwnerOnly, PersonRequired } from '../organizations.errors.js';
import { PageQuery } from '../organizations.shapes.js';
import { OrganizationSettingsService } from './organization-settings.service.js';
import { OrganizationsService } from './organizations.service.js';
import { CreateOrganization, MyOrganization, OrganizationCreated, OrganizationView, UpdateOrganization } from './organizations.shapes.js';

@Controller()
export class OrganizationsController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly settings: OrganizationSettingsService,
  ) {}

  @Post('organizations')
  @Endpoint({
    access: 'signed-in',
    returns: [201, OrganizationCreated],
    summary: 'Make an organization',
    description: 'You become its owner. Your session stays where it is: the answer says how to switch.',
    fails: [ValidationFailed, PersonRequired],
    rate: 'write',
    idempotent: true,
  })
  create(@CurrentScope() scope: Scope, @Body() input: CreateOrganization) {
    return this.organizations.create(scope, input);
  }

  @Get('organizations')
  @Endpoint({ access: 'signed-in', returns: [200, pageOf(MyOrganization)], summary: 'Organizations you belong to', rate: 'read' })
  mine(@CurrentScope() scope: Scope, @Query() query: PageQuery) {
    return this.organizations.mine(scope, query);
  }

  @Post('organizations/:id/reactivate')
  @Endpoint({
    access: 'signed-in',
    returns: [200, OrganizationView],
    summary: 'Switch a deactivated organization on again',
    fails: [NotFound, OwnerOnly, PersonRequired],
    rate: 'write',
  })
  reactivate(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.settings.reactivate(scope, id);
  }

  @Get('organization')
  @Endpoint({
    access: 'organization:read',
    returns: [200, OrganizationView],
    summary: 'Settings of the current organization',
    rate: 'read',
    etag: true,
  })
  current(@CurrentScope() scope: Scope) {
    return this.settings.current(scope);
  }

  @Patch('organization')
  @Endpoint({
    access: 'organization:update',
    returns: [200, OrganizationView],
    summary: 'Change settings of the current organization',
    description: 'A merge patch (RFC 7396). If-Match is required, so that two administrators cannot overwrite each other unseen.',
    fails: [ValidationFailed, EditConflict, PreconditionRequired],
    rate: 'write',
    etag: true,
    ifMatch: 'required',
  })
  update(@CurrentScope() scope: Scope, @Body() patch: UpdateOrganization) {
    return this.settings.update(scope, patch);
  }

  @Post('organization/deactivate')
  @Endpoint({
    access: 'organization:deactivate',
    returns: [200, OrganizationView],
    summary: 'Switch the current organization off',
    description: 'Nobody can work in it until an owner switches it on again; nothing is deleted.',
    fails: [OwnerOnly, PersonRequired],
    rate: 'write',
  })
  deactivate(@CurrentScope() scope: Scope) {
    return this.settings.deactivate(scope);
  }
}

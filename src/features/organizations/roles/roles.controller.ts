import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict, NotFound, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { RoleExceedsYours, RoleInUse, RoleKeyTaken, RoleLimit } from '../organizations.errors.js';
import { RolesService } from './roles.service.js';
import { CreateRole, PermissionView, RoleView, UpdateRole } from './roles.shapes.js';

@Controller()
export class RolesController {
  constructor(private readonly roles: RolesService) {}

  @Get('roles')
  @Endpoint({
    access: 'roles:read',
    returns: [200, pageOf(RoleView)],
    summary: 'Roles that can be given, with what they allow',
    rate: 'read',
  })
  list(@CurrentScope() scope: Scope) {
    return this.roles.list(scope);
  }

  @Post('roles')
  @Endpoint({
    access: 'roles:manage',
    returns: [201, RoleView],
    summary: 'Make a role',
    description: 'It may hold a part of what you may do yourself.',
    fails: [ValidationFailed, RoleExceedsYours, RoleKeyTaken, RoleLimit],
    rate: 'write',
    idempotent: true,
  })
  create(@CurrentScope() scope: Scope, @Body() input: CreateRole) {
    return this.roles.create(scope, input);
  }

  @Patch('roles/:id')
  @Endpoint({
    access: 'roles:manage',
    returns: [200, RoleView],
    summary: 'Change a role',
    description: 'Takes effect at once for everybody who has it. Its key stays.',
    fails: [NotFound, ValidationFailed, RoleExceedsYours, EditConflict],
    rate: 'write',
    etag: true,
    ifMatch: 'optional',
  })
  update(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() patch: UpdateRole) {
    return this.roles.update(scope, id, patch);
  }

  @Delete('roles/:id')
  @Endpoint({
    access: 'roles:manage',
    returns: [204],
    summary: 'Delete a role nobody has',
    fails: [NotFound, RoleInUse, RoleExceedsYours],
    rate: 'write',
  })
  remove(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.roles.remove(scope, id);
  }

  @Get('permissions')
  @Endpoint({ access: 'signed-in', returns: [200, pageOf(PermissionView)], summary: 'Every permission there is', rate: 'read' })
  catalogue(@CurrentScope() scope: Scope) {
    return this.roles.catalogue(scope);
  }
}

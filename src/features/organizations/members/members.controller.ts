import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import {
  EditConflict,
  InvalidCursor,
  NotFound,
  OrganizationRequired,
  PermissionDenied,
  ValidationFailed,
} from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import {
  LastOwner,
  MemberInactive,
  MemberOutranksYou,
  NotYourself,
  OwnerOnly,
  OwnerProtected,
  PersonRequired,
  RoleExceedsYours,
} from '../organizations.errors.js';
import { MembersService } from './members.service.js';
import { ListMembers, MemberView, OwnershipTransferred, TransferOwnership, UpdateMember } from './members.shapes.js';
import { OwnershipService } from './ownership.service.js';

const CHANGE_FAILS = [NotFound, PermissionDenied, OwnerProtected, MemberOutranksYou, LastOwner];

@Controller()
export class MembersController {
  constructor(
    private readonly members: MembersService,
    private readonly ownership: OwnershipService,
  ) {}

  @Get('members')
  @Endpoint({
    access: 'members:read',
    returns: [200, pageOf(MemberView)],
    summary: 'Members of the organization, in the order they joined',
    fails: [InvalidCursor],
    rate: 'read',
  })
  list(@CurrentScope() scope: Scope, @Query() query: ListMembers) {
    return this.members.list(scope, query);
  }

  @Post('members/leave')
  @Endpoint({
    access: 'signed-in',
    returns: [204],
    summary: 'Leave the organization',
    description: 'Your account and your other organizations stay.',
    fails: [LastOwner, PersonRequired, OrganizationRequired],
    rate: 'write',
  })
  leave(@CurrentScope() scope: Scope) {
    return this.members.leave(scope);
  }

  @Get('members/:id')
  @Endpoint({ access: 'members:read', returns: [200, MemberView], summary: 'One member', fails: [NotFound], rate: 'read', etag: true })
  one(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.members.one(scope, id);
  }

  @Patch('members/:id')
  @Endpoint({
    access: 'members:manage',
    returns: [200, MemberView],
    summary: 'Give a member another role',
    description: 'You can give no role that allows more than you may yourself, and change nobody who may do more. Takes effect at once.',
    fails: [...CHANGE_FAILS, RoleExceedsYours, ValidationFailed, EditConflict],
    rate: 'write',
    etag: true,
    ifMatch: 'optional',
  })
  update(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: UpdateMember) {
    return this.members.changeRole(scope, id, input);
  }

  @Delete('members/:id')
  @Endpoint({ access: 'members:manage', returns: [204], summary: 'Remove a member', fails: CHANGE_FAILS, rate: 'write' })
  remove(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.members.remove(scope, id);
  }

  @Post('members/:id/deactivate')
  @Endpoint({
    access: 'members:manage',
    returns: [200, MemberView],
    summary: 'Switch a member off in this organization',
    description: 'Only here: their account and their other organizations are not touched.',
    fails: CHANGE_FAILS,
    rate: 'write',
  })
  deactivate(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.members.deactivate(scope, id);
  }

  @Post('members/:id/reactivate')
  @Endpoint({
    access: 'members:manage',
    returns: [200, MemberView],
    summary: 'Switch a member on again',
    fails: CHANGE_FAILS,
    rate: 'write',
  })
  reactivate(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.members.reactivate(scope, id);
  }

  @Post('organization/transfer')
  @Endpoint({
    access: 'organization:transfer',
    returns: [200, OwnershipTransferred],
    summary: 'Hand your ownership to another member',
    fails: [NotFound, PermissionDenied, OwnerOnly, NotYourself, MemberInactive, PersonRequired],
    rate: 'write',
  })
  transfer(@CurrentScope() scope: Scope, @Body() input: TransferOwnership) {
    return this.ownership.transfer(scope, input);
  }
}

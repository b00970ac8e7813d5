import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { InvalidCursor, NotFound, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import {
  AlreadyInvited,
  AlreadyMember,
  InvitationClosed,
  InvitationForSomebodyElse,
  InvitationNoLongerBacked,
  InvitationNotValid,
  PersonRequired,
  ResendLimit,
  RoleExceedsYours,
} from '../organizations.errors.js';
import { InvitationsService } from './invitations.service.js';
import {
  AcceptInvitation,
  CreateInvitation,
  CreateInvitations,
  InvitationAccepted,
  InvitationPreview,
  InvitationResults,
  InvitationView,
  ListInvitations,
  PreviewInvitation,
} from './invitations.shapes.js';
import { OpenInvitationsService } from './open-invitations.service.js';

@Controller('invitations')
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly open: OpenInvitationsService,
  ) {}

  @Get()
  @Endpoint({
    access: 'invitations:read',
    returns: [200, pageOf(InvitationView)],
    summary: 'Invitations, newest first',
    fails: [InvalidCursor],
    rate: 'read',
  })
  list(@CurrentScope() scope: Scope, @Query() query: ListInvitations) {
    return this.invitations.list(scope, query);
  }

  @Post()
  @Endpoint({
    access: 'invitations:manage',
    returns: [201, InvitationView],
    summary: 'Invite somebody',
    description: 'They get a mail with a link that works once. You cannot give a role that allows more than you may yourself.',
    fails: [ValidationFailed, RoleExceedsYours, AlreadyMember, AlreadyInvited],
    rate: 'write',
    idempotent: true,
  })
  invite(@CurrentScope() scope: Scope, @Body() input: CreateInvitation) {
    return this.invitations.invite(scope, input);
  }

  @Post('bulk')
  @Endpoint({
    access: 'invitations:manage',
    returns: [200, InvitationResults],
    summary: 'Invite up to 100 people',
    description: 'Each is invited or refused on its own; the answer says which.',
    fails: [ValidationFailed],
    rate: 'bulk',
    idempotent: true,
  })
  inviteAll(@CurrentScope() scope: Scope, @Body() input: CreateInvitations) {
    return this.invitations.inviteAll(scope, input);
  }

  @Post('accept')
  @Endpoint({
    access: 'signed-in',
    returns: [200, InvitationAccepted],
    summary: 'Accept an invitation',
    description: 'You must be logged in with the address it was sent to. Your password stays as it is.',
    fails: [InvitationNotValid, InvitationForSomebodyElse, InvitationNoLongerBacked, AlreadyMember, PersonRequired],
    rate: 'auth',
    idempotent: true,
  })
  accept(@CurrentScope() scope: Scope, @Body() input: AcceptInvitation) {
    return this.invitations.accept(scope, input);
  }

  @Get('preview')
  @Endpoint({
    access: 'public',
    returns: [200, InvitationPreview],
    summary: 'What an invitation is for',
    description: 'For the page behind the link in the mail, before anybody is logged in.',
    fails: [InvitationNotValid],
    rate: 'auth',
  })
  preview(@CurrentScope() scope: Scope, @Query() query: PreviewInvitation) {
    return this.invitations.preview(scope, query.token);
  }

  @Post(':id/resend')
  @Endpoint({
    access: 'invitations:manage',
    returns: [200, InvitationView],
    summary: 'Send an invitation again',
    description: 'With a new link and new time; the old link stops working at once. At most 5 times, a minute apart.',
    fails: [NotFound, InvitationClosed, ResendLimit, RoleExceedsYours, AlreadyInvited],
    rate: 'write',
  })
  resend(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.open.resend(scope, id);
  }

  @Delete(':id')
  @Endpoint({
    access: 'invitations:manage',
    returns: [204],
    summary: 'Take an invitation back',
    fails: [NotFound, InvitationClosed],
    rate: 'write',
  })
  revoke(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.open.revoke(scope, id);
  }
}

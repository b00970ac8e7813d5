import { Module } from '@nestjs/common';
import { InvitationMail } from './invitations/invitation-mail.js';
import { InvitationsController } from './invitations/invitations.controller.js';
import { Invitations } from './invitations/invitations.js';
import { InvitationsService } from './invitations/invitations.service.js';
import { Inviting } from './invitations/inviting.js';
import { OpenInvitationsService } from './invitations/open-invitations.service.js';
import { MemberChanges } from './members/member-changes.js';
import { MemberDirectory } from './members/member-directory.js';
import { MembersController } from './members/members.controller.js';
import { MembersService } from './members/members.service.js';
import { Memberships } from './members/memberships.js';
import { OwnershipService } from './members/ownership.service.js';
import { PageCursors } from './page-cursors.js';
import { Refusals } from './refusals.js';
import { AccessController } from './roles/access.controller.js';
import { AccessService } from './roles/access.service.js';
import { AssignableRoles } from './roles/assignable-roles.js';
import { RolesController } from './roles/roles.controller.js';
import { RolesService } from './roles/roles.service.js';
import { OrganizationSettingsService } from './settings/organization-settings.service.js';
import { OrganizationsController } from './settings/organizations.controller.js';
import { Organizations } from './settings/organizations.js';
import { OrganizationsService } from './settings/organizations.service.js';

/** Organizations, their members, roles and invitations. */
@Module({
  controllers: [OrganizationsController, MembersController, RolesController, AccessController, InvitationsController],
  providers: [
    Memberships,
    Invitations,
    Organizations,
    OrganizationsService,
    OrganizationSettingsService,
    MembersService,
    MemberChanges,
    MemberDirectory,
    OwnershipService,
    RolesService,
    AccessService,
    AssignableRoles,
    InvitationsService,
    OpenInvitationsService,
    Inviting,
    InvitationMail,
    PageCursors,
    Refusals,
  ],
  exports: [Memberships, MemberDirectory, Invitations, Organizations],
})
export class OrganizationsModule {}

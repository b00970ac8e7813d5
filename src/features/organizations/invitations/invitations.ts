import { Injectable } from '@nestjs/common';
import { normalizeEmail } from '../../../shared/text.js';
import { ACCESS_TOPIC } from '../../../platform/access/access.module.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import { inOrganization } from '../../../platform/database/in-organization.js';
import { type Scope, scopeIn } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { AuditTrail } from '../../audit/index.js';
import { InvitationForSomebodyElse, InvitationNoLongerBacked, InvitationNotValid } from '../organizations.errors.js';
import { insertMembership } from '../members/members.repository.js';
import { type AssignableRole, AssignableRoles } from '../roles/assignable-roles.js';
import { missingPermissions, permissionsOf } from '../roles/role-rules.js';
import { heldRole } from '../roles/roles.repository.js';
import { findOrganization } from '../settings/organizations.repository.js';
import { readInvitationToken } from './invitation-token.js';
import {
  acceptInvitation,
  findInvitationByToken,
  type InvitationPreviewRow,
  type InvitationRow,
  previewInvitation,
} from './invitations.repository.js';

/** Who accepts with which token; the address must be proved to be theirs. */
export interface Acceptance {
  readonly token: string;
  readonly userId: string;
  readonly email: string;
}

const WHY: Readonly<Record<InvitationRow['status'], string>> = {
  pending: 'The invitation is being changed just now. Try again.',
  accepted: 'It has been accepted already. Log in and choose the organization.',
  revoked: 'It was taken back. Ask for a new one.',
  expired: 'Its time is over. Ask for a new one.',
};

/** What the auth feature needs of invitations: to show one to somebody who registers, and to let them in. */
@Injectable()
export class Invitations {
  private readonly tokenKey: Buffer;

  constructor(
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly bus: Bus,
    private readonly roles: AssignableRoles,
    private readonly clock: Clock,
    settings: Settings,
  ) {
    this.tokenKey = deriveKey(settings.secretKey.reveal(), 'token-hash');
  }

  /** Whom an open invitation is for and from which organization; undefined when the token opens nothing. */
  preview(scope: Scope, token: string): Promise<InvitationPreviewRow | undefined> {
    const known = readInvitationToken(token, this.tokenKey);
    if (!known) return Promise.resolve(undefined);
    return this.db.read(scopeIn(scope, known.organizationId), (tx) => previewInvitation(tx, known.hash, this.now()));
  }

  /** Makes a person a member by an invitation, in the caller's transaction of `db.write`, whatever organization that is in. */
  async acceptFor(tx: Tx, acceptance: Acceptance): Promise<{ organizationId: string }> {
    const known = readInvitationToken(acceptance.token, this.tokenKey);
    if (!known) throw InvitationNotValid({ detail: 'This is not a token of an invitation. Open the link in the mail again.' });
    const { organizationId } = known;
    await inOrganization(tx, organizationId, async (inside) => {
      const invitation = await this.useUp(inside, known.hash, acceptance);
      const role = await this.backedRole(inside, invitation);
      const joined = { userId: acceptance.userId, role: role.role, customRoleId: role.customRoleId };
      await insertMembership(inside, joined, this.now());
      await this.record(inside, invitation, acceptance.userId);
    });
    await this.bus.publish(tx, ACCESS_TOPIC, `user:${acceptance.userId}`);
    return { organizationId };
  }

  private async useUp(tx: Tx, hash: Buffer, { userId, email }: Acceptance): Promise<InvitationRow> {
    const invitation = await acceptInvitation(tx, hash, userId, this.now());
    if (!invitation) {
      const found = await findInvitationByToken(tx, hash, this.now());
      throw InvitationNotValid({
        detail: found ? WHY[found.status] : 'A newer invitation took its place, or it was taken back. Look for a newer mail.',
      });
    }
    if (invitation.email !== normalizeEmail(email)) {
      throw InvitationForSomebodyElse({
        detail: 'Log in with the address the invitation was sent to, or ask for an invitation to your own address.',
      });
    }
    return invitation;
  }

  /** The role as it is now, if the inviter could give it now: what was allowed when the invitation was made may not be any more. */
  private async backedRole(tx: Tx, { role: key, invitedBy }: InvitationRow): Promise<AssignableRole> {
    const organization = await findOrganization(tx, tx.scope.organizationId);
    if (organization?.status !== 'active') throw InvitationNotValid({ detail: 'The organization is switched off.' });
    const role = await this.roles.find(tx, key);
    const inviter = await heldRole(tx, invitedBy);
    const held = new Set(inviter ? permissionsOf(inviter) : []);
    if (!role || !held.has('invitations:manage') || missingPermissions(role.permissions, held).length > 0) {
      throw InvitationNoLongerBacked({ detail: 'Ask somebody of the organization for a new invitation.' });
    }
    return role;
  }

  private async record(tx: Tx, invitation: InvitationRow, userId: string): Promise<void> {
    const { organizationId } = tx.scope;
    const actor = { type: 'user', id: userId, userId } as const;
    await this.audit.recordMany(tx, [
      {
        action: 'invitation.accepted',
        resourceType: 'invitation',
        resourceId: invitation.id,
        before: { status: 'pending' },
        after: { status: 'accepted', acceptedBy: userId },
        organizationId,
        actor,
      },
      {
        action: 'member.joined',
        resourceType: 'member',
        resourceId: userId,
        before: null,
        after: { userId, role: invitation.role, status: 'active', invitationId: invitation.id },
        organizationId,
        actor,
      },
    ]);
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}

import { Injectable } from '@nestjs/common';
import { newId } from '../../../shared/ids.js';
import { normalizeEmail } from '../../../shared/text.js';
import type { Permission } from '../../../platform/access/permissions.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import type { Tx } from '../../../platform/database/tx.js';
import { Jobs } from '../../../platform/messaging/jobs.js';
import { AuditTrail } from '../../audit/index.js';
import { AlreadyInvited, AlreadyMember } from '../organizations.errors.js';
import { assertMayGive, AssignableRoles } from '../roles/assignable-roles.js';
import { SendInvitation } from './invitations.jobs.js';
import { addressesOfMembers, expireInvitationsOf, insertInvitation, type InvitationRow } from './invitations.repository.js';
import type { CreateInvitation } from './invitations.shapes.js';

const DAY_MS = 86_400_000;

/** Invites one address inside a transaction that `prepare` has got ready. */
export type InviteOne = (wanted: CreateInvitation) => Promise<InvitationRow>;

/** Makes invitations: the same rules for one and for a list. */
@Injectable()
export class Inviting {
  constructor(
    private readonly roles: AssignableRoles,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Looks up once what all invitations of a request need. */
  async prepare(tx: Tx, emails: readonly string[]): Promise<InviteOne> {
    const wanted = emails.map(normalizeEmail);
    await expireInvitationsOf(tx, wanted, this.now());
    const members = await addressesOfMembers(tx, wanted);
    const held = await this.roles.heldByCaller(tx);
    return (one) => this.invite(tx, { email: normalizeEmail(one.email), role: one.role }, { members, held });
  }

  /** When an invitation made now ends. */
  end(): string {
    return new Date(this.clock.now().getTime() + this.settings.invitationTtlDays * DAY_MS).toISOString();
  }

  /** Sends a mail once the transaction has committed. */
  async send(tx: Tx, invitationId: string): Promise<void> {
    await this.jobs.enqueue(tx, SendInvitation, { invitationId }, { visible: false });
  }

  private async invite(
    tx: Tx,
    { email, role: key }: CreateInvitation,
    known: { members: ReadonlySet<string>; held: ReadonlySet<Permission> },
  ): Promise<InvitationRow> {
    const role = await this.roles.require(tx, key);
    assertMayGive(role.permissions, known.held);
    if (known.members.has(email)) throw AlreadyMember({ detail: 'Change their role or reactivate them instead: see GET /api/v1/members.' });
    const made = { id: newId(), email, role: role.role, expiresAt: this.end(), invitedBy: tx.scope.actor.userId };
    const invitation = await insertInvitation(tx, made, this.now());
    if (!invitation) throw AlreadyInvited({ detail: 'Send the open invitation again, or take it back first.' });
    await this.send(tx, invitation.id);
    await this.audit.record(tx, {
      action: 'invitation.created',
      resourceType: 'invitation',
      resourceId: invitation.id,
      before: null,
      after: invitation,
    });
    return invitation;
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}

import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { NotFound } from '../../../platform/http/problems/core-problems.js';
import { AuditTrail } from '../../audit/index.js';
import { InvitationClosed, ResendLimit } from '../organizations.errors.js';
import { Refusals } from '../refusals.js';
import { assertMayGive, AssignableRoles } from '../roles/assignable-roles.js';
import { type InvitationRow, lockInvitation, renewInvitation, revokeInvitation } from './invitations.repository.js';
import { Inviting } from './inviting.js';

const MAX_RESENDS = 5;
const RESEND_INTERVAL_MS = 60_000;

/** What can be done with an invitation nobody has accepted yet: send it again, or take it back. */
@Injectable()
export class OpenInvitationsService {
  constructor(
    private readonly db: Database,
    private readonly inviting: Inviting,
    private readonly roles: AssignableRoles,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    private readonly refusals: Refusals,
  ) {}

  /** Gives an invitation new time and a new token; the old link is dead at once. Whoever sends it again answers for it. */
  resend(scope: Scope, id: string): Promise<InvitationRow> {
    return this.refusals.recorded(scope, { resourceType: 'invitation', resourceId: id }, () =>
      this.db.write(scope, async (tx) => {
        const before = await this.open(tx, id);
        this.assertMaySendAgain(before);
        const role = await this.roles.find(tx, before.role);
        if (!role) throw InvitationClosed({ detail: 'Its role was deleted. Take it back and invite again with another role.' });
        assertMayGive(role.permissions, await this.roles.heldByCaller(tx));
        const after = await renewInvitation(tx, id, { expiresAt: this.inviting.end(), invitedBy: scope.actor.userId }, this.now());
        if (!after) throw NotFound();
        await this.inviting.send(tx, id);
        await this.audit.record(tx, { action: 'invitation.resent', resourceType: 'invitation', resourceId: id, before, after });
        return after;
      }),
    );
  }

  revoke(scope: Scope, id: string): Promise<void> {
    return this.db.write(scope, async (tx) => {
      const before = await this.open(tx, id);
      const after = await revokeInvitation(tx, id, this.now());
      await this.audit.record(tx, { action: 'invitation.revoked', resourceType: 'invitation', resourceId: id, before, after });
    });
  }

  private async open(tx: Tx, id: string): Promise<InvitationRow> {
    const found = await lockInvitation(tx, id, this.now());
    if (!found) throw NotFound();
    if (found.status === 'accepted' || found.status === 'revoked') throw InvitationClosed({ detail: `It was ${found.status}.` });
    return found;
  }

  private assertMaySendAgain({ resends, lastRequestedAt }: InvitationRow): void {
    if (resends >= MAX_RESENDS)
      throw ResendLimit({ detail: `It was sent again ${resends} times. Take it back and invite again, or use another way.` });
    const wait = Date.parse(lastRequestedAt) + RESEND_INTERVAL_MS - this.clock.now().getTime();
    if (wait > 0) throw ResendLimit({ detail: 'It was sent a moment ago.', retryAfterSeconds: Math.ceil(wait / 1000) });
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}

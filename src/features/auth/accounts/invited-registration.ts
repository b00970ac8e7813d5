import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { newId, NIL_ID } from '../../../shared/ids.js';
import { normalizeEmail } from '../../../shared/text.js';
import { AuditTrail } from '../../audit/index.js';
import { Invitations } from '../../organizations/index.js';
import { AccountExists, InvitationUnusable } from '../auth.errors.js';
import { personActor } from '../sessions/person.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import type { WantedAccount } from './registration-rows.js';
import type { RegistrationAnswer } from './registration.shapes.js';
import { UsersRepository } from './users.repository.js';

/** Registers people who hold an invitation: its token came by mail to their address, so the address needs no other proof. */
@Injectable()
export class InvitedRegistration {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly tokens: OneTimeTokensRepository,
    private readonly invitations: Invitations,
    private readonly audit: AuditTrail,
  ) {}

  async join(scope: Scope, wanted: WantedAccount, token: string): Promise<RegistrationAnswer> {
    const invitation = await this.invitations.preview(scope, token);
    if (!invitation) throw InvitationUnusable({ detail: 'It was used, taken back or is over. Ask for a new one.' });
    if (normalizeEmail(invitation.email) !== wanted.email) {
      throw InvitationUnusable({
        detail: 'Register with the address the invitation was sent to.',
        errors: [{ pointer: '/email', code: 'not-invited', message: 'is not the invited address' }],
      });
    }
    await this.database.write(scope, async (tx) => {
      const userId = await this.verifiedAccount(tx, wanted);
      const { organizationId } = await this.invitations.acceptFor(tx, { token, userId, email: wanted.email });
      const facts = { action: 'user.registered', resourceType: 'user', resourceId: userId, after: { byInvitation: true } };
      await this.audit.record(tx, { ...facts, organizationId, actor: personActor(userId) });
    });
    return { status: 'ready', message: `You belong to ${invitation.organizationName} now. Log in.`.slice(0, 200) };
  }

  private async verifiedAccount(tx: Tx, { email, name, passwordHash }: WantedAccount): Promise<string> {
    const id = newId();
    if (await this.users.insertUnlessThere(tx, { id, email, name, passwordHash, isVerified: true })) return id;
    const known = await this.users.byEmailToChange(tx, email);
    // An account that nobody proved to own is taken over with everything; a real one is never touched by a registration.
    const taken = known && (await this.users.verify(tx, { id: known.id, name, passwordHash }));
    if (!taken) throw AccountExists({ detail: 'Log in, then accept the invitation there.' });
    await this.tokens.voidAll(tx, taken.id, 'verify-email');
    await this.audit.record(tx, {
      action: 'user.email-verified',
      resourceType: 'user',
      resourceId: taken.id,
      organizationId: NIL_ID,
      actor: personActor(taken.id),
    });
    return taken.id;
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { NIL_ID } from '../../../shared/ids.js';
import { maskEmail, normalizeEmail } from '../../../shared/text.js';
import { AuditTrail } from '../../audit/index.js';
import { personActor } from '../sessions/person.js';
import { AccountNotices } from './account-notices.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { PasswordConfirmation } from './password-confirmation.js';
import type { ChangeEmail } from './profile.shapes.js';
import { invalidProof, readProof } from './proof.js';
import type { ProofShape } from './proof.shapes.js';
import type { MailAnswer } from './registration.shapes.js';
import { UsersRepository } from './users.repository.js';

/** Moves an account to another address: asked for with the password, made true by the new mailbox, told to the old one. */
@Injectable()
export class EmailChangeService {
  constructor(
    private readonly database: Database,
    private readonly confirmation: PasswordConfirmation,
    private readonly tokens: OneTimeTokensRepository,
    private readonly users: UsersRepository,
    private readonly notices: AccountNotices,
    private readonly audit: AuditTrail,
  ) {}

  async ask(scope: Scope, input: ChangeEmail): Promise<MailAnswer> {
    const newEmail = normalizeEmail(input.newEmail);
    const user = await this.confirmation.confirm(scope, input.password, '/password');
    await this.database.write(scope, async (tx) => {
      const other = await this.users.byEmail(tx, newEmail);
      // The answer is the same: whether an address has an account is told to that address only.
      if (other?.emailVerifiedAt) await this.notices.tell(tx, other.id, 'already-registered');
      else await this.notices.wantToken(tx, user.id, 'change-email', { newEmail });
      await this.audit.record(tx, {
        action: 'user.email-change-asked',
        resourceType: 'user',
        resourceId: user.id,
        after: { newEmail: maskEmail(newEmail) },
      });
    });
    return { message: 'We have sent a mail to the new address. Confirm it there.' };
  }

  async confirm(scope: Scope, input: ProofShape): Promise<void> {
    const proof = readProof(input);
    const fits = await this.database.write(scope, async (tx) => {
      const used = await this.tokens.use(tx, 'change-email', proof);
      const before = used && (await this.users.byIdToChange(tx, used.userId));
      const newEmail = used?.facts['newEmail'];
      if (!before?.isActive || newEmail === undefined) return false;
      await this.users.setEmail(tx, before.id, newEmail);
      await this.tokens.voidAll(tx, before.id, 'reset-password');
      await this.notices.tell(tx, before.id, 'email-changed', { to: before.email });
      const facts = {
        resourceType: 'user',
        resourceId: before.id,
        before: { email: maskEmail(before.email) },
        after: { email: maskEmail(newEmail) },
      };
      await this.audit.record(tx, { action: 'user.email-changed', ...facts, organizationId: NIL_ID, actor: personActor(before.id) });
      return true;
    });
    if (!fits) throw invalidProof();
  }
}

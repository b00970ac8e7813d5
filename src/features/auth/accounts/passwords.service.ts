import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { normalizeEmail } from '../../../shared/text.js';
import { WeakPassword } from '../auth.errors.js';
import { personOf } from '../sessions/person.js';
import { AccountNotices } from './account-notices.js';
import { assertGoodPassword, hashChosenPassword } from './new-password.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { PasswordChanges } from './password-changes.js';
import { PasswordConfirmation } from './password-confirmation.js';
import type { ChangePassword, ResetPassword } from './passwords.shapes.js';
import { invalidProof, readProof } from './proof.js';
import type { MailAnswer } from './registration.shapes.js';
import { UsersRepository } from './users.repository.js';

/** Forgotten and changed passwords. */
@Injectable()
export class PasswordsService {
  constructor(
    private readonly database: Database,
    private readonly tokens: OneTimeTokensRepository,
    private readonly changes: PasswordChanges,
    private readonly users: UsersRepository,
    private readonly notices: AccountNotices,
    private readonly confirmation: PasswordConfirmation,
  ) {}

  async forgot(scope: Scope, address: string): Promise<MailAnswer> {
    await this.database.write(scope, async (tx) => {
      const user = await this.users.byEmail(tx, normalizeEmail(address));
      if (user?.isActive && user.emailVerifiedAt !== null) await this.notices.wantToken(tx, user.id, 'reset-password');
      else await this.notices.pretendToWantToken(tx);
    });
    return { message: 'If there is such an account, a mail is on its way.' };
  }

  async reset(scope: Scope, input: ResetPassword): Promise<void> {
    const proof = readProof(input);
    const passwordHash = await hashChosenPassword(input.password, { email: input.email ?? '', name: '' });
    const fits = await this.database.write(scope, async (tx) => {
      const used = await this.tokens.use(tx, 'reset-password', proof);
      const user = used && (await this.users.byIdToChange(tx, used.userId));
      if (!user?.isActive) return false;
      assertGoodPassword(input.password, user);
      await this.changes.apply(tx, user, passwordHash, { reason: 'password-reset' });
      return true;
    });
    if (!fits) throw invalidProof();
  }

  async change(scope: Scope, input: ChangePassword): Promise<void> {
    const { sessionId } = personOf(scope);
    const user = await this.confirmation.confirm(scope, input.currentPassword, '/currentPassword');
    if (input.newPassword === input.currentPassword) {
      throw WeakPassword({
        errors: [{ pointer: '/newPassword', code: 'same-as-old', message: 'Choose another password than the one you have.' }],
      });
    }
    const passwordHash = await hashChosenPassword(input.newPassword, user, '/newPassword');
    await this.database.write(scope, async (tx) => {
      const current = await this.users.byIdToChange(tx, user.id);
      if (current?.passwordHash !== user.passwordHash) throw invalidProof();
      await this.changes.apply(tx, user, passwordHash, { reason: 'password-changed', keepSessionId: sessionId });
    });
  }
}

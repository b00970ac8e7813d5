import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { NIL_ID } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import { LoginFailuresRepository } from '../sessions/login-failures.repository.js';
import { personActor } from '../sessions/person.js';
import { SessionClosing } from '../sessions/session-closing.js';
import { AccountNotices } from './account-notices.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { type User, UsersRepository } from './users.repository.js';

/** What every change of a password brings with it. */
@Injectable()
export class PasswordChanges {
  constructor(
    private readonly users: UsersRepository,
    private readonly closing: SessionClosing,
    private readonly failures: LoginFailuresRepository,
    private readonly tokens: OneTimeTokensRepository,
    private readonly notices: AccountNotices,
    private readonly audit: AuditTrail,
  ) {}

  async apply(
    tx: Tx,
    user: User,
    passwordHash: string,
    how: { reason: 'password-reset' | 'password-changed'; keepSessionId?: string },
  ): Promise<void> {
    await this.users.setPassword(tx, user.id, passwordHash);
    await this.closing.all(tx, user.id, how.reason, how.keepSessionId);
    await this.failures.forgetAccount(tx, user.email);
    await this.tokens.voidAll(tx, user.id, 'reset-password');
    await this.notices.tell(tx, user.id, 'password-changed');
    const action = how.reason === 'password-reset' ? 'user.password-reset' : 'user.password-changed';
    await this.audit.record(tx, { action, resourceType: 'user', resourceId: user.id, organizationId: NIL_ID, actor: personActor(user.id) });
  }
}

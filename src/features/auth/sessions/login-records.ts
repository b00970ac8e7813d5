import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Problem } from '../../../platform/http/problems/problem.js';
import { NIL_ID } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import { AccountNotices } from '../accounts/account-notices.js';
import type { User } from '../accounts/users.repository.js';
import { EmailNotVerified, InvalidCredentials } from '../auth.errors.js';
import { LoginGate } from './login-gate.js';
import type { Place } from './organization-choice.js';
import { personActor } from './person.js';
import { type NewSession, SessionsRepository } from './sessions.repository.js';

/** Writes down how logins with the right password end. */
@Injectable()
export class LoginRecords {
  constructor(
    private readonly database: Database,
    private readonly gate: LoginGate,
    private readonly sessions: SessionsRepository,
    private readonly notices: AccountNotices,
    private readonly audit: AuditTrail,
  ) {}

  /** The account is not confirmed yet: a new mail goes out. */
  async unverified(scope: Scope, user: User): Promise<Problem> {
    await this.database.write(scope, async (tx) => {
      await this.notices.wantToken(tx, user.id, 'verify-email', { name: user.name, passwordHash: user.passwordHash });
      await this.audit.record(tx, { action: 'session.login-refused', resourceType: 'user', resourceId: user.id, organizationId: NIL_ID });
    });
    return EmailNotVerified({ detail: 'We have sent you a new mail with a link and a code.', extra: { pendingVerification: true } });
  }

  /** The session, unless a lock, a new password or an administrator came in between. */
  async success(scope: Scope, user: User, place: Place, userAgent: string | undefined): Promise<NewSession> {
    return this.database.write(scope, async (tx) => {
      await this.gate.assertOpenNow(tx, user.email);
      const session = await this.sessions.start(tx, user, { organizationId: place.organizationId, userAgent });
      if (!session) throw InvalidCredentials();
      await this.gate.forget(tx, user.email);
      if (place.organizationId !== null) await this.sessions.rememberOrganization(tx, user.id, place.organizationId);
      const facts = {
        resourceType: 'session',
        resourceId: session.id,
        after: { userId: user.id },
        organizationId: place.organizationId ?? NIL_ID,
      };
      await this.audit.record(tx, { action: 'session.started', ...facts, actor: personActor(user.id) });
      return session;
    });
  }
}

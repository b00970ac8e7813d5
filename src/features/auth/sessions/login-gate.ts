import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import type { Problem } from '../../../platform/http/problems/problem.js';
import { NIL_ID } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import { AccountNotices } from '../accounts/account-notices.js';
import { LoginLocked } from '../auth.errors.js';
import { FIRST_LOCKING_FAILURE } from './login-failures.js';
import { LoginFailuresRepository } from './login-failures.repository.js';

/** Slows guessing down: after five failures of an account or an address each further try has to wait longer. */
@Injectable()
export class LoginGate {
  constructor(
    private readonly database: Database,
    private readonly failures: LoginFailuresRepository,
    private readonly notices: AccountNotices,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Refuses, and records it, while a lock is on. */
  async assertOpen(scope: Scope, email: string): Promise<void> {
    const lockedUntil = await this.database.read(scope, (tx) => this.failures.lockedUntil(tx, email));
    if (lockedUntil === null) return;
    await this.database.writeOne(scope, (tx) =>
      this.audit.record(tx, { action: 'session.login-refused', resourceType: 'user', organizationId: NIL_ID }),
    );
    throw this.locked(lockedUntil);
  }

  /** The same in the transaction that lets somebody in; it makes failures counted at the same moment wait. */
  async assertOpenNow(tx: Tx, email: string): Promise<void> {
    const lockedUntil = await this.failures.lockedUntilForUpdate(tx, email);
    if (lockedUntil !== null) throw this.locked(lockedUntil);
  }

  /** Counts a wrong password or an unknown address, and commits that whatever is answered. Throws when a lock came in between. */
  async countFailure(scope: Scope, email: string, user: { id: string } | undefined): Promise<void> {
    const counted = await this.database.write(scope, async (tx) => {
      const made = await this.failures.count(tx, email);
      const action = made.wasLocked ? 'session.login-refused' : 'session.login-failed';
      await this.audit.record(tx, { action, resourceType: 'user', resourceId: user?.id ?? null, organizationId: NIL_ID });
      if (made.locksAccount && user) await this.lockOut(tx, user.id, made.accountFailures, this.secondsUntil(made.lockedUntil));
      return made;
    });
    if (counted.wasLocked) throw this.locked(counted.lockedUntil);
  }

  /** After a good login. */
  forget(tx: Tx, email: string): Promise<void> {
    return this.failures.forgetAccount(tx, email);
  }

  private async lockOut(tx: Tx, userId: string, failedAttempts: number, seconds: number): Promise<void> {
    const after = { failedAttempts, seconds };
    await this.audit.record(tx, { action: 'user.locked-out', resourceType: 'user', resourceId: userId, after, organizationId: NIL_ID });
    if (failedAttempts === FIRST_LOCKING_FAILURE)
      await this.notices.tell(tx, userId, 'lockout', { subject: String(failedAttempts), detail: String(seconds) });
  }

  private locked(lockedUntil: string): Problem {
    return LoginLocked({
      detail: 'Wait, then try again. The wait grows with every failure.',
      retryAfterSeconds: this.secondsUntil(lockedUntil),
    });
  }

  private secondsUntil(instant: string): number {
    return Math.max(1, Math.ceil((Date.parse(instant) - this.clock.now().getTime()) / 1000));
  }
}

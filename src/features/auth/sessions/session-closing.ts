import { Injectable } from '@nestjs/common';
import { ACCESS_TOPIC } from '../../../platform/access/access.module.js';
import { Bus } from '../../../platform/database/bus.js';
import type { Tx } from '../../../platform/database/tx.js';
import { NIL_ID } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import { AccountNotices } from '../accounts/account-notices.js';
import { personActor } from './person.js';
import { type RevokedReason, SessionsRepository } from './sessions.repository.js';

/** Ends sessions, in the caller's transaction: recorded, and told to every process with the commit. */
@Injectable()
export class SessionClosing {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly bus: Bus,
    private readonly audit: AuditTrail,
    private readonly notices: AccountNotices,
  ) {}

  /** Ends one session of a person; false when there is no such live session. */
  async one(tx: Tx, userId: string, sessionId: string, reason: RevokedReason): Promise<boolean> {
    if (!(await this.sessions.revokeOfUser(tx, sessionId, userId, reason))) return false;
    await this.audit.record(tx, {
      action: reason === 'logout' ? 'session.logged-out' : 'session.revoked',
      resourceType: 'session',
      resourceId: sessionId,
      after: { reason },
    });
    await this.bus.publish(tx, ACCESS_TOPIC, `session:${sessionId}`);
    return true;
  }

  /** Ends every session of a person, but the one to keep; gives how many. */
  async all(tx: Tx, userId: string, reason: RevokedReason, keepId?: string): Promise<number> {
    const revoked = await this.sessions.revokeAll(tx, userId, reason, keepId ?? null);
    await this.audit.record(tx, {
      action: 'session.all-revoked',
      resourceType: 'user',
      resourceId: userId,
      after: { reason, sessions: revoked },
    });
    await this.bus.publish(tx, ACCESS_TOPIC, `user:${userId}`);
    return revoked;
  }

  /** Ends a family whose used token came back; told and recorded once, however often it comes. */
  async forReuse(tx: Tx, session: { id: string; userId: string }): Promise<void> {
    if (!(await this.sessions.revoke(tx, session.id, 'reuse'))) return;
    const facts = { resourceType: 'session', resourceId: session.id, after: { reason: 'reuse' }, organizationId: NIL_ID };
    await this.audit.record(tx, { action: 'session.refresh-reused', ...facts, actor: personActor(session.userId) });
    await this.notices.tell(tx, session.userId, 'session-revoked');
    await this.bus.publish(tx, ACCESS_TOPIC, `session:${session.id}`);
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { NotFound } from '../../../platform/http/problems/core-problems.js';
import { AuditTrail } from '../../audit/index.js';
import { CurrentSession, NotAMember } from '../auth.errors.js';
import { personOf } from './person.js';
import { SessionClosing } from './session-closing.js';
import { SessionPlaces } from './session-places.js';
import { SessionTokens } from './session-tokens.js';
import { SessionsRepository } from './sessions.repository.js';
import type { AccessTokenView, RevokedSessions, SessionList } from './sessions.shapes.js';

/** What people do with their own sessions. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly closing: SessionClosing,
    private readonly tokens: SessionTokens,
    private readonly places: SessionPlaces,
    private readonly audit: AuditTrail,
  ) {}

  async list(scope: Scope): Promise<SessionList> {
    const { userId, sessionId } = personOf(scope);
    const rows = await this.database.read(scope, (tx) => this.sessions.live(tx, userId));
    return { items: rows.map((row) => ({ ...row, isCurrent: row.id === sessionId })) };
  }

  async revoke(scope: Scope, id: string): Promise<void> {
    const { userId, sessionId } = personOf(scope);
    if (id === sessionId) throw CurrentSession({ detail: 'To end it, log out with POST /api/v1/auth/logout.' });
    const wasLive = await this.database.write(scope, (tx) => this.closing.one(tx, userId, id, 'revoked'));
    if (!wasLive) throw NotFound();
  }

  async logOut(scope: Scope): Promise<void> {
    const { userId, sessionId } = personOf(scope);
    await this.database.write(scope, (tx) => this.closing.one(tx, userId, sessionId, 'logout'));
  }

  async logOutEverywhere(scope: Scope): Promise<RevokedSessions> {
    const { userId } = personOf(scope);
    return { revoked: await this.database.write(scope, (tx) => this.closing.all(tx, userId, 'logout-all')) };
  }

  /** Makes the session work in another organization of the person. */
  async switchTo(scope: Scope, organizationId: string): Promise<AccessTokenView> {
    const { userId, sessionId } = personOf(scope);
    const place = await this.places.of(scope, userId, organizationId);
    if (place.organizationId === null) throw NotAMember({ detail: 'GET /api/v1/organizations lists yours.' });
    await this.database.write(scope, async (tx) => {
      if (!(await this.sessions.setOrganization(tx, sessionId, userId, organizationId))) throw NotFound();
      await this.sessions.rememberOrganization(tx, userId, organizationId);
      await this.audit.record(tx, {
        action: 'session.switched',
        resourceType: 'session',
        resourceId: sessionId,
        after: { organizationId },
        organizationId,
      });
    });
    return this.tokens.access({ userId, sessionId, ...place });
  }
}

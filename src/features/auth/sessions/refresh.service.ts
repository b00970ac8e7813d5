import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { InvalidRefreshToken } from '../auth.errors.js';
import { SessionClosing } from './session-closing.js';
import { RefreshPolicy } from './refresh-policy.js';
import { SessionPlaces } from './session-places.js';
import { SessionTokens } from './session-tokens.js';
import { type Session, SessionsRepository } from './sessions.repository.js';
import type { SessionTokensView } from './sessions.shapes.js';

// A rotation can be lost once to each other caller with the same token; after the first loss the verdict is another.
const ATTEMPTS = 3;

/** Exchanges a refresh token for the next one. */
@Injectable()
export class RefreshService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly closing: SessionClosing,
    private readonly tokens: SessionTokens,
    private readonly places: SessionPlaces,
    private readonly policy: RefreshPolicy,
  ) {}

  async refresh(scope: Scope, text: string): Promise<SessionTokensView> {
    const parts = this.tokens.read(text);
    if (!parts) throw InvalidRefreshToken({ detail: 'This is not one of our refresh tokens.' });
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const session = await this.database.read(scope, (tx) => this.sessions.byId(tx, parts.sessionId));
      if (!session || !this.tokens.isGenuine(parts, session.seed))
        throw InvalidRefreshToken({ detail: 'This is not one of our refresh tokens.' });
      const verdict = this.policy.judge(session, parts.generation);
      if (verdict === 'ended') throw InvalidRefreshToken({ detail: 'The session has ended. Log in again.' });
      if (verdict === 'reuse') throw await this.endForReuse(scope, session);
      if (verdict === 'same-successor') return this.answer(scope, session);
      const rotated = await this.database.writeOne(scope, (tx) => this.sessions.rotate(tx, session.id, parts.generation));
      if (rotated) return this.answer(scope, rotated);
    }
    throw InvalidRefreshToken({ detail: 'The session has ended. Log in again.' });
  }

  private async answer(scope: Scope, session: Session): Promise<SessionTokensView> {
    const place = await this.places.of(scope, session.userId, session.activeOrganizationId);
    return this.tokens.both({ userId: session.userId, sessionId: session.id, ...place }, session);
  }

  private async endForReuse(scope: Scope, session: Session): Promise<Error> {
    await this.database.write(scope, (tx) => this.closing.forReuse(tx, session));
    return InvalidRefreshToken({ detail: 'This token was used before, so the session was ended to be safe. Log in again.' });
  }
}

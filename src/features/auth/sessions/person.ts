import type { Actor, Scope } from '../../../platform/database/scope.js';
import { PersonRequired } from '../auth.errors.js';

/** A person known by an id, as the actor of what they do. */
export function personActor(userId: string): Actor {
  return { type: 'user', id: userId, userId };
}

/** The person and session behind a request. Keys are refused: a key must not be able to take an account over. */
export function personOf(scope: Scope): { userId: string; sessionId: string } {
  if (scope.actor.type !== 'user' || scope.sessionId === null)
    throw PersonRequired({ detail: 'Log in with e-mail and password; an API key cannot do this.' });
  return { userId: scope.actor.userId, sessionId: scope.sessionId };
}

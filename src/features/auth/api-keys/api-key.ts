import type { Permission } from '../../../platform/access/permissions.js';

/** What decides whether a key opens anything; instants are ISO text. */
export interface KeyState {
  readonly keyHash: Buffer;
  readonly previousHash: Buffer | null;
  readonly previousUntil: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

/** Tells whether a key with this hash opens now: the current secret, or the one before it during the overlap. */
export function opens(key: KeyState, hash: Buffer, now: Date, isSame: (left: Buffer, right: Buffer) => boolean): boolean {
  const isOver = (instant: string | null): boolean => instant !== null && Date.parse(instant) <= now.getTime();
  if (key.revokedAt !== null || isOver(key.expiresAt)) return false;
  if (isSame(key.keyHash, hash)) return true;
  return key.previousHash !== null && key.previousUntil !== null && !isOver(key.previousUntil) && isSame(key.previousHash, hash);
}

/** What a key may do: its scopes, as far as its owner still may. */
export function effectiveScopes(scopes: readonly string[], held: readonly Permission[]): Set<Permission> {
  const wanted = new Set(scopes);
  return new Set(held.filter((permission) => wanted.has(permission)));
}

/** What decides over a refresh: the family's state as it is now. Instants are ISO text. */
export interface SessionState {
  readonly generation: number;
  /** When the latest rotations happened, the newest last. */
  readonly recentRotations: readonly string[];
  readonly expiresAt: string;
  readonly revokedAt: string | null;
}

/** How many rotations a session remembers; a token older than that is never a race. */
export const REMEMBERED_ROTATIONS = 8;

export type RefreshVerdict = 'rotate' | 'same-successor' | 'reuse' | 'ended';

/**
 * Judges a genuine token. The current generation rotates. One that was rotated away within the grace belongs to whoever lost a race and
 * gets what the winner got; later it can only be a copy. A family that ended stays ended whatever comes.
 */
export function judgeRefresh(session: SessionState, generation: number, now: Date, graceSeconds: number): RefreshVerdict {
  if (session.revokedAt !== null || Date.parse(session.expiresAt) <= now.getTime()) return 'ended';
  if (generation === session.generation) return 'rotate';
  if (generation > session.generation) return 'reuse';
  const rotatedAt = session.recentRotations.at(generation - session.generation);
  if (rotatedAt === undefined) return 'reuse';
  return now.getTime() - Date.parse(rotatedAt) <= graceSeconds * 1000 ? 'same-successor' : 'reuse';
}

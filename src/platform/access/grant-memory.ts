import type { Grant } from './grant.js';

interface Remembered {
  readonly grant: Grant;
  readonly until: number;
}

const MAX_REMEMBERED = 20_000;

/**
 * Grants by credential for a few seconds, so that a busy caller costs one look-up per interval instead of one per request. A change of
 * access is told by the bus and forgets at once; the interval bounds what a lost message can do. See docs/decisions/0002.
 */
export class GrantMemory {
  private readonly grants = new Map<string, Remembered>();

  constructor(private readonly ttlMs: number) {}

  get(credential: string, nowMs: number): Grant | undefined {
    const hit = this.grants.get(credential);
    if (hit === undefined) return undefined;
    if (hit.until > nowMs) return hit.grant;
    this.grants.delete(credential);
    return undefined;
  }

  /** Remembers until the interval ends, and never past `expiresAtMs`. */
  set(credential: string, grant: Grant, nowMs: number, expiresAtMs: number): void {
    if (this.grants.size >= MAX_REMEMBERED) this.grants.clear();
    this.grants.set(credential, { grant, until: Math.min(nowMs + this.ttlMs, expiresAtMs) });
  }

  /** Forgets what a message names: `user:ID`, `session:ID`, `organization:ID` or `key:ID`; anything else forgets all. */
  forget(message: string): void {
    const [kind, id] = message.split(':', 2) as [string, string | undefined];
    for (const [credential, { grant }] of this.grants) if (concerns(grant, kind, id)) this.grants.delete(credential);
  }

  forgetAll(): void {
    this.grants.clear();
  }
}

function concerns(grant: Grant, kind: string, id: string | undefined): boolean {
  if (kind === 'user') return grant.actor.userId === id;
  if (kind === 'session') return grant.sessionId === id;
  if (kind === 'organization') return grant.organizationId === id;
  if (kind === 'key') return grant.actor.id === id;
  return true;
}

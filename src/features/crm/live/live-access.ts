import { Inject, Injectable } from '@nestjs/common';
import { ACCESS_TOPIC } from '../../../platform/access/access.module.js';
import { AccessSource, type Grant } from '../../../platform/access/grant.js';
import type { Permission } from '../../../platform/access/permissions.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Bus } from '../../../platform/database/bus.js';
import type { Actor, Scope } from '../../../platform/database/scope.js';

const CHECK_EVERY_MS = 30_000;

/** Watches whether a follower may still see what they follow. */
export interface Watch {
  /** False once access is lost; asks only when something may have changed, or after half a minute. */
  isAllowed(): Promise<boolean>;
  end(): void;
}

/** Access of those who stay connected: a request is checked when it comes, a stream as long as it lasts. */
@Injectable()
export class LiveAccess {
  constructor(
    @Inject(AccessSource) private readonly source: AccessSource,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** `wake` is called when access may have changed. A key is known by its text, which the scope does not hold. */
  watch({
    scope,
    apiKey,
    permission,
    wake,
  }: {
    scope: Scope;
    apiKey: string | undefined;
    permission: Permission;
    wake: () => void;
  }): Watch {
    let checkAtMs = this.now() + CHECK_EVERY_MS;
    const end = this.bus.subscribe(ACCESS_TOPIC, (message) => {
      if (!mayConcern(scope, message)) return;
      checkAtMs = 0;
      wake();
    });
    const isAllowed = async (): Promise<boolean> => {
      if (this.now() < checkAtMs) return true;
      checkAtMs = this.now() + CHECK_EVERY_MS;
      const grant = await this.grantOf(scope, apiKey);
      return grant?.organizationId === scope.organizationId && grant.permissions.has(permission);
    };
    return { isAllowed, end };
  }

  private grantOf({ actor, sessionId, organizationId }: Scope, apiKey: string | undefined): Promise<Grant | undefined> {
    if (apiKey !== undefined) return this.source.grantOfApiKey(apiKey);
    if (sessionId === null) return Promise.resolve(undefined);
    return this.source.grantOfSession({ sub: actor.userId, sid: sessionId, org: organizationId, exp: Number.MAX_SAFE_INTEGER });
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

/** The text of the key a caller came in with, from where the guard took it; undefined for everybody else. */
export function keyOf({ type }: Actor, headers: Readonly<Record<string, string | undefined>>): string | undefined {
  if (type !== 'api-key') return undefined;
  return /^bearer (.*)$/i.exec(headers['authorization'] ?? '')?.[1]?.trim() ?? headers['x-api-key'];
}

/** Messages name what changed, as `user:ID`; one of another kind may concern anybody. */
function mayConcern({ actor, sessionId, organizationId }: Scope, message: string): boolean {
  const [kind, id] = message.split(':', 2);
  if (kind === 'user') return id === actor.userId;
  if (kind === 'session') return id === sessionId;
  if (kind === 'organization') return id === organizationId;
  if (kind === 'key') return id === actor.id;
  return true;
}

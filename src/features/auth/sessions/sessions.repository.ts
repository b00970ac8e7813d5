import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import type { Tx } from '../../../platform/database/tx.js';
import { newId } from '../../../shared/ids.js';
import { REMEMBERED_ROTATIONS, type SessionState } from './session.js';

/** A session with the seed its tokens follow from. */
export interface Session extends SessionState {
  readonly id: string;
  readonly userId: string;
  readonly activeOrganizationId: string | null;
  readonly seed: Buffer;
}

/** A session that has just begun. */
export interface NewSession {
  readonly id: string;
  readonly seed: Buffer;
  readonly generation: number;
}

export interface SessionRow {
  readonly id: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
}

export type RevokedReason = 'logout' | 'logout-all' | 'revoked' | 'reuse' | 'password-changed' | 'password-reset' | 'deactivated';

const SESSION = `s.id, s.user_id as "userId", s.active_organization_id as "activeOrganizationId", s.token_seed as seed, s.generation,
  array(select to_char(r at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from unnest(s.recent_rotations) with ordinality as u(r, n) order by n) as "recentRotations",
  s.expires_at as "expiresAt", s.revoked_at as "revokedAt"`;

// The password is compared once more: a login that began before it was changed must not end after it.
const START = `insert into sessions (id, user_id, active_organization_id, token_seed, address, user_agent, created_at, last_used_at, expires_at)
  select $1, u.id, $3, $4, $5, $6, $7, $7, $8 from users u where u.id = $2 and u.is_active and u.password_hash = $9 for share of u
  returning id`;

const BY_ID = `select ${SESSION} from sessions s where s.id = $1`;

// The one atomic step of a rotation: of two callers with the same token exactly one finds the generation it names.
const ROTATE = `update sessions s
  set generation = s.generation + 1, last_used_at = $3, expires_at = $4, address = $5,
    recent_rotations = (s.recent_rotations || $3::timestamptz(3))[greatest(1, cardinality(s.recent_rotations) + 2 - ${REMEMBERED_ROTATIONS}):]
  from users u
  where s.id = $1 and s.generation = $2 and s.revoked_at is null and s.expires_at > $3 and u.id = s.user_id and u.is_active
  returning ${SESSION}`;

const REVOKE = `update sessions set revoked_at = $2, revoked_reason = $3 where id = $1 and revoked_at is null returning user_id as "userId"`;
const REVOKE_OF_USER = `update sessions set revoked_at = $3, revoked_reason = $4 where id = $1 and user_id = $2 and revoked_at is null and expires_at > $3 returning id`;
const REVOKE_ALL = `update sessions set revoked_at = $2, revoked_reason = $3
  where user_id = $1 and revoked_at is null and expires_at > $2 and id is distinct from $4::uuid returning id`;
const LIVE = `select id, address, user_agent as "userAgent", created_at as "createdAt", last_used_at as "lastUsedAt", expires_at as "expiresAt"
  from sessions where user_id = $1 and revoked_at is null and expires_at > $2 order by created_at desc, id desc limit 200`;
const IS_LIVE = `select 1 as live from sessions s join users u on u.id = s.user_id
  where s.id = $1 and s.user_id = $2 and s.revoked_at is null and s.expires_at > $3 and u.is_active`;
const SET_ORGANIZATION = `update sessions set active_organization_id = $3 where id = $1 and user_id = $2 and revoked_at is null returning id`;
const REMEMBER_ORGANIZATION = `update users set last_organization_id = $2 where id = $1 and last_organization_id is distinct from $2`;
const DELETE_OLD = `delete from sessions where expires_at < $1`;

@Injectable()
export class SessionsRepository {
  private readonly lifeMs: number;

  constructor(
    private readonly clock: Clock,
    settings: Settings,
  ) {
    this.lifeMs = settings.refreshTtlDays * 86_400_000;
  }

  /** Starts a session; undefined when the account was switched off or its password changed since it was read. */
  async start(
    tx: Tx,
    user: { id: string; passwordHash: string },
    facts: { organizationId: string | null; userAgent: string | undefined },
  ): Promise<NewSession | undefined> {
    const [id, seed] = [newId(), randomBytes(32)];
    const agent = facts.userAgent?.slice(0, 300) ?? null;
    const { now, ends } = this.times();
    const row = await tx.first(START, [id, user.id, facts.organizationId, seed, tx.scope.address, agent, now, ends, user.passwordHash]);
    return row && { id, seed, generation: 1 };
  }

  byId(tx: Tx, id: string): Promise<Session | undefined> {
    return tx.first<Session>(BY_ID, [id]);
  }

  /** Takes a session from one generation to the next; undefined when it has left that generation or ended. */
  rotate(tx: Tx, id: string, generation: number): Promise<Session | undefined> {
    const { now, ends } = this.times();
    return tx.first<Session>(ROTATE, [id, generation, now, ends, tx.scope.address]);
  }

  /** Ends a session; undefined when it had ended before. */
  revoke(tx: Tx, id: string, reason: RevokedReason): Promise<{ userId: string } | undefined> {
    return tx.first<{ userId: string }>(REVOKE, [id, this.now(), reason]);
  }

  async revokeOfUser(tx: Tx, id: string, userId: string, reason: RevokedReason): Promise<boolean> {
    return (await tx.first(REVOKE_OF_USER, [id, userId, this.now(), reason])) !== undefined;
  }

  /** Ends every session of a person, but the one to keep. */
  async revokeAll(tx: Tx, userId: string, reason: RevokedReason, keepId: string | null): Promise<number> {
    return (await tx.query(REVOKE_ALL, [userId, this.now(), reason, keepId])).length;
  }

  live(tx: Tx, userId: string): Promise<SessionRow[]> {
    return tx.query<SessionRow>(LIVE, [userId, this.now()]);
  }

  async isLive(tx: Tx, id: string, userId: string): Promise<boolean> {
    return (await tx.first(IS_LIVE, [id, userId, this.now()])) !== undefined;
  }

  async setOrganization(tx: Tx, id: string, userId: string, organizationId: string): Promise<boolean> {
    return (await tx.first(SET_ORGANIZATION, [id, userId, organizationId])) !== undefined;
  }

  /** So that the next login of the person begins there. */
  async rememberOrganization(tx: Tx, userId: string, organizationId: string): Promise<void> {
    await tx.query(REMEMBER_ORGANIZATION, [userId, organizationId]);
  }

  async deleteEndedBefore(tx: Tx, instant: Date): Promise<void> {
    await tx.query(DELETE_OLD, [instant.toISOString()]);
  }

  private now(): string {
    return this.clock.now().toISOString();
  }

  private times(): { now: string; ends: string } {
    const now = this.clock.now();
    return { now: now.toISOString(), ends: new Date(now.getTime() + this.lifeMs).toISOString() };
  }
}

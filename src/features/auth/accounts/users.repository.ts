import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import type { Tx } from '../../../platform/database/tx.js';

/** An account as the database keeps it; instants are ISO text. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly timeZone: string | null;
  readonly locale: string | null;
  readonly passwordHash: string;
  readonly isActive: boolean;
  readonly isPlatformAdmin: boolean;
  readonly emailVerifiedAt: string | null;
  readonly lastOrganizationId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

const COLUMNS = `id, email, name, time_zone as "timeZone", locale, password_hash as "passwordHash", is_active as "isActive",
  is_platform_admin as "isPlatformAdmin", email_verified_at as "emailVerifiedAt", last_organization_id as "lastOrganizationId",
  created_at as "createdAt", updated_at as "updatedAt", version`;

const BY_ID = `select ${COLUMNS} from users where id = $1`;
const BY_EMAIL = `select ${COLUMNS} from users where email = $1`;
const BY_EMAIL_TO_CHANGE = `${BY_EMAIL} for update`;
const BY_ID_TO_CHANGE = `${BY_ID} for update`;

const INSERT = `insert into users (id, email, name, password_hash, email_verified_at, is_platform_admin, password_changed_at, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $7, $7)`;
const INSERT_UNLESS_THERE = `${INSERT} on conflict on constraint users_one_per_email do nothing returning id`;

const VERIFY = `update users set email_verified_at = $2, name = $3, password_hash = $4, password_changed_at = $2, updated_at = $2, version = version + 1
  where id = $1 and email_verified_at is null returning ${COLUMNS}`;
const SET_PASSWORD = `update users set password_hash = $2, password_changed_at = $3, updated_at = $3, version = version + 1 where id = $1`;
const REHASH = `update users set password_hash = $3 where id = $1 and password_hash = $2`;
const SET_EMAIL = `update users set email = $2, email_verified_at = $3, updated_at = $3, version = version + 1 where id = $1 returning ${COLUMNS}`;
const SET_PROFILE = `update users set name = $2, time_zone = $3, locale = $4, updated_at = $5, version = version + 1 where id = $1 returning ${COLUMNS}`;
const SET_ACTIVE = `update users set is_active = $2, updated_at = $3, version = version + 1 where id = $1 and is_active <> $2 returning 1`;
const MAKE_PLATFORM_ADMIN = `update users set is_platform_admin = true, updated_at = $2, version = version + 1 where id = $1`;

export interface NewUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly isVerified: boolean;
  readonly isPlatformAdmin?: boolean;
}

@Injectable()
export class UsersRepository {
  constructor(private readonly clock: Clock) {}

  byId(tx: Tx, id: string): Promise<User | undefined> {
    return tx.first<User>(BY_ID, [id]);
  }

  byEmail(tx: Tx, email: string): Promise<User | undefined> {
    return tx.first<User>(BY_EMAIL, [email]);
  }

  byIdToChange(tx: Tx, id: string): Promise<User | undefined> {
    return tx.first<User>(BY_ID_TO_CHANGE, [id]);
  }

  byEmailToChange(tx: Tx, email: string): Promise<User | undefined> {
    return tx.first<User>(BY_EMAIL_TO_CHANGE, [email]);
  }

  async insert(tx: Tx, user: NewUser): Promise<void> {
    await tx.query(INSERT, this.values(user));
  }

  /** False when it is that already. */
  async setActive(tx: Tx, id: string, isActive: boolean): Promise<boolean> {
    return (await tx.first(SET_ACTIVE, [id, isActive, this.clock.now()])) !== undefined;
  }

  /** False when somebody has the address, also somebody who took it this very moment. */
  async insertUnlessThere(tx: Tx, user: NewUser): Promise<boolean> {
    return (await tx.first(INSERT_UNLESS_THERE, this.values(user))) !== undefined;
  }

  /** Makes an account usable with the name and password the proof was sent for; undefined when it was verified before. */
  verify(tx: Tx, user: { id: string; name: string; passwordHash: string }): Promise<User | undefined> {
    return tx.first<User>(VERIFY, [user.id, this.now(), user.name, user.passwordHash]);
  }

  async setPassword(tx: Tx, id: string, passwordHash: string): Promise<void> {
    await tx.query(SET_PASSWORD, [id, passwordHash, this.now()]);
  }

  /** Stores the same password under today's parameters, unless it was changed meanwhile. */
  async rehash(tx: Tx, user: Pick<User, 'id' | 'passwordHash'>, passwordHash: string): Promise<void> {
    await tx.query(REHASH, [user.id, user.passwordHash, passwordHash]);
  }

  setEmail(tx: Tx, id: string, email: string): Promise<User | undefined> {
    return tx.first<User>(SET_EMAIL, [id, email, this.now()]);
  }

  setProfile(tx: Tx, user: Pick<User, 'id' | 'name' | 'timeZone' | 'locale'>): Promise<User | undefined> {
    return tx.first<User>(SET_PROFILE, [user.id, user.name, user.timeZone, user.locale, this.now()]);
  }

  async makePlatformAdmin(tx: Tx, id: string): Promise<void> {
    await tx.query(MAKE_PLATFORM_ADMIN, [id, this.now()]);
  }

  private values(user: NewUser): unknown[] {
    const now = this.now();
    return [user.id, user.email, user.name, user.passwordHash, user.isVerified ? now : null, user.isPlatformAdmin ?? false, now];
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}

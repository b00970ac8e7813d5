import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { hashToken } from '../../../platform/crypto/tokens.js';
import type { Tx } from '../../../platform/database/tx.js';
import { ACCOUNT_MEMORY_SECONDS, ADDRESS_MEMORY_SECONDS, countedAddress, LOCK_SECONDS } from './login-failures.js';

const LOCKED = `select max(locked_until) as "lockedUntil" from login_failures where subject = any($1) and locked_until > $2`;

// Held until the session stands, so that of many guesses at once none slips in behind a lock that was just taken.
const LOCKED_NOW = `select locked_until as "lockedUntil" from login_failures where subject = any($1) order by subject for update`;

// One statement counts a failure of the account and of the address. A failure while locked is refused, not counted: waiting it out must help.
const COUNT = `
  insert into login_failures as f (subject, failures, last_failed_at, locked_until)
  select s.subject, 1, $3, null from unnest($1::bytea[], $2::int[]) as s(subject, memory) order by s.subject
  on conflict (subject) do update set
    failures = case when f.locked_until > $3 then f.failures when f.last_failed_at < $3::timestamptz - make_interval(secs => %MEMORY%) then 1 else f.failures + 1 end,
    locked_until = case
      when f.locked_until > $3 then f.locked_until
      when f.last_failed_at < $3::timestamptz - make_interval(secs => %MEMORY%) then null
      else $3::timestamptz + make_interval(secs => nullif(($4::int[])[least(f.failures + 1, ${LOCK_SECONDS.length})], 0)) end,
    last_failed_at = case when f.locked_until > $3 then f.last_failed_at else $3 end,
    refused = case when f.locked_until > $3 then f.refused + 1 else 0 end
  returning subject, failures, locked_until as "lockedUntil", refused = 0 as counted`.replaceAll(
  '%MEMORY%',
  'case when f.subject = ($1::bytea[])[1] then ($2::int[])[1] else ($2::int[])[2] end',
);

const FORGET = `delete from login_failures where subject = $1`;
const DELETE_OLD = `delete from login_failures where last_failed_at < $1 and (locked_until is null or locked_until < $1)`;

/** How a failure was counted. */
export interface CountedFailure {
  /** It came while a lock was on, so it was refused and did not count. */
  readonly wasLocked: boolean;
  /** When the last of its locks ends; the moment it was counted when there is none. */
  readonly lockedUntil: string;
  readonly accountFailures: number;
  /** The account was locked by this very failure. */
  readonly locksAccount: boolean;
}

/** Failed logins by account and by address, in the database, so that every process counts together. Unknown accounts count alike. */
@Injectable()
export class LoginFailuresRepository {
  private readonly key: Buffer;

  constructor(
    private readonly clock: Clock,
    settings: Settings,
  ) {
    this.key = deriveKey(settings.secretKey.reveal(), 'token-hash');
  }

  async lockedUntil(tx: Tx, email: string): Promise<string | null> {
    return (await tx.first<{ lockedUntil: string | null }>(LOCKED, [this.subjects(tx, email), this.now()]))?.lockedUntil ?? null;
  }

  /** The same inside the transaction that lets somebody in; failures counted meanwhile wait for it. */
  async lockedUntilForUpdate(tx: Tx, email: string): Promise<string | null> {
    const rows = await tx.query<{ lockedUntil: string | null }>(LOCKED_NOW, [this.subjects(tx, email)]);
    const now = this.now();
    const locks = rows.flatMap(({ lockedUntil }) => (lockedUntil !== null && lockedUntil > now ? [lockedUntil] : []));
    return locks.sort().at(-1) ?? null;
  }

  async count(tx: Tx, email: string): Promise<CountedFailure> {
    const subjects = this.subjects(tx, email);
    const [account] = subjects;
    const now = this.now();
    const memories = [ACCOUNT_MEMORY_SECONDS, ADDRESS_MEMORY_SECONDS];
    const rows = await tx.query<CountRow>(COUNT, [subjects, memories.slice(0, subjects.length), now, LOCK_SECONDS]);
    const own = rows.filter((row) => account?.equals(row.subject));
    const locks = rows.flatMap(({ lockedUntil }) => (lockedUntil === null ? [] : [lockedUntil]));
    return {
      wasLocked: rows.some((row) => !row.counted),
      lockedUntil: locks.sort().at(-1) ?? now,
      accountFailures: own.reduce((sum, row) => sum + row.failures, 0),
      locksAccount: own.some((row) => row.counted && row.lockedUntil !== null),
    };
  }

  /** After a good login, or a proof of the mailbox. The address is not forgiven: it may be trying many accounts, one of them its own. */
  async forgetAccount(tx: Tx, email: string): Promise<void> {
    await tx.query(FORGET, [this.subject('account', email)]);
  }

  async deleteBefore(tx: Tx, instant: Date): Promise<void> {
    await tx.query(DELETE_OLD, [instant.toISOString()]);
  }

  private subjects(tx: Tx, email: string): Buffer[] {
    const { address } = tx.scope;
    return [this.subject('account', email), ...(address === null ? [] : [this.subject('address', countedAddress(address))])];
  }

  private subject(kind: 'account' | 'address', text: string): Buffer {
    return hashToken(`login-${kind}|${text}`, this.key);
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}

interface CountRow {
  readonly subject: Buffer;
  readonly failures: number;
  readonly lockedUntil: string | null;
  readonly counted: boolean;
}

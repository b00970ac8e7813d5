import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { hashToken } from '../../../platform/crypto/tokens.js';
import type { Tx } from '../../../platform/database/tx.js';
import { newId } from '../../../shared/ids.js';
import { normalizeEmail } from '../../../shared/text.js';
import { MAX_CODE_FAILURES, MAX_TOKENS_PER_HOUR, type Proof, tokenLifeMinutes, type TokenPurpose, tokenSecrets } from './one-time-token.js';

// Two statements on purpose: the second sees what others wrote while this waited for the lock, so asking many times at once does not help.
const TAKE_TURN = `select id from users where id = $1 for update`;
const REQUEST = `
  insert into one_time_tokens (id, user_id, purpose, facts, created_at, expires_at)
  select $1, $2, $3, $4::jsonb, $5, $6
  where (select count(*) from one_time_tokens t where t.user_id = $2 and t.purpose = $3 and t.created_at > $5::timestamptz - interval '1 hour') < ${MAX_TOKENS_PER_HOUR}
  returning id`;

const SEAL = `
  update one_time_tokens t set token_hash = $2, code_hash = $3 from users u
  where t.id = $1 and u.id = t.user_id and t.used_at is null and t.expires_at > $4
  returning t.purpose, t.facts, t.expires_at, u.id as user_id, u.email, u.name`;

const PURPOSE = `select purpose from one_time_tokens where id = $1`;

const USE_TOKEN = `
  update one_time_tokens set used_at = $3
  where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3
  returning id, user_id, facts, true as fits`;

// The newest token of that person and purpose takes the guess: right uses it up, wrong counts, and five wrong ones end it.
const USE_CODE = `
  update one_time_tokens t
  set used_at = case when t.code_hash = $2 then $4::timestamptz end,
      failed_attempts = t.failed_attempts + case when t.code_hash = $2 then 0 else 1 end
  where t.id = (
      select n.id from one_time_tokens n join users u on u.id = n.user_id
      where u.email = $1 and n.purpose = $3 and n.code_hash is not null order by n.created_at desc, n.id desc limit 1 for update of n)
    and t.used_at is null and t.expires_at > $4 and t.failed_attempts < ${MAX_CODE_FAILURES}
  returning t.id, t.user_id, t.facts, t.used_at is not null as fits`;

const VOID_OTHERS = `update one_time_tokens set used_at = $3 where user_id = $1 and purpose = $2 and used_at is null`;
const LATEST_FACTS = `select facts from one_time_tokens where user_id = $1 and purpose = $2 order by created_at desc, id desc limit 1`;
const DELETE_OLD = `delete from one_time_tokens where expires_at < $1`;

export interface UsedToken {
  readonly id: string;
  readonly userId: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** A token on its way into a mail. */
export interface SealedToken extends UsedToken {
  readonly purpose: TokenPurpose;
  readonly email: string;
  readonly name: string;
  readonly token: string;
  readonly code: string;
}

/** Tokens and codes that prove who reads a mailbox. Only their keyed hashes are stored. */
@Injectable()
export class OneTimeTokensRepository {
  private readonly mintKey: Buffer;
  private readonly hashKey: Buffer;

  constructor(
    private readonly clock: Clock,
    settings: Settings,
  ) {
    this.mintKey = deriveKey(settings.secretKey.reveal(), 'one-time-token');
    this.hashKey = deriveKey(settings.secretKey.reveal(), 'token-hash');
  }

  /** Writes that a token is wanted; the mail job makes it. Undefined when too many were wanted lately. */
  async request(tx: Tx, wanted: { userId: string; purpose: TokenPurpose; facts: Record<string, string> }): Promise<string | undefined> {
    const now = this.clock.now();
    const ends = new Date(now.getTime() + tokenLifeMinutes(wanted.purpose) * 60_000);
    await tx.query(TAKE_TURN, [wanted.userId]);
    const row = await tx.first<{ id: string }>(REQUEST, [
      newId(),
      wanted.userId,
      wanted.purpose,
      JSON.stringify(wanted.facts),
      now.toISOString(),
      ends.toISOString(),
    ]);
    return row?.id;
  }

  /** The same work for nobody. */
  async pretend(tx: Tx): Promise<void> {
    const nobody = newId();
    await tx.query(TAKE_TURN, [nobody]);
    await tx.query(LATEST_FACTS, [nobody, 'reset-password']);
  }

  /** Makes the secrets of a wanted token, just before they are mailed. Undefined when it is used or over. */
  async mint(tx: Tx, id: string): Promise<SealedToken | undefined> {
    const known = await tx.first<{ purpose: TokenPurpose }>(PURPOSE, [id]);
    if (!known) return undefined;
    const { token, code } = tokenSecrets(this.mintKey, known.purpose, id);
    const hashes = [this.hash(known.purpose, `token|${token}`), this.hash(known.purpose, `code|${code}`)];
    const row = await tx.first<{ purpose: TokenPurpose; facts: Record<string, string>; user_id: string; email: string; name: string }>(
      SEAL,
      [id, ...hashes, this.now()],
    );
    return row && { id, userId: row.user_id, facts: row.facts, purpose: row.purpose, email: row.email, name: row.name, token, code };
  }

  /** Uses a token up when the proof fits. The caller commits in both cases, or wrong codes would not count. */
  async use(tx: Tx, purpose: TokenPurpose, proof: Proof): Promise<UsedToken | undefined> {
    const used = 'token' in proof ? await this.useToken(tx, purpose, proof.token) : await this.useCode(tx, purpose, proof);
    if (!used?.fits) return undefined;
    await tx.query(VOID_OTHERS, [used.user_id, purpose, this.now()]);
    return { id: used.id, userId: used.user_id, facts: used.facts };
  }

  /** What the person asked for last, to ask for it again. */
  async latestFacts(tx: Tx, userId: string, purpose: TokenPurpose): Promise<Record<string, string> | undefined> {
    return (await tx.first<{ facts: Record<string, string> }>(LATEST_FACTS, [userId, purpose]))?.facts;
  }

  async voidAll(tx: Tx, userId: string, purpose: TokenPurpose): Promise<void> {
    await tx.query(VOID_OTHERS, [userId, purpose, this.now()]);
  }

  async deleteEndedBefore(tx: Tx, instant: Date): Promise<void> {
    await tx.query(DELETE_OLD, [instant.toISOString()]);
  }

  private useToken(tx: Tx, purpose: TokenPurpose, token: string): Promise<UsedRow | undefined> {
    return tx.first<UsedRow>(USE_TOKEN, [this.hash(purpose, `token|${token}`), purpose, this.now()]);
  }

  private useCode(tx: Tx, purpose: TokenPurpose, proof: { email: string; code: string }): Promise<UsedRow | undefined> {
    return tx.first<UsedRow>(USE_CODE, [normalizeEmail(proof.email), this.hash(purpose, `code|${proof.code}`), purpose, this.now()]);
  }

  private hash(purpose: TokenPurpose, secret: string): Buffer {
    return hashToken(`${purpose}|${secret}`, this.hashKey);
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}

interface UsedRow {
  readonly id: string;
  readonly user_id: string;
  readonly facts: Record<string, string>;
  readonly fits: boolean;
}

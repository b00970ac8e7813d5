import { Injectable } from '@nestjs/common';
import type { Permission } from '../../../platform/access/permissions.js';
import type { Tx } from '../../../platform/database/tx.js';

/** A key as its owner sees it; instants are ISO text. */
export interface ApiKeyRow {
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  readonly prefix: string;
  readonly last4: string;
  readonly scopes: Permission[];
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly previousUntil: string | null;
  readonly revokedAt: string | null;
  readonly createdAt: string;
  readonly version: number;
}

/** A key with what proves it. */
export interface ProvableKey extends ApiKeyRow {
  readonly keyHash: Buffer;
  readonly previousHash: Buffer | null;
  readonly isOwnerActive: boolean;
}

const VIEW = `k.id, k.owner_id as "ownerId", k.name, k.prefix, k.last4, k.scopes, k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt",
  k.previous_until as "previousUntil", k.revoked_at as "revokedAt", k.created_at as "createdAt", k.version`;

const HOME = `select home_organization_id as "organizationId", key_id as "keyId" from api_key_prefixes where prefix = $1`;
const PROVABLE = `select ${VIEW}, k.key_hash as "keyHash", k.previous_hash as "previousHash", u.is_active as "isOwnerActive"
  from api_keys k join users u on u.id = k.owner_id where k.organization_id = $1 and k.id = $2`;

const INSERT = `insert into api_keys as k (organization_id, id, owner_id, name, prefix, last4, key_hash, scopes, expires_at, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) returning ${VIEW}`;
const INSERT_PREFIX = `insert into api_key_prefixes (prefix, home_organization_id, key_id) values ($1, $2, $3)`;

const BY_ID = `select ${VIEW} from api_keys k where k.organization_id = $1 and k.id = $2 and k.owner_id = $3`;
const PAGE = `select ${VIEW} from api_keys k where k.organization_id = $1 and k.owner_id = $2 and ($3::uuid is null or k.id < $3) order by k.id desc limit $4`;

const ROTATE = `update api_keys k set previous_prefix = k.prefix, previous_hash = k.key_hash, previous_until = $4,
    prefix = $5, last4 = $6, key_hash = $7, updated_at = $8, version = k.version + 1
  where k.organization_id = $1 and k.id = $2 and k.owner_id = $3 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $8) returning ${VIEW}`;
const REVOKE = `update api_keys k set revoked_at = $4, updated_at = $4, version = k.version + 1
  where k.organization_id = $1 and k.id = $2 and k.owner_id = $3 and k.revoked_at is null returning ${VIEW}`;

const TOUCH = `update api_keys set last_used_at = $3
  where organization_id = $1 and id = $2 and (last_used_at is null or last_used_at <= $3::timestamptz - interval '1 minute')`;

export interface NewKeyRow {
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  readonly prefix: string;
  readonly last4: string;
  readonly hash: Buffer;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
  readonly now: string;
}

@Injectable()
export class ApiKeysRepository {
  /** The organization and id of a key by its prefix, before anybody is known. */
  home(tx: Tx, prefix: string): Promise<{ organizationId: string; keyId: string } | undefined> {
    return tx.first(HOME, [prefix]);
  }

  provable(tx: Tx, id: string): Promise<ProvableKey | undefined> {
    return tx.first<ProvableKey>(PROVABLE, [tx.scope.organizationId, id]);
  }

  async insert(tx: Tx, key: NewKeyRow): Promise<ApiKeyRow> {
    const { organizationId } = tx.scope;
    await tx.query(INSERT_PREFIX, [key.prefix, organizationId, key.id]);
    const [row] = await tx.query<ApiKeyRow>(INSERT, [
      organizationId,
      key.id,
      key.ownerId,
      key.name,
      key.prefix,
      key.last4,
      key.hash,
      key.scopes,
      key.expiresAt,
      key.now,
    ]);
    if (!row) throw new Error('the new key was not returned');
    return row;
  }

  byId(tx: Tx, id: string, ownerId: string): Promise<ApiKeyRow | undefined> {
    return tx.first<ApiKeyRow>(BY_ID, [tx.scope.organizationId, id, ownerId]);
  }

  page(tx: Tx, ownerId: string, before: string | null, limit: number): Promise<ApiKeyRow[]> {
    return tx.query<ApiKeyRow>(PAGE, [tx.scope.organizationId, ownerId, before, limit]);
  }

  /** Gives a key a new secret; the old one works until `previousUntil`. */
  async rotate(
    tx: Tx,
    key: { id: string; ownerId: string },
    made: { prefix: string; last4: string; hash: Buffer },
    times: { now: string; previousUntil: string },
  ): Promise<ApiKeyRow | undefined> {
    const { organizationId } = tx.scope;
    const row = await tx.first<ApiKeyRow>(ROTATE, [
      organizationId,
      key.id,
      key.ownerId,
      times.previousUntil,
      made.prefix,
      made.last4,
      made.hash,
      times.now,
    ]);
    if (row) await tx.query(INSERT_PREFIX, [made.prefix, organizationId, key.id]);
    return row;
  }

  revoke(tx: Tx, key: { id: string; ownerId: string }, now: string): Promise<ApiKeyRow | undefined> {
    return tx.first<ApiKeyRow>(REVOKE, [tx.scope.organizationId, key.id, key.ownerId, now]);
  }

  /** Remembers that a key was used, at most once a minute. */
  async touch(tx: Tx, id: string, now: string): Promise<void> {
    await tx.query(TOUCH, [tx.scope.organizationId, id, now]);
  }
}

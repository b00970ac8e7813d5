import { Injectable } from '@nestjs/common';
import type { PublicSigningJwk, StoredSigningKey } from '../../../platform/crypto/signing-keys.js';
import type { Tx } from '../../../platform/database/tx.js';

const ALL = `select kid, public_jwk, sealed_private_key, created_at from signing_keys order by created_at, kid`;
const INSERT = `insert into signing_keys (kid, public_jwk, sealed_private_key, created_at) values ($1, $2, $3, $4)`;
const DELETE = `delete from signing_keys where kid = any($1)`;
const TAKE_TURN = `select pg_advisory_xact_lock(7266321010)`;

interface Row {
  readonly kid: string;
  readonly public_jwk: PublicSigningJwk;
  readonly sealed_private_key: string;
  readonly created_at: string;
}

@Injectable()
export class SigningKeysRepository {
  /** Makes processes that rotate at the same moment do it one after the other. */
  async takeTurn(tx: Tx): Promise<void> {
    await tx.query(TAKE_TURN);
  }

  async all(tx: Tx): Promise<StoredSigningKey[]> {
    const rows = await tx.query<Row>(ALL);
    return rows.map((row) => ({
      kid: row.kid,
      publicJwk: row.public_jwk,
      sealedPrivateKey: row.sealed_private_key,
      createdAt: new Date(row.created_at),
    }));
  }

  async insert(tx: Tx, key: StoredSigningKey): Promise<void> {
    await tx.query(INSERT, [key.kid, JSON.stringify(key.publicJwk), key.sealedPrivateKey, key.createdAt.toISOString()]);
  }

  async delete(tx: Tx, kids: readonly string[]): Promise<void> {
    await tx.query(DELETE, [kids]);
  }
}

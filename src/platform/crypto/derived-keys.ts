import { hkdfSync } from 'node:crypto';

/** What a derived key is for; a purpose is never used twice, so no part can be made to produce another part's tokens. */
export type KeyPurpose =
  | 'token-hash'
  | 'cursor'
  | 'audit-chain'
  | 'audit-checkpoint'
  | 'idempotency'
  | 'database-role'
  | 'sealed-box'
  | 'refresh-token'
  | 'one-time-token'
  | 'assistant-plan';

const SALT = 'concord/derived-keys/v1';

/** The 32-byte key for one purpose, derived from the master secret by HKDF-SHA256; always the same for the same two inputs. */
export function deriveKey(secret: string | Buffer, purpose: KeyPurpose): Buffer {
  const master = Buffer.from(secret as string);
  if (master.length < 32) throw new RangeError('The master secret needs at least 32 bytes.');
  return Buffer.from(hkdfSync('sha256', master, SALT, purpose, 32));
}

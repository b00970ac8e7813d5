import { deriveKey } from '../../platform/crypto/derived-keys.js';

/** The keys of the audit trail, each for one purpose, all from the master secret. */
export class AuditKeys {
  readonly chain: Buffer;
  readonly checkpoint: Buffer;
  readonly cursor: Buffer;

  constructor(secret: string) {
    this.chain = deriveKey(secret, 'audit-chain');
    this.checkpoint = deriveKey(secret, 'audit-checkpoint');
    this.cursor = deriveKey(secret, 'cursor');
  }
}

import { describe, expect, it } from '@jest/globals';
import { deriveKey, type KeyPurpose } from './derived-keys.js';

const secret = 'an example master secret, 40 bytes long!';
const purposes: KeyPurpose[] = ['token-hash', 'cursor', 'audit-chain', 'audit-checkpoint', 'idempotency', 'database-role', 'sealed-box'];

describe('deriveKey', () => {
  it('gives every purpose its own 32 bytes, always the same', () => {
    const keys = purposes.map((purpose) => deriveKey(secret, purpose).toString('hex'));
    expect(new Set(keys).size).toBe(purposes.length);
    expect(keys.every((hex) => hex.length === 64)).toBe(true);
    expect(purposes.map((purpose) => deriveKey(Buffer.from(secret), purpose).toString('hex'))).toEqual(keys);
  });

  it('never changes between releases: audit chains and stored hashes depend on it', () => {
    expect(deriveKey(secret, 'audit-chain').toString('hex')).toBe('182fd106e279a424e0069f955a6384a0edcfbc9b8d99b690c7436102227bcbef');
  });

  it('depends on the whole secret and refuses a short one', () => {
    expect(deriveKey(`${secret}.`, 'cursor')).not.toEqual(deriveKey(secret, 'cursor'));
    expect(() => deriveKey('short', 'cursor')).toThrow(RangeError);
  });
});

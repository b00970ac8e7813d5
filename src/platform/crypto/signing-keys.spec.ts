import { createPublicKey, sign, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SealBroken, SealedBox } from './sealed-box.js';
import { jwksOf, newSigningKey, openSigningKey, thumbprint } from './signing-keys.js';

const box = new SealedBox(Buffer.alloc(32, 3));
const now = new Date('2026-11-21T00:00:00Z');

describe('signing keys', () => {
  it('sign with the private half what the published half verifies', () => {
    const key = newSigningKey(box, now);
    const [jwk] = jwksOf([key]).keys;
    const signature = sign('sha256', Buffer.from('claims'), { key: openSigningKey(box, key), dsaEncoding: 'ieee-p1363' });
    const publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    expect(verify('sha256', Buffer.from('claims'), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    expect(verify('sha256', Buffer.from('Claims'), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(false);
  });

  it('publish nothing private, whatever the row carries', () => {
    const key = newSigningKey(box, now);
    const leaky = { ...key, publicJwk: { ...key.publicJwk, d: 'private!' } };
    expect(Object.keys(jwksOf([leaky]).keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    expect(key.sealedPrivateKey).not.toContain('PRIVATE');
  });

  it('are named by the thumbprint of RFC 7638', () => {
    const key = newSigningKey(box, now);
    expect(key.kid).toBe(thumbprint(key.publicJwk));
    // The P-256 key of RFC 7517 A.1 and its published thumbprint.
    expect(thumbprint({ x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' })).toBe(
      'cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s',
    );
  });

  it('do not open under the name of another key', () => {
    const [one, other] = [newSigningKey(box, now), newSigningKey(box, now)];
    expect(() => openSigningKey(box, { kid: one.kid, sealedPrivateKey: other.sealedPrivateKey })).toThrow(SealBroken);
  });
});

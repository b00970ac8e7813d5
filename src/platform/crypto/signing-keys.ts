import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { SealedBox } from './sealed-box.js';

/** The public half of an ES256 key, as RFC 7517 writes it. */
export interface PublicSigningJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** A signing key as it is stored: the private half only ever sealed. */
export interface StoredSigningKey {
  readonly kid: string;
  readonly publicJwk: PublicSigningJwk;
  readonly sealedPrivateKey: string;
  readonly createdAt: Date;
}

/** Makes an ES256 key pair; its `kid` is the RFC 7638 thumbprint, so it can be checked by anyone. */
export function newSigningKey(box: SealedBox, now: Date): StoredSigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  if (x === undefined || y === undefined) throw new Error('The new key has no coordinates.');
  const kid = thumbprint({ x, y });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return {
    kid,
    publicJwk: { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' },
    sealedPrivateKey: box.seal(pem, sealContext(kid)),
    createdAt: now,
  };
}

/** Opens the private half for signing. */
export function openSigningKey(box: SealedBox, key: Pick<StoredSigningKey, 'kid' | 'sealedPrivateKey'>): KeyObject {
  return createPrivateKey(box.open(key.sealedPrivateKey, sealContext(key.kid)));
}

/** The RFC 7638 thumbprint of a P-256 public key. */
export function thumbprint(key: { readonly x: string; readonly y: string }): string {
  // RFC 7638: only the required members, in alphabetical order, without white space.
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'P-256', kty: 'EC', x: key.x, y: key.y }))
    .digest('base64url');
}

/** The document for `/.well-known/jwks.json`: public members only, named one by one so that nothing else can slip in. */
export function jwksOf(keys: readonly Pick<StoredSigningKey, 'publicJwk'>[]): { keys: PublicSigningJwk[] } {
  return { keys: keys.map(({ publicJwk: { kty, crv, x, y, kid, alg, use } }) => ({ kty, crv, x, y, kid, alg, use })) };
}

function sealContext(kid: string): string {
  return `signing-key:${kid}`;
}

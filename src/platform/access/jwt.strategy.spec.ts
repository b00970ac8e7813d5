import { beforeEach, describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { loadSettings } from '../config/load-settings.js';
import type { AccessSource } from './grant.js';
import { JwtStrategy } from './jwt.strategy.js';

const settings = loadSettings({ NODE_ENV: 'test', SECRET_KEY: 'test-secret-test-secret-test-secret-0123' });
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const CLAIMS = { sub: 'u1', sid: 's1' };
const good = { algorithm: 'ES256', keyid: 'k1', issuer: settings.jwtIssuer, audience: 'concord', expiresIn: 60 } as const;

let asked: string[];
let strategy: JwtStrategy;
beforeEach(() => {
  asked = [];
  const verificationKey = (kid: string): Promise<string | undefined> => {
    asked.push(kid);
    if (kid === 'broken') return Promise.reject(new Error('the database is away'));
    return Promise.resolve(kid === 'k1' || kid.startsWith('old-') ? PEM : undefined);
  };
  strategy = new JwtStrategy(settings, { verificationKey } as unknown as AccessSource);
});

/** What passport would make of a token: the claims, or `refused`. */
function outcome(token: string): Promise<unknown> {
  return new Promise((resolve) => {
    const bound = Object.assign(Object.create(strategy) as object, {
      success: resolve,
      fail: () => resolve('refused'),
      error: () => resolve('refused'),
    }) as unknown as { authenticate(request: object): void };
    bound.authenticate({ headers: { authorization: `Bearer ${token}` } });
  });
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (header: object): string =>
  `${part(header)}.${part({ ...CLAIMS, iss: settings.jwtIssuer, aud: 'concord', exp: 4_000_000_000 })}`;

describe('JwtStrategy', () => {
  it('takes a good token, and asks for its key once', async () => {
    for (let n = 0; n < 2; n++) expect(await outcome(jwt.sign(CLAIMS, pair.privateKey, good))).toMatchObject(CLAIMS);
    expect(asked).toEqual(['k1']);
  });

  it('keeps a hundred keys, and asks anew for one it let go', async () => {
    const tokenOf = (keyid: string): string => jwt.sign(CLAIMS, pair.privateKey, { ...good, keyid });
    expect(await outcome(tokenOf('k1'))).toMatchObject(CLAIMS);
    for (let n = 0; n < 100; n++) await outcome(tokenOf(`old-${n}`));
    await outcome(tokenOf('k1'));
    expect(asked.filter((kid) => kid === 'k1')).toHaveLength(1);
    await outcome(tokenOf('old-100'));
    expect(await outcome(tokenOf('k1'))).toMatchObject(CLAIMS);
    expect(asked.filter((kid) => kid === 'k1')).toHaveLength(2);
  });

  it.each([
    ['another issuer', { issuer: 'https://evil.example' }],
    ['another audience', { audience: 'other' }],
    ['an ended life', { expiresIn: -1 }],
    ['an unknown key', { keyid: 'k2' }],
    ['a key that cannot be looked up', { keyid: 'broken' }],
    ['a key id without end', { keyid: 'k'.repeat(129) }],
  ])('refuses %s', async (_, change) => {
    expect(await outcome(jwt.sign(CLAIMS, pair.privateKey, { ...good, ...change }))).toBe('refused');
  });

  it('refuses the signature of another key', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await outcome(jwt.sign(CLAIMS, other.privateKey, good))).toBe('refused');
  });

  it('refuses alg none', async () => {
    expect(await outcome(`${unsigned({ alg: 'none', kid: 'k1' })}.`)).toBe('refused');
  });

  it('refuses HS256 keyed with the public key', async () => {
    const text = unsigned({ alg: 'HS256', kid: 'k1' });
    expect(await outcome(`${text}.${createHmac('sha256', PEM).update(text).digest('base64url')}`)).toBe('refused');
  });

  it.each(['', 'x', 'a.b.c', `${part({ alg: 'ES256' })}.e30.x`, `${part({ alg: 'ES256', kid: 7 })}.e30.x`])('refuses %j', async (token) => {
    expect(await outcome(token)).toBe('refused');
    expect(asked).toEqual([]);
  });
});

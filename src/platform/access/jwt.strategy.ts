import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { Settings } from '../config/settings.js';
import { type AccessClaims, AccessSource } from './grant.js';

export const ACCESS_TOKEN_AUDIENCE = 'concord';
export const ACCESS_TOKEN_ALGORITHM = 'ES256';

/** Verifies access tokens by the key their `kid` names; a key object is built once per key, not once per call. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(settings: Settings, source: AccessSource) {
    const keys = new Map<string, KeyObject>();
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      algorithms: [ACCESS_TOKEN_ALGORITHM],
      issuer: settings.jwtIssuer,
      audience: ACCESS_TOKEN_AUDIENCE,
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: Error | null, key?: KeyObject) => void) => {
        const kid = kidOf(token);
        const known = kid === undefined ? undefined : keys.get(kid);
        if (known) return done(null, known);
        if (kid === undefined) return done(new Error('the token names no key'));
        source
          .verificationKey(kid)
          .then((pem) => {
            if (pem === undefined) throw new Error('the token names an unknown key');
            const key = createPublicKey(pem);
            if (keys.size > 100) keys.clear();
            keys.set(kid, key);
            return key;
          })
          .then((key) => done(null, key), done);
      },
    } as never);
  }

  validate(claims: AccessClaims): AccessClaims {
    return claims;
  }
}

function kidOf(token: string): string | undefined {
  try {
    const header = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()) as { kid?: unknown };
    return typeof header.kid === 'string' && header.kid.length <= 128 ? header.kid : undefined;
  } catch {
    return undefined;
  }
}

import { Controller, Get, Header } from '@nestjs/common';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { OneOf, Text, ListOfShape } from '../../../platform/http/shapes/fields.js';
import type { PublicSigningJwk } from '../../../platform/crypto/signing-keys.js';
import { KeyRing } from './key-ring.js';

class SigningJwk {
  @OneOf(['EC']) kty: 'EC';
  @OneOf(['P-256']) crv: 'P-256';
  @Text({ max: 64, example: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4' }) x: string;
  @Text({ max: 64, example: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' }) y: string;
  @Text({
    max: 128,
    description: 'RFC 7638 thumbprint; tokens name it in their header.',
    example: 'cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s',
  })
  kid: string;
  @OneOf(['ES256']) alg: 'ES256';
  @OneOf(['sig']) use: 'sig';
}

class JsonWebKeySet {
  @ListOfShape(() => SigningJwk) keys: SigningJwk[];
}

@Controller('.well-known')
export class JwksController {
  constructor(private readonly ring: KeyRing) {}

  @Get('jwks.json')
  @Header('cache-control', 'public, max-age=300')
  @Endpoint({
    access: 'public',
    returns: [200, JsonWebKeySet],
    summary: 'Public keys that verify access tokens',
    description: 'RFC 7517. A new key is listed an hour before it signs, so a copy may be kept for minutes.',
  })
  keys(): Promise<{ keys: PublicSigningJwk[] }> {
    return this.ring.jwks();
  }
}

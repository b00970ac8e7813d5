import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { ACCESS_TOKEN_ALGORITHM, ACCESS_TOKEN_AUDIENCE } from '../../../platform/access/jwt.strategy.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { newId } from '../../../shared/ids.js';
import { KeyRing } from './key-ring.js';

/** Signs access tokens; they say who, which session and which organization, and nothing that could be out of date. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  async sign(subject: {
    userId: string;
    sessionId: string;
    organizationId: string | null;
  }): Promise<{ accessToken: string; expiresIn: number }> {
    const { kid, key } = await this.ring.current();
    const expiresIn = this.settings.jwtAccessTtlSeconds;
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    const claims = {
      sub: subject.userId,
      sid: subject.sessionId,
      ...(subject.organizationId === null ? {} : { org: subject.organizationId }),
      iss: this.settings.jwtIssuer,
      aud: ACCESS_TOKEN_AUDIENCE,
      iat,
      exp: iat + expiresIn,
      jti: newId(),
    };
    const accessToken = await this.jwt.signAsync(claims, { privateKey: key, algorithm: ACCESS_TOKEN_ALGORITHM, keyid: kid });
    return { accessToken, expiresIn };
  }
}

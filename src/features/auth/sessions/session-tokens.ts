import { Injectable } from '@nestjs/common';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { AccessTokens } from '../signing-keys/access-tokens.js';
import { isGenuine, readRefreshToken, refreshToken, type RefreshTokenParts } from './refresh-token.js';
import type { AccessTokenView, SessionTokensView } from './sessions.shapes.js';

interface Bearer {
  readonly userId: string;
  readonly sessionId: string;
  readonly organizationId: string | null;
  readonly role: string | null;
}

/** Makes the tokens of a session and recognises them. */
@Injectable()
export class SessionTokens {
  private readonly key: Buffer;

  constructor(
    private readonly accessTokens: AccessTokens,
    settings: Settings,
  ) {
    this.key = deriveKey(settings.secretKey.reveal(), 'refresh-token');
  }

  /** An access token alone. */
  async access(bearer: Bearer): Promise<AccessTokenView> {
    const { accessToken, expiresIn } = await this.accessTokens.sign(bearer);
    return { accessToken, tokenType: 'Bearer', expiresIn, ...bearer };
  }

  /** Access and refresh token for the generation a session is in. */
  async both(bearer: Bearer, session: { seed: Buffer; generation: number }): Promise<SessionTokensView> {
    const refresh = refreshToken(this.key, { id: bearer.sessionId, seed: session.seed }, session.generation);
    return { ...(await this.access(bearer)), refreshToken: refresh };
  }

  read(text: string): RefreshTokenParts | undefined {
    return readRefreshToken(text);
  }

  isGenuine(parts: RefreshTokenParts, seed: Buffer): boolean {
    return isGenuine(this.key, seed, parts);
  }
}

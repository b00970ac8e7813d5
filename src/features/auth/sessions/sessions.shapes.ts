import { Bool, Email, Id, Instant, Int, ListOfShape, OneOf, Text } from '../../../platform/http/shapes/fields.js';

const JWT_EXAMPLE = 'eyJhbGciOiJFUzI1NiIsImtpZCI6ImNuLUlfV05NIn0.eyJzdWIiOiIwMTkzNmYyZSJ9.c2lnbmF0dXJl';
const REFRESH_EXAMPLE = 'rt_AZNvLnwae1Kcnl1qHwssPQAAAAHqX0rJ1zv3sT8nYb5kQ2wLx7cVdF9gH1jK4mP6rS8tUA';

export class LogIn {
  @Email() email: string;
  @Text({ max: 1000, min: 1, secret: true, example: 'Orchard-Lantern-42' }) password: string;
  @Id({ optional: true, description: 'The organization to work in. Left out: the only one, or the one used last.' })
  organizationId?: string;
}

export class RefreshSession {
  @Text({ max: 200, min: 1, example: REFRESH_EXAMPLE }) refreshToken: string;
}

export class SwitchOrganization {
  @Id() organizationId: string;
}

export class AccessTokenView {
  @Text({ max: 4000, example: JWT_EXAMPLE }) accessToken: string;
  @OneOf(['Bearer']) tokenType: 'Bearer';
  @Int({ description: 'Seconds the access token lives.', example: 900 }) expiresIn: number;
  @Id() userId: string;
  @Id() sessionId: string;
  @Id({ nullable: true, description: 'The organization the session works in; null until there is one.' }) organizationId: string | null;
  @Text({ max: 100, nullable: true, example: 'owner' }) role: string | null;
}

export class SessionTokensView extends AccessTokenView {
  @Text({ max: 200, example: REFRESH_EXAMPLE, description: 'Works once; the answer holds the next one.' }) refreshToken: string;
}

/** The request of RFC 6749, 4.3.2 and 6, as a form. */
export class TokenRequest {
  @OneOf(['password', 'refresh_token']) grant_type: 'password' | 'refresh_token';
  @Text({ max: 254, optional: true, description: 'The e-mail address, for `password`.', example: 'ana@example.com' }) username?: string;
  @Text({ max: 1000, optional: true, secret: true, example: 'Orchard-Lantern-42' }) password?: string;
  @Text({ max: 200, optional: true, example: REFRESH_EXAMPLE, description: 'For `refresh_token`.' }) refresh_token?: string;
  @Text({ max: 1000, optional: true, description: 'Not used: a session has the permissions of its role.' }) scope?: string;
  @Text({ max: 200, optional: true, description: 'Not used: there are no client registrations.' }) client_id?: string;
  @Text({ max: 200, optional: true, description: 'Not used.', secret: true }) client_secret?: string;
}

export class TokenAnswer {
  @Text({ max: 4000, example: JWT_EXAMPLE }) access_token: string;
  @OneOf(['Bearer']) token_type: 'Bearer';
  @Int({ example: 900 }) expires_in: number;
  @Text({ max: 200, example: REFRESH_EXAMPLE }) refresh_token: string;
}

export class SessionView {
  @Id() id: string;
  @Text({ max: 64, nullable: true, example: '203.0.113.7', description: 'Where it was used last.' }) address: string | null;
  @Text({ max: 300, nullable: true, example: 'Mozilla/5.0' }) userAgent: string | null;
  @Instant() createdAt: string;
  @Instant() lastUsedAt: string;
  @Instant() expiresAt: string;
  @Bool({ description: 'The session of this request.' }) isCurrent: boolean;
}

export class SessionList {
  @ListOfShape(() => SessionView) items: SessionView[];
}

export class RevokedSessions {
  @Int({ min: 0, example: 3 }) revoked: number;
}

import type { Secret } from './secret.js';
import { ConnectionSettings } from './connection-settings.js';
import { Setting } from './setting.js';

const COUNTRY = { expression: /^[A-Z]{2}$/, expected: 'two-letter country codes such as FR' };
const CURRENCY = { expression: /^[A-Z]{3}$/, expected: 'three-letter currency codes such as EUR' };
const ORIGIN = { expression: /^(\*|https?:\/\/[^/\s]+)$/, expected: 'origins such as https://app.example.com, without a path' };
const TIMEZONE = { expression: /^(UTC|[A-Z][A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/, expected: 'a time zone such as Europe/Paris' };

/** Rules an operator may choose: security, organizations, limits. */
export class PolicySettings extends ConnectionSettings {
  @Setting({
    env: 'SECRET_KEY',
    kind: 'secret',
    group: 'Security',
    required: true,
    derived: 'in development made once and kept in DATA_DIR/secret.key',
    doc: 'Root of all derived keys, 32 characters or more: openssl rand -base64 48',
    min: 32,
    max: 1024,
  })
  readonly secretKey: Secret;

  @Setting({ env: 'JWT_ISSUER', kind: 'text', group: 'Security', derived: 'PUBLIC_URL', doc: 'Issuer named in access tokens.', max: 255 })
  readonly jwtIssuer: string;

  @Setting({
    env: 'JWT_ACCESS_TTL_SECONDS',
    kind: 'duration-seconds',
    group: 'Security',
    default: '900',
    doc: 'Life of an access token.',
    min: 30,
    max: 86_400,
  })
  readonly jwtAccessTtlSeconds: number;

  @Setting({
    env: 'REFRESH_TTL_DAYS',
    kind: 'int',
    group: 'Security',
    default: '30',
    doc: 'Life of a session without use.',
    min: 1,
    max: 365,
  })
  readonly refreshTtlDays: number;

  @Setting({
    env: 'REFRESH_GRACE_SECONDS',
    kind: 'duration-seconds',
    group: 'Security',
    default: '20',
    doc: 'How long the loser of two refreshes at once still gets the same successor.',
    min: 0,
    max: 300,
  })
  readonly refreshGraceSeconds: number;

  @Setting({
    env: 'REGISTRATION_OPEN',
    kind: 'bool',
    group: 'Security',
    default: 'true',
    doc: 'Anyone may register; when false only invited people.',
  })
  readonly registrationOpen: boolean;

  @Setting({
    env: 'CORS_ORIGINS',
    kind: 'list',
    group: 'Security',
    doc: 'Origins whose browsers may call; none when empty.',
    example: 'https://app.example.com',
    pattern: ORIGIN,
  })
  readonly corsOrigins: readonly string[];

  @Setting({
    env: 'WEBHOOK_ALLOW_LOOPBACK',
    kind: 'bool',
    group: 'Security',
    derived: 'true, in production false',
    doc: 'Webhooks may call this machine, also without TLS; production refuses true.',
  })
  readonly webhookAllowLoopback: boolean;

  @Setting({
    env: 'INVITATION_TTL_DAYS',
    kind: 'int',
    group: 'Organizations',
    default: '7',
    doc: 'Life of an invitation.',
    min: 1,
    max: 90,
  })
  readonly invitationTtlDays: number;

  @Setting({
    env: 'ALLOWED_COUNTRIES',
    kind: 'list',
    group: 'Organizations',
    doc: 'Countries organizations may have; all when empty.',
    example: 'FR,DE,GB',
    pattern: COUNTRY,
  })
  readonly allowedCountries: readonly string[];

  @Setting({
    env: 'ALLOWED_CURRENCIES',
    kind: 'list',
    group: 'Organizations',
    doc: 'Currencies organizations may have; all when empty.',
    example: 'EUR,USD',
    pattern: CURRENCY,
  })
  readonly allowedCurrencies: readonly string[];

  @Setting({
    env: 'DEFAULT_BASE_CURRENCY',
    kind: 'text',
    group: 'Organizations',
    default: 'EUR',
    doc: 'Currency of a new organization.',
    pattern: { ...CURRENCY, expected: 'a three-letter currency code such as EUR' },
  })
  readonly defaultBaseCurrency: string;

  @Setting({
    env: 'DEFAULT_ORG_TIMEZONE',
    kind: 'text',
    group: 'Organizations',
    default: 'UTC',
    doc: 'Time zone of a new organization.',
    pattern: TIMEZONE,
  })
  readonly defaultOrgTimezone: string;

  @Setting({
    env: 'BODY_LIMIT_BYTES',
    kind: 'int',
    group: 'Limits',
    default: '1048576',
    doc: 'Largest body of a request that is not an upload.',
    min: 1024,
    max: 104_857_600,
  })
  readonly bodyLimitBytes: number;

  @Setting({
    env: 'UPLOAD_LIMIT_BYTES',
    kind: 'int',
    group: 'Limits',
    default: '104857600',
    doc: 'Largest uploaded file.',
    min: 1024,
    max: 5_368_709_120,
  })
  readonly uploadLimitBytes: number;

  @Setting({
    env: 'REQUEST_TIMEOUT_SECONDS',
    kind: 'duration-seconds',
    group: 'Limits',
    default: '60',
    doc: 'Time to receive a request, uploads excepted.',
    min: 1,
    max: 3600,
  })
  readonly requestTimeoutSeconds: number;

  @Setting({ env: 'RATE_LIMIT_ENABLED', kind: 'bool', group: 'Limits', default: 'true', doc: 'Limit the requests of each caller.' })
  readonly rateLimitEnabled: boolean;

  @Setting({
    env: 'RATE_LIMIT_SCALE',
    kind: 'number',
    group: 'Limits',
    default: '1',
    doc: 'Multiplies every rate limit.',
    min: 0.01,
    max: 10_000,
  })
  readonly rateLimitScale: number;
}

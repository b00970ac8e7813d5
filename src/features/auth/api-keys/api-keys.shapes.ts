import { PERMISSIONS, type Permission } from '../../../platform/access/permissions.js';
import { Id, Instant, Int, ListOf, Text } from '../../../platform/http/shapes/fields.js';

const SCOPES = { max: PERMISSIONS.length, min: 1, unique: true, example: ['leads:read'] } as const;

export class CreateApiKey {
  @Text({ max: 80, min: 1, example: 'Nightly export', description: 'What it is for; one of your keys at a time has a name.' }) name: string;
  @ListOf(PERMISSIONS, {
    ...SCOPES,
    description: 'What the key may do: some of what you may. It never does more than you may at that moment.',
  })
  scopes: Permission[];
  @Instant({ optional: true, example: '2027-05-31T00:00:00.000Z', description: 'Without it the key lives until it is revoked.' })
  expiresAt?: string;
}

export class RotateApiKey {
  @Int({ min: 0, max: 168, optional: true, default: 24, example: 24, description: 'Hours the old secret goes on working.' })
  overlapHours?: number;
}

export class ListApiKeys {
  @Int({ min: 1, max: 100, optional: true, default: 50, example: 50 }) limit?: number;
  @Text({ max: 1000, optional: true, example: undefined }) cursor?: string;
}

export class ApiKeyView {
  @Id() id: string;
  @Text({ max: 80, example: 'Nightly export' }) name: string;
  @Text({ max: 8, example: 'k3v9x2ab', description: 'The part after ck_, to find a key by.' }) prefix: string;
  @Text({ max: 4, example: 'Qz8A', description: 'The last characters.' }) last4: string;
  @ListOf(PERMISSIONS, SCOPES) scopes: Permission[];
  @Instant({ nullable: true }) expiresAt: string | null;
  @Instant({ nullable: true, description: 'To the minute.' }) lastUsedAt: string | null;
  @Instant({ nullable: true, description: 'Until then the secret before the last rotation works too.' }) previousUntil: string | null;
  @Instant({ nullable: true }) revokedAt: string | null;
  @Instant() createdAt: string;
  @Int({ min: 1, example: 1 }) version: number;
}

export class ApiKeyWithSecret extends ApiKeyView {
  @Text({
    max: 100,
    example: 'ck_k3v9x2ab.Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE',
    description: 'Shown this once. Send it as Authorization: Bearer or as X-Api-Key.',
  })
  key: string;
}

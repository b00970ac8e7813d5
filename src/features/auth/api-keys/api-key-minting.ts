import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { type NewApiKey, newApiKey } from '../../../platform/crypto/tokens.js';
import type { Scope } from '../../../platform/database/scope.js';
import { InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { decodeCursor, encodeCursor } from '../../../shared/cursor.js';
import { Memberships } from '../../organizations/index.js';

/** Makes secrets and cursors of API keys under the keys of this installation. */
@Injectable()
export class ApiKeyMinting {
  private readonly hashKey: Buffer;
  private readonly cursorKey: Buffer;

  constructor(
    private readonly clock: Clock,
    private readonly memberships: Memberships,
    settings: Settings,
  ) {
    this.hashKey = deriveKey(settings.secretKey.reveal(), 'token-hash');
    this.cursorKey = deriveKey(settings.secretKey.reveal(), 'cursor');
  }

  make(): NewApiKey {
    return newApiKey(this.hashKey);
  }

  now(): string {
    return this.clock.now().toISOString();
  }

  cursorAt(id: string, list: string): string {
    return encodeCursor([id], list, this.cursorKey);
  }

  placeOf(cursor: string, list: string): string {
    const [id] = decodeCursor(cursor, list, this.cursorKey) ?? [];
    if (typeof id !== 'string') throw InvalidCursor();
    return id;
  }

  /** What people call the organization they work in. */
  async organizationName(scope: Scope): Promise<string> {
    const all = await this.memberships.organizationsOf(scope);
    return (all.find((one) => one.organizationId === scope.organizationId)?.name ?? '').slice(0, 200);
  }
}

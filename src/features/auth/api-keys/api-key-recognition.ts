import { Injectable } from '@nestjs/common';
import type { Grant } from '../../../platform/access/grant.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { hashToken, isSameSecret, parseApiKey } from '../../../platform/crypto/tokens.js';
import { Database } from '../../../platform/database/database.js';
import { anonymousScope, type Scope } from '../../../platform/database/scope.js';
import { Memberships } from '../../organizations/index.js';
import { personActor } from '../sessions/person.js';
import { effectiveScopes, opens } from './api-key.js';
import { ApiKeysRepository, type ProvableKey } from './api-keys.repository.js';

const TOUCH_EVERY_MS = 60_000;

/** Turns the text of an API key into what it grants now. */
@Injectable()
export class ApiKeyRecognition {
  private readonly hashKey: Buffer;

  constructor(
    private readonly database: Database,
    private readonly repository: ApiKeysRepository,
    private readonly memberships: Memberships,
    private readonly clock: Clock,
    settings: Settings,
  ) {
    this.hashKey = deriveKey(settings.secretKey.reveal(), 'token-hash');
  }

  async grantOf(text: string): Promise<Grant | undefined> {
    const parts = parseApiKey(text);
    if (!parts) return undefined;
    const nobody = anonymousScope('access', null);
    const home = await this.database.read(nobody, (tx) => this.repository.home(tx, parts.prefix));
    if (!home) return undefined;
    const scope: Scope = { ...nobody, organizationId: home.organizationId };
    const key = await this.database.read(scope, (tx) => this.repository.provable(tx, home.keyId));
    if (!key?.isOwnerActive || !opens(key, hashToken(text, this.hashKey), this.clock.now(), isSameSecret)) return undefined;
    const membership = await this.memberships.grantFor({ ...scope, actor: personActor(key.ownerId) });
    if (!membership) return undefined;
    await this.touch(scope, key);
    const actor = { type: 'api-key', id: key.id, userId: key.ownerId } as const;
    return {
      organizationId: home.organizationId,
      actor,
      permissions: effectiveScopes(key.scopes, membership.permissions),
      sessionId: null,
    };
  }

  private async touch(scope: Scope, key: ProvableKey): Promise<void> {
    const now = this.clock.now();
    if (key.lastUsedAt !== null && now.getTime() - Date.parse(key.lastUsedAt) < TOUCH_EVERY_MS) return;
    await this.database.writeOne(scope, (tx) => this.repository.touch(tx, key.id, now.toISOString()));
  }
}

import { Injectable } from '@nestjs/common';
import { ACCESS_TOPIC } from '../../../platform/access/access.module.js';
import type { Permission } from '../../../platform/access/permissions.js';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { NotFound, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { newId } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import { AccountNotices } from '../accounts/account-notices.js';
import { ApiKeyRevoked, ScopeNotHeld } from '../auth.errors.js';
import { personOf } from '../sessions/person.js';
import { ApiKeyMinting } from './api-key-minting.js';
import { type ApiKeyRow, ApiKeysRepository } from './api-keys.repository.js';
import type { ApiKeyWithSecret, CreateApiKey, ListApiKeys } from './api-keys.shapes.js';

const PAGE_SIZE = 50;
const DEFAULT_OVERLAP_HOURS = 24;

/** People's own keys in the organization they work in. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly minting: ApiKeyMinting,
    private readonly bus: Bus,
    private readonly audit: AuditTrail,
    private readonly notices: AccountNotices,
  ) {}

  // Neither this nor `rotate` takes an Idempotency-Key: the stored answer would hold the secret.
  async create(scope: Scope, input: CreateApiKey): Promise<ApiKeyWithSecret> {
    const { userId: ownerId } = personOf(scope);
    assertHeld(input.scopes, scope.permissions);
    const now = this.minting.now();
    if (input.expiresAt !== undefined && Date.parse(input.expiresAt) <= Date.parse(now)) {
      throw ValidationFailed({ errors: [{ pointer: '/expiresAt', code: 'past', message: 'must be in the future' }] });
    }
    const made = this.minting.make();
    const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt).toISOString();
    const organizationName = await this.minting.organizationName(scope);
    const key = { ...made, id: newId(), ownerId, name: input.name.trim(), scopes: input.scopes, expiresAt, now };
    return this.database.write(scope, async (tx) => {
      const row = await this.keys.insert(tx, key);
      await this.record(tx, 'api-key.created', row);
      await this.notices.tell(tx, ownerId, 'api-key-created', { subject: row.name, detail: organizationName });
      return { ...viewOf(row), key: made.text };
    });
  }

  async list(scope: Scope, { limit = PAGE_SIZE, cursor }: ListApiKeys): Promise<PageOf<object>> {
    const { userId } = personOf(scope);
    const list = `api-keys|${scope.organizationId}|${userId}`;
    const before = cursor === undefined ? null : this.minting.placeOf(cursor, list);
    const rows = await this.database.read(scope, (tx) => this.keys.page(tx, userId, before, limit + 1));
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return { items: items.map(viewOf), nextCursor: last ? this.minting.cursorAt(last.id, list) : null };
  }

  async one(scope: Scope, id: string): Promise<object> {
    const { userId } = personOf(scope);
    const row = await this.database.read(scope, (tx) => this.keys.byId(tx, id, userId));
    if (!row) throw NotFound();
    return viewOf(row);
  }

  async rotate(scope: Scope, id: string, overlapHours = DEFAULT_OVERLAP_HOURS): Promise<ApiKeyWithSecret> {
    const { userId: ownerId } = personOf(scope);
    const made = this.minting.make();
    const now = this.minting.now();
    const previousUntil = new Date(Date.parse(now) + overlapHours * 3_600_000).toISOString();
    return this.database.write(scope, async (tx) => {
      const row = await this.keys.rotate(tx, { id, ownerId }, made, { now, previousUntil });
      if (!row) throw await this.whyNot(tx, id, ownerId);
      await this.record(tx, 'api-key.rotated', row);
      await this.bus.publish(tx, ACCESS_TOPIC, `key:${id}`);
      return { ...viewOf(row), key: made.text };
    });
  }

  async revoke(scope: Scope, id: string): Promise<void> {
    const { userId: ownerId } = personOf(scope);
    await this.database.write(scope, async (tx) => {
      const row = await this.keys.revoke(tx, { id, ownerId }, this.minting.now());
      if (!row) throw await this.whyNot(tx, id, ownerId);
      await this.record(tx, 'api-key.revoked', row);
      await this.bus.publish(tx, ACCESS_TOPIC, `key:${id}`);
    });
  }

  private async whyNot(tx: Tx, id: string, ownerId: string): Promise<Error> {
    const row = await this.keys.byId(tx, id, ownerId);
    return row ? ApiKeyRevoked({ detail: 'It was revoked or its time is over. Make a new one.' }) : NotFound();
  }

  private record(tx: Tx, action: string, row: ApiKeyRow): Promise<void> {
    return this.audit.record(tx, { action, resourceType: 'api-key', resourceId: row.id, after: viewOf(row) });
  }
}

function assertHeld(scopes: readonly Permission[], held: ReadonlySet<Permission>): void {
  const missing = scopes.filter((scope) => !held.has(scope));
  if (missing.length === 0) return;
  throw ScopeNotHeld({ detail: `You do not have: ${missing.join(', ')}.`, validOptions: [...held], extra: { missing } });
}

/** Everything but what proves the key. */
function viewOf(row: ApiKeyRow): ApiKeyRow {
  const { id, ownerId, name, prefix, last4, scopes, expiresAt, lastUsedAt, previousUntil, revokedAt, createdAt, version } = row;
  return { id, ownerId, name, prefix, last4, scopes, expiresAt, lastUsedAt, previousUntil, revokedAt, createdAt, version };
}

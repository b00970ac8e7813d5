import { DataSource } from 'typeorm';
import { Bus } from '../../src/platform/database/bus.js';
import { Database } from '../../src/platform/database/database.js';
import type { Scope } from '../../src/platform/database/scope.js';
import { newId } from '../../src/shared/ids.js';
import { cloneDatabase, type TestDatabase } from '../harness/test-database.js';

/** A database with the real `Database` on it, without the rest of the application: nothing seals by itself. */
export interface AuditDatabase {
  readonly db: Database;
  readonly bus: Bus;
  readonly clone: TestDatabase;
  close(): Promise<void>;
}

export async function openAuditDatabase(): Promise<AuditDatabase> {
  const clone = await cloneDatabase();
  const source = await new DataSource({ type: 'postgres', url: clone.urls.app, installExtensions: false }).initialize();
  const db = new Database(source, {
    appUrl: clone.urls.app,
    systemUrl: clone.urls.system,
    lanes: 1,
    systemPoolMax: 4,
    statementTimeoutMs: 30_000,
  });
  await db.open();
  const bus = new Bus(clone.urls.app);
  await bus.open();
  return {
    db,
    bus,
    clone,
    close: async () => {
      await bus.close();
      await db.close();
      await source.destroy();
      await clone.drop();
    },
  };
}

/** Somebody in an organization of their own. */
export function someScope(organizationId = newId()): Scope {
  const userId = newId();
  return {
    organizationId,
    actor: { type: 'user', id: userId, userId },
    permissions: new Set(),
    requestId: `request-${userId}`,
    address: '203.0.113.7',
    sessionId: null,
    cost: { statements: 0, ms: 0 },
  };
}

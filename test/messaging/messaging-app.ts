import { Global, Injectable, Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AuditTrail } from '../../src/features/audit/index.js';
import { JobsModule } from '../../src/features/jobs/index.js';
import { AccessModule } from '../../src/platform/access/access.module.js';
import { AccessSource, type Grant } from '../../src/platform/access/grant.js';
import { type Permission, ROLE_PERMISSIONS, type SystemRole } from '../../src/platform/access/permissions.js';
import { loadSettings } from '../../src/platform/config/load-settings.js';
import { Settings } from '../../src/platform/config/settings.js';
import { DATABASE_URLS, DatabaseModule } from '../../src/platform/database/database.module.js';
import { Database } from '../../src/platform/database/database.js';
import type { Scope } from '../../src/platform/database/scope.js';
import { watchOpenTransactions } from '../../src/platform/database/transactions.js';
import type { Tx } from '../../src/platform/database/tx.js';
import { createHttpApp } from '../../src/platform/http/http-app.js';
import { RateLimiter } from '../../src/platform/http/rate-limit/rate-limiter.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { MessagingModule } from '../../src/platform/messaging/messaging.module.js';
import { TelemetryModule } from '../../src/platform/telemetry/telemetry.module.js';
import { newId } from '../../src/shared/ids.js';
import { cloneDatabase, type TestDatabase, testSecret } from '../harness/test-database.js';

/** Somebody who calls: the key says everything, so that these tests need no accounts. */
export interface Caller {
  readonly organizationId: string;
  readonly userId: string;
  readonly role: SystemRole;
}

export const caller = (role: SystemRole = 'member', organizationId: string = newId()): Caller => ({
  organizationId,
  userId: newId(),
  role,
});

export const keyOf = (who: Caller): string => `ck_${Buffer.from(JSON.stringify(who)).toString('base64url')}`;

export function scopeOf(who: Caller, requestId = `request-${newId()}`): Scope {
  const actor = { type: 'user' as const, id: who.userId, userId: who.userId };
  const permissions = new Set<Permission>(ROLE_PERMISSIONS[who.role]);
  return {
    organizationId: who.organizationId,
    actor,
    permissions,
    requestId,
    address: null,
    sessionId: null,
    cost: { statements: 0, ms: 0 },
  };
}

@Injectable()
class KeysThatSayWho extends AccessSource {
  verificationKey(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  grantOfSession(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  grantOfApiKey(key: string): Promise<Grant | undefined> {
    const who = JSON.parse(Buffer.from(key.slice(3), 'base64url').toString()) as Caller;
    const { organizationId, actor, permissions } = scopeOf(who);
    return Promise.resolve({ organizationId, actor, permissions, sessionId: null });
  }
  denied(): Promise<void> {
    return Promise.resolve();
  }
}

@Global()
@Module({})
class GroundModule {}

@Module({})
class HandlersModule {}

@Module({})
class MessagingTestModule {}

function rootModule(settings: Settings, database: TestDatabase, handlers: readonly Provider[]): DynamicModule {
  const ground = [
    { provide: Settings, useValue: settings },
    { provide: DATABASE_URLS, useValue: database.urls },
    { provide: AccessSource, useClass: KeysThatSayWho },
    AuditTrail,
  ];
  return {
    module: MessagingTestModule,
    imports: [
      { module: GroundModule, providers: ground, exports: ground.map((one) => ('provide' in one ? one.provide : one)) },
      TelemetryModule,
      DatabaseModule,
      HttpModule,
      AccessModule,
      MessagingModule.forRole(settings),
      JobsModule,
      { module: HandlersModule, providers: [...handlers] },
    ],
  };
}

export interface MessagingApp {
  readonly nest: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly db: Database;
  /** One transaction of a caller. */
  write<T>(who: Caller, body: (tx: Tx) => Promise<T>): Promise<T>;
  call(method: 'GET' | 'POST', path: string, who: Caller): Promise<{ status: number; json: Record<string, unknown> }>;
  listen(): Promise<string>;
  close(): Promise<void>;
}

export interface AppOptions {
  readonly environment?: Record<string, string>;
  /** Another process on the same database. */
  readonly beside?: MessagingApp;
  readonly handlers: readonly Provider[];
}

/** The messaging platform with its routes, and the handlers of a test. */
export async function startMessagingApp({ environment = {}, beside, handlers }: AppOptions): Promise<MessagingApp> {
  watchOpenTransactions();
  const database = beside?.database ?? (await cloneDatabase());
  const base = {
    NODE_ENV: 'test',
    SECRET_KEY: testSecret(),
    LOG_LEVEL: 'silent',
    PORT: '0',
    DATABASE_LANES: '2',
    RATE_LIMIT_SCALE: '1000',
    SHUTDOWN_GRACE_SECONDS: '5',
  };
  const settings = loadSettings({ ...base, ...environment });
  const nest = await createHttpApp(rootModule(settings, database, handlers), settings);
  nest.setGlobalPrefix('api/v1');
  await nest.init();
  await nest.getHttpAdapter().getInstance().ready();
  const db = nest.get(Database);
  return {
    nest,
    database,
    db,
    write: (who, body) => db.write(scopeOf(who), body),
    call: async (method, path, who) => {
      const response = await nest.inject({ method, url: `/api/v1${path}`, headers: { authorization: `Bearer ${keyOf(who)}` } });
      return { status: response.statusCode, json: JSON.parse(response.body || '{}') as Record<string, unknown> };
    },
    listen: async () => {
      await nest.listen(0, '127.0.0.1');
      return (await nest.getUrl()).replace('[::1]', '127.0.0.1');
    },
    close: async () => {
      const limiter = nest.get<{ redis?: { disconnect(): void } }>(RateLimiter, { strict: false });
      await nest.close();
      limiter.redis?.disconnect();
      if (!beside) await database.drop();
    },
  };
}

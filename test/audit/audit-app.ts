import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions } from 'fastify';
import { AuditModule, AuditTrail } from '../../src/features/audit/index.js';
import { AccessModule } from '../../src/platform/access/access.module.js';
import { AccessSource, type Grant } from '../../src/platform/access/grant.js';
import type { Permission } from '../../src/platform/access/permissions.js';
import { loadSettings } from '../../src/platform/config/load-settings.js';
import { Settings } from '../../src/platform/config/settings.js';
import { Database } from '../../src/platform/database/database.js';
import { DATABASE_URLS, DatabaseModule } from '../../src/platform/database/database.module.js';
import type { Scope } from '../../src/platform/database/scope.js';
import { createHttpApp } from '../../src/platform/http/http-app.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { TelemetryModule } from '../../src/platform/telemetry/telemetry.module.js';
import { cloneDatabase, type TestDatabase, testSecret } from '../harness/test-database.js';
import type { Answer, CallOptions } from '../harness/test-app.js';
import { someScope } from './audit-database.js';

/** The platform with the audit feature and nothing else, so that its trail holds only what a test put there. */
export interface AuditApp {
  readonly nest: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly db: Database;
  readonly trail: AuditTrail;
  /** Somebody with these permissions in an organization of their own, or in that of `scope`. */
  caller(permissions: readonly Permission[], scope?: Scope): { readonly token: string; readonly scope: Scope };
  call(method: InjectOptions['method'], url: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

class KnownKeys extends AccessSource {
  readonly grants = new Map<string, Grant>();

  override verificationKey(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  override grantOfSession(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  override grantOfApiKey(key: string): Promise<Grant | undefined> {
    return Promise.resolve(this.grants.get(key));
  }
  override denied(): Promise<void> {
    return Promise.resolve();
  }
}

@Global()
@Module({})
class StartModule {}

@Module({})
class AuditOnlyModule {
  static with(settings: Settings, database: TestDatabase, keys: KnownKeys): DynamicModule {
    const providers = [
      { provide: Settings, useValue: settings },
      { provide: DATABASE_URLS, useValue: database.urls },
      { provide: AccessSource, useValue: keys },
    ];
    const start = { module: StartModule, providers, exports: providers };
    return { module: AuditOnlyModule, imports: [start, TelemetryModule, DatabaseModule, HttpModule, AccessModule, AuditModule] };
  }
}

export async function startAuditApp(role: 'api' | 'all'): Promise<AuditApp> {
  const database = await cloneDatabase();
  const environment = {
    NODE_ENV: 'test',
    SECRET_KEY: testSecret(),
    LOG_LEVEL: 'silent',
    PORT: '0',
    DATABASE_LANES: '2',
    RATE_LIMIT_SCALE: '1000',
  };
  const settings = loadSettings({ ...environment, ROLE: role });
  const keys = new KnownKeys();
  const nest = await createHttpApp(AuditOnlyModule.with(settings, database, keys), settings);
  await nest.init();
  await nest.getHttpAdapter().getInstance().ready();
  return {
    nest,
    database,
    db: nest.get(Database),
    trail: nest.get(AuditTrail),
    caller: (permissions, scope = someScope()) => {
      const token = `ck_${keys.grants.size}_${scope.actor.id}`;
      keys.grants.set(token, {
        organizationId: scope.organizationId,
        actor: scope.actor,
        permissions: new Set(permissions),
        sessionId: null,
      });
      return { token, scope };
    },
    call: (method, url, options) => call(nest, { method, url }, options),
    close: async () => {
      await nest.close();
      await database.drop();
    },
  };
}

async function call(
  nest: NestFastifyApplication,
  request: Pick<InjectOptions, 'method' | 'url'>,
  options: CallOptions = {},
): Promise<Answer> {
  const authorization = options.token ? { authorization: `Bearer ${options.token}` } : {};
  const payload = options.body === undefined ? {} : { payload: options.body as object };
  const response = await nest.inject({ ...request, headers: { ...authorization, ...options.headers }, ...payload } as InjectOptions);
  const isJson = /^application\/(problem\+)?json/.test(String(response.headers['content-type'] ?? ''));
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    json: isJson ? (JSON.parse(response.body) as unknown) : undefined,
  };
}

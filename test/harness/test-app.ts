import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../../src/app.module.js';
import { loadSettings } from '../../src/platform/config/load-settings.js';
import type { Settings } from '../../src/platform/config/settings.js';
import { watchOpenTransactions } from '../../src/platform/database/transactions.js';
import { createHttpApp } from '../../src/platform/http/http-app.js';
import type { Connections } from '../../src/platform/runtime/connections.js';
import { checkAnswers } from './answer-check.js';
import { cloneDatabase, type TestDatabase, testSecret } from './test-database.js';

/** The whole application on a database of its own, real queue and real S3 protocol included. */
export interface TestApp {
  readonly nest: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly settings: Settings;
  readonly connections: Connections;
  /** One request without a network; `token` goes into `Authorization`. */
  call(method: InjectOptions['method'], url: string, options?: CallOptions): Promise<Answer>;
  /** Listens on a free loopback port; for SSE, multipart streams and browsers. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: LightMyRequestResponse['headers'];
  readonly text: string;
  /** The body as JSON; typed loosely because tests look at it, not code. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly json: any;
}

function testConnections(database: TestDatabase, settings: Settings): Connections {
  const s3 = JSON.parse(process.env['CONCORD_TEST_S3'] ?? '{}') as { endpoint: string; accessKeyId: string; secretAccessKey: string };
  return {
    databaseUrls: database.urls,
    storage: { ...s3, publicEndpoint: s3.endpoint, region: 'us-east-1', bucket: settings.s3Bucket, forcePathStyle: true },
    isEmbeddedDatabase: true,
    stop: () => Promise.resolve(),
  };
}

export interface TestAppOptions {
  /** The database of another app: a second process beside it. That app drops the database. */
  readonly database?: TestDatabase;
}

/** Starts the application; `environment` overrides settings by their variable names. */
export async function startTestApp(environment: Record<string, string> = {}, options: TestAppOptions = {}): Promise<TestApp> {
  watchOpenTransactions();
  const database = options.database ?? (await cloneDatabase());
  const settings = loadSettings({
    NODE_ENV: 'test',
    SECRET_KEY: testSecret(),
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    PORT: '0',
    DATABASE_LANES: '2',
    RATE_LIMIT_SCALE: '1000',
    DEMO_DATA: 'false',
    SHUTDOWN_GRACE_SECONDS: '5',
    ...environment,
  });
  const connections = testConnections(database, settings);
  const nest = await createHttpApp(AppModule.with(settings, connections), settings);
  checkAnswers(nest.getHttpAdapter().getInstance());
  await nest.init();
  await nest.getHttpAdapter().getInstance().ready();
  return {
    nest,
    database,
    settings,
    connections,
    call: (method, url, options = {}) => call(nest, method, url, options),
    listen: async () => {
      await nest.listen(0, '127.0.0.1');
      return (await nest.getUrl()).replace('[::1]', '127.0.0.1');
    },
    close: async () => {
      await nest.close();
      if (!options.database) await database.drop();
    },
  };
}

async function call(nest: NestFastifyApplication, method: InjectOptions['method'], url: string, options: CallOptions): Promise<Answer> {
  const response = await nest.inject({
    method,
    url,
    headers: { ...(options.token ? { authorization: `Bearer ${options.token}` } : {}), ...options.headers },
    ...(options.body === undefined ? {} : { payload: options.body as object }),
  } as InjectOptions);
  const isJson = String(response.headers['content-type'] ?? '').includes('json');
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    json: isJson && response.body !== '' ? (JSON.parse(response.body) as unknown) : undefined,
  };
}

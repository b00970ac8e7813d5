import { Global, Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule, getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { type DatabaseUrls } from '../config/database-urls.js';
import { Settings } from '../config/settings.js';
import { Metrics } from '../telemetry/metrics.js';
import { LOGGER, type Logger } from '../telemetry/telemetry.module.js';
import { Bus } from './bus.js';
import { Database } from './database.js';
import { SESSION_OPTIONS, textTypes } from './pg-types.js';

/** The addresses this process uses, embedded or real; provided by the bootstrap. */
export const DATABASE_URLS = Symbol('database urls');

const SYSTEM_POOL_MAX = 6;

function makeDatabase(source: DataSource, urls: DatabaseUrls, settings: Settings, [metrics, logger]: [Metrics, Logger]): Database {
  return new Database(source, {
    appUrl: urls.app,
    systemUrl: urls.system,
    lanes: Math.max(1, settings.databaseLanes),
    systemPoolMax: SYSTEM_POOL_MAX,
    statementTimeoutMs: settings.databaseStatementTimeoutSeconds * 1000,
    meter: (kind, ms) => metrics.observeStatement(kind, ms / 1000),
    onTrouble: (error, where) => logger.error({ err: error, where }, 'database connection lost'),
    onSystemUse: (reason) => logger.debug({ reason }, 'system role used'),
  });
}

@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Settings, DATABASE_URLS],
      useFactory: (settings: Settings, urls: DatabaseUrls) => ({
        type: 'postgres' as const,
        url: urls.app,
        autoLoadEntities: true,
        synchronize: false,
        installExtensions: false,
        applicationName: 'concord-app',
        retryAttempts: 3,
        retryDelay: 300,
        extra: {
          max: settings.databasePoolMax,
          types: textTypes,
          options: `${SESSION_OPTIONS} -c statement_timeout=${settings.databaseStatementTimeoutSeconds * 1000}`,
        },
      }),
    }),
  ],
  providers: [
    { provide: 'telemetry pair', inject: [Metrics, LOGGER], useFactory: (metrics: Metrics, logger: Logger) => [metrics, logger] },
    { provide: Database, inject: [getDataSourceToken(), DATABASE_URLS, Settings, 'telemetry pair'], useFactory: makeDatabase },
    {
      provide: Bus,
      inject: [DATABASE_URLS, LOGGER],
      useFactory: (urls: DatabaseUrls, logger: Logger) =>
        new Bus(urls.app, (error) => logger.warn({ err: error }, 'event connection lost')),
    },
  ],
  exports: [Database, Bus],
})
export class DatabaseModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await Promise.all([this.database.open(), this.bus.open()]);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.database.close(), this.bus.close()]);
  }
}

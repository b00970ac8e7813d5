import { Global, Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { createLogger } from './logger.js';
import { Metrics } from './metrics.js';

export type { Logger } from './logger.js';

/** The pino logger of this process. */
export const LOGGER = Symbol('logger');

@Global()
@Module({
  providers: [Metrics, { provide: LOGGER, inject: [Settings], useFactory: (settings: Settings) => createLogger(settings) }],
  exports: [Metrics, LOGGER],
})
export class TelemetryModule {}

import type { FastifyInstance } from 'fastify';
import compress from '@fastify/compress';
import multipart from '@fastify/multipart';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from '../config/settings.js';
import { Metrics } from '../telemetry/metrics.js';
import { NestLog } from '../telemetry/nest-log.js';
import { LOGGER, type Logger } from '../telemetry/telemetry.module.js';
import { refuseDeepBodies } from './body-depth.js';
import { ConcordAdapter } from './concord-adapter.js';
import { GLOBAL_PREFIX } from './openapi/document.js';
import { serveApiDocs } from './openapi/swagger.js';
import { addRequestHooks } from './request-hooks.js';
import { RouteMethods } from './route-methods.js';
import { unroutableAnswer } from './unroutable.js';

const EXPOSED_HEADERS = [
  'ETag',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
  'X-Log-Id',
  'Idempotency-Replayed',
  'Content-Disposition',
];

/** The adapter with what must be known before the app is made. */
function makeAdapter(settings: Settings): ConcordAdapter {
  return new ConcordAdapter({
    trustProxy: settings.trustProxy,
    bodyLimit: settings.bodyLimitBytes,
    requestTimeout: settings.requestTimeoutSeconds * 1000,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    forceCloseConnections: 'idle',
    frameworkErrors: unroutableAnswer(settings),
    logger: false,
  } as never);
}

/** Makes the HTTP application of a root module: hooks, security headers, CORS, compression, limits. It does not listen yet. */
export async function createHttpApp(root: Type | object, settings: Settings): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(root as Type, makeAdapter(settings) as never, {
    bufferLogs: true,
    abortOnError: false,
  });
  await configureHttpApp(app, settings);
  return app;
}

async function configureHttpApp(app: NestFastifyApplication, settings: Settings): Promise<void> {
  const logger = app.get<Logger>(LOGGER);
  const fastify = app.getHttpAdapter().getInstance();
  app.useLogger(new NestLog(logger));
  app.get(RouteMethods).follow(fastify);
  addRequestHooks(fastify, settings, logger, app.get(Metrics));
  fastify.removeContentTypeParser('text/plain');
  fastify.addContentTypeParser('application/merge-patch+json', { parseAs: 'string' }, fastify.getDefaultJsonParser('error', 'error'));
  refuseDeepBodies(fastify);
  endStragglers(fastify, settings.shutdownGraceSeconds);
  const origins = settings.corsOrigins;
  app.enableCors({
    origin: origins.includes('*') ? true : origins.length > 0 ? [...origins] : false,
    credentials: false,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
  });
  await app.register(compress, { threshold: 2048, encodings: ['br', 'gzip'], brotliOptions: { params: { 1: 4 } } } as never);
  await app.register(multipart, { limits: { fileSize: settings.uploadLimitBytes, files: 1, fields: 20, fieldSize: 65_536 } });
  app.setGlobalPrefix(GLOBAL_PREFIX, { exclude: ['health', 'health/*splat', 'metrics', '.well-known/*splat', 'dev/*splat'] });
  if (settings.apiDocs) serveApiDocs(app);
}

/** A caller that sends its upload for ever must not keep a stopping process alive: after the grace time its connection is cut. */
function endStragglers(fastify: FastifyInstance, graceSeconds: number): void {
  fastify.addHook('preClose', (done) => {
    setTimeout(() => fastify.server.closeAllConnections(), graceSeconds * 1000).unref();
    done();
  });
}

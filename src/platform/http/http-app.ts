import compress from '@fastify/compress';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Settings } from '../config/settings.js';
import { Metrics } from '../telemetry/metrics.js';
import { NestLog } from '../telemetry/nest-log.js';
import { LOGGER, type Logger } from '../telemetry/telemetry.module.js';
import { ConcordAdapter } from './concord-adapter.js';
import { ProblemFilter } from './problems/problem-filter.js';
import type { ConcordReply, ConcordRequest } from './request-state.js';
import { GLOBAL_PREFIX } from './openapi/document.js';
import { serveApiDocs } from './openapi/swagger.js';
import { addRequestHooks } from './request-hooks.js';

const EXPOSED_HEADERS = ['ETag', 'Link', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id', 'X-Log-Id', 'Idempotency-Replayed', 'Content-Disposition'];

/** The adapter with what must be known before the app is made. */
function makeAdapter(settings: Settings): ConcordAdapter {
  return new ConcordAdapter({
    trustProxy: settings.trustProxy,
    bodyLimit: settings.bodyLimitBytes,
    requestTimeout: settings.requestTimeoutSeconds * 1000,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    forceCloseConnections: 'idle',
    logger: false,
  } as never);
}

/** Makes the HTTP application of a root module: hooks, security headers, CORS, compression, limits. It does not listen yet. */
export async function createHttpApp(root: Type | object, settings: Settings): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(root as Type, makeAdapter(settings) as never, { bufferLogs: true, abortOnError: false });
  await configureHttpApp(app, settings);
  return app;
}

async function configureHttpApp(app: NestFastifyApplication, settings: Settings): Promise<void> {
  const logger = app.get<Logger>(LOGGER);
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  app.useLogger(new NestLog(logger));
  addRequestHooks(fastify, settings, logger, app.get(Metrics));
  const filter = app.get(ProblemFilter);
  fastify.setErrorHandler((error, request, reply) => filter.answer(error, request as ConcordRequest, reply as ConcordReply));
  // Bodies are JSON or multipart. Fastify's own text parser would hand a string to a shape.
  fastify.removeContentTypeParser('text/plain');
  const origins = settings.corsOrigins;
  app.enableCors({ origin: origins.includes('*') ? true : origins.length > 0 ? [...origins] : false, credentials: false, exposedHeaders: EXPOSED_HEADERS, maxAge: 600 });
  await app.register(helmet as never, { contentSecurityPolicy: CONTENT_SECURITY_POLICY, hsts: settings.nodeEnv === 'production' } as never);
  await app.register(compress as never, { threshold: 2048, encodings: ['br', 'gzip'], brotliOptions: { params: { 1: 4 } } } as never);
  await app.register(multipart as never, { limits: { fileSize: settings.uploadLimitBytes, files: 1, fields: 20, fieldSize: 65_536 } } as never);
  app.setGlobalPrefix(GLOBAL_PREFIX, { exclude: ['health', 'health/*splat', 'metrics', '.well-known/*splat', 'dev/*splat'] });
  if (settings.apiDocs) serveApiDocs(app, settings);
}

/** Swagger UI needs inline styles; nothing here loads from elsewhere. */
const CONTENT_SECURITY_POLICY = {
  directives: { defaultSrc: ["'self'"], imgSrc: ["'self'", 'data:'], scriptSrc: ["'self'"], styleSrc: ["'self'", "'unsafe-inline'"], objectSrc: ["'none'"], frameAncestors: ["'none'"], upgradeInsecureRequests: null },
};

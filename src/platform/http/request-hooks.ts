import type { FastifyInstance } from 'fastify';
import { NIL_ID } from '../../shared/ids.js';
import type { Settings } from '../config/settings.js';
import type { Metrics } from '../telemetry/metrics.js';
import { withLogContext } from '../telemetry/log-context.js';
import { requestIds } from '../telemetry/request-ids.js';
import type { Logger } from '../telemetry/telemetry.module.js';
import { addressHasher, requestLine } from '../telemetry/wide-line.js';
import { NotFound } from './problems/core-problems.js';
import type { ConcordRequest } from './request-state.js';
import { securityHeadersOf } from './security-headers.js';

const QUIET_PREFIXES = ['/health', '/metrics'];

/** Gives every request its id and, when it ends, its one line in the log and its place in the metrics. */
export function addRequestHooks(fastify: FastifyInstance, settings: Settings, logger: Logger, metrics: Metrics): void {
  // The wide line carries the id by itself. Following it through every promise costs each request, so it is for the levels people read by eye.
  const inContext = settings.logFormat === 'text' || logger.isLevelEnabled('debug');
  const securityHeaders = securityHeadersOf(settings.nodeEnv === 'production');
  fastify.decorateRequest('concord', null as never);
  fastify.addHook('onRequest', (raw, reply, done) => {
    const request = raw as ConcordRequest;
    const { requestId, traceparent } = requestIds(request.headers);
    request.concord = { requestId, traceparent, scope: undefined, startedAt: performance.now(), problemCode: undefined };
    reply.headers(securityHeaders);
    reply.header('x-request-id', requestId).header('x-log-id', requestId).header('traceparent', traceparent);
    if (inContext) withLogContext({ logId: requestId, traceparent }, done);
    else done();
  });
  if (settings.role === 'worker') refuseAllButProbes(fastify);
  addWideLine(fastify, { settings, logger, metrics });
}

/** Writes the one line of a request and counts it, when its answer has gone. */
function addWideLine(
  fastify: FastifyInstance,
  { settings, logger, metrics }: { settings: Settings; logger: Logger; metrics: Metrics },
): void {
  const hashAddress = addressHasher(settings.secretKey.reveal());
  fastify.addHook('onResponse', (raw, reply, done) => {
    const request = raw as ConcordRequest;
    const { requestId, scope, startedAt, problemCode } = request.concord;
    const ms = performance.now() - startedAt;
    const route = request.routeOptions.url;
    metrics.observeRequest(request.method, route, reply.statusCode, ms / 1000);
    if (logger.isLevelEnabled('info') && !QUIET_PREFIXES.some((prefix) => request.url.startsWith(prefix))) {
      const line = requestLine({
        requestId,
        organizationId: scope === undefined || scope.organizationId === NIL_ID ? null : scope.organizationId,
        actorId: scope === undefined || scope.actor.id === NIL_ID ? null : scope.actor.id,
        method: request.method,
        route: route ?? 'unmatched',
        status: reply.statusCode,
        ms,
        dbMs: scope?.cost.ms ?? 0,
        dbCount: scope?.cost.statements ?? 0,
        bytes: Number(reply.getHeader('content-length') ?? 0),
        ipHash: hashAddress(request.ip),
        ...(problemCode ? { problem: problemCode } : {}),
      });
      logger.info(line, 'request');
    }
    done();
  });
}

/** A worker answers probes and metrics only; requests belong to the processes that are scaled for them. */
function refuseAllButProbes(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (QUIET_PREFIXES.some((prefix) => request.url.startsWith(prefix))) done();
    else done(NotFound({ detail: 'This process is a worker and serves only probes and metrics.' }));
  });
}

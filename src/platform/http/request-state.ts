import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Scope } from '../database/scope.js';
import type { EndpointOptions } from './endpoint.js';

/** What Concord keeps on a Fastify request. Set by the first hook, so later code needs no checks. */
export interface RequestState {
  requestId: string;
  traceparent: string;
  scope: Scope | undefined;
  startedAt: number;
  problemCode: string | undefined;
}

export type ConcordRequest = FastifyRequest & { concord: RequestState };
export type ConcordReply = FastifyReply;

/** What `@Endpoint` said of the route, read without reflection. */
export function endpointOf(request: FastifyRequest): EndpointOptions | undefined {
  return (request.routeOptions.config as { endpoint?: EndpointOptions }).endpoint;
}

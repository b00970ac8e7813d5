import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../config/settings.js';
import { requestIds } from '../telemetry/request-ids.js';
import { NotFound } from './problems/core-problems.js';
import { problemText } from './problems/problem-filter.js';
import { securityHeadersOf } from './security-headers.js';

/**
 * The answer to an address that the router cannot read: a broken escape, or a part that is too long. No hook and no filter runs for it,
 * so it brings the headers and the problem of every other answer itself.
 */
export function unroutableAnswer(settings: Settings): (error: Error, request: FastifyRequest, reply: FastifyReply) => void {
  const securityHeaders = securityHeadersOf(settings.nodeEnv === 'production');
  const problem = NotFound({ detail: 'The address is not well formed.' });
  return (_error, request, reply) => {
    const { requestId, traceparent } = requestIds(request.headers);
    reply.headers({ ...securityHeaders, 'x-request-id': requestId, 'x-log-id': requestId, traceparent });
    reply
      .status(problem.definition.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .serializer(String)
      .send(problemText(problem, requestId));
  };
}

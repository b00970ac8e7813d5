import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { IdempotentReplay } from '../../database/idempotency.js';
import { addHeaders } from '../concord-adapter.js';
import type { RouteMethods } from '../route-methods.js';
import { type ConcordReply, type ConcordRequest, endpointOf } from '../request-state.js';
import * as core from './core-problems.js';
import { Problem, type ProblemFactory } from './problem.js';

export type FailureLog = (failure: { error: unknown; requestId: string; route: string }) => void;

/** The one place where failures become answers: RFC 9457 `application/problem+json`, the same in development and production. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: FailureLog,
    private readonly routes: Pick<RouteMethods, 'allowed'>,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<ConcordRequest>(), http.getResponse<ConcordReply>());
  }

  /** The router finds nothing for a method that an address does not take; that is another mistake than a wrong address. */
  private wrongMethod(error: unknown, request: ConcordRequest): Problem | undefined {
    if (!(error instanceof HttpException) || error.getStatus() !== 404) return undefined;
    const allowed = this.routes.allowed(request.url.split('?', 1)[0] ?? '');
    if (allowed.length === 0 || allowed.includes(request.method)) return undefined;
    return core.MethodNotAllowed({ headers: { allow: allowed.join(', ') }, validOptions: allowed });
  }

  /** Sends the answer to a failure; Fastify's own error handler uses it too. */
  answer(error: unknown, request: ConcordRequest, reply: ConcordReply): void {
    if (reply.sent) return;
    if (error instanceof IdempotentReplay) return replay(error, request, reply);
    const problem = this.wrongMethod(error, request) ?? problemOf(error);
    const { definition } = problem;
    request.concord.problemCode = definition.code;
    if (definition.status >= 500)
      this.log({ error: problem.cause ?? error, requestId: request.concord.requestId, route: request.routeOptions.url ?? '' });
    if (problem.details.retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(problem.details.retryAfterSeconds)));
    if (definition.status === 401) reply.header('www-authenticate', 'Bearer realm="concord"');
    for (const [name, value] of Object.entries(problem.details.headers ?? {})) reply.header(name, value);
    reply
      .status(definition.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .serializer(String)
      .send(problemText(problem, request.concord.requestId));
  }
}

/** The body of a problem answer. */
export function problemText(problem: Problem, requestId: string): string {
  const { code, status, title } = problem.definition;
  const { detail, errors, validOptions, didYouMean, extra, retryAfterSeconds } = problem.details;
  return JSON.stringify({
    type: `/problems/${code}`,
    title,
    status,
    detail,
    instance: `urn:request:${requestId}`,
    code,
    requestId,
    errors,
    validOptions,
    didYouMean,
    retryAfterSeconds,
    ...extra,
  });
}

function replay(stored: IdempotentReplay, request: ConcordRequest, reply: ConcordReply): void {
  const endpoint = endpointOf(request);
  const fields = JSON.parse(stored.text || '{}') as Record<string, unknown>;
  if (endpoint) addHeaders(reply, endpoint, { version: fields['version'] as number | undefined, nextCursor: undefined, fields });
  reply
    .status(stored.status)
    .header('idempotency-replayed', 'true')
    .header('content-type', 'application/json; charset=utf-8')
    .serializer(String)
    .send(stored.text);
}

const BY_STATUS: Readonly<Record<number, ProblemFactory>> = {
  400: core.MalformedBody,
  401: core.NotAuthenticated,
  403: core.PermissionDenied,
  404: core.NotFound,
  405: core.MethodNotAllowed,
  406: core.NotAcceptable,
  413: core.PayloadTooLarge,
  415: core.UnsupportedMediaType,
  429: core.TooManyRequests,
  503: core.Unavailable,
};

interface FrameworkError {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message?: string;
}

const DETAILS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty although the content type says JSON.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'Send less at once.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send application/json.',
};

/** The problem a thrown value stands for; what nobody declared is an internal error without internals. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status = error instanceof HttpException ? error.getStatus() : (error as FrameworkError | null)?.statusCode;
  const factory = status === undefined ? undefined : BY_STATUS[status];
  if (!factory) return core.InternalError({ detail: 'The request id below finds the details in our log.', cause: error });
  // NestJS wraps what Fastify throws, and keeps it as the cause.
  const { code } = (error instanceof HttpException ? (error.cause ?? {}) : error) as FrameworkError;
  const detail = DETAILS[code ?? ''];
  return factory({ ...(detail ? { detail } : {}), cause: error });
}

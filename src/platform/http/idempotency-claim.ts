import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/json.js';
import type { IdempotencyClaim } from '../database/scope.js';
import type { EndpointOptions } from './endpoint.js';
import { JsonText } from './json-text.js';
import { InvalidIdempotencyKey, InvalidParameters, PreconditionRequired } from './problems/core-problems.js';
import type { ConcordReply, ConcordRequest } from './request-state.js';

const KEY = /^[\x21-\x7e]{1,255}$/;
const VERSION = /^(?:W\/)?"v(\d{1,15})"$/;

/** What the headers of a request claim: an idempotency key, and the version that is to be changed. */
export function requestClaims(
  request: ConcordRequest,
  reply: ConcordReply,
  endpoint: EndpointOptions,
): { idempotency?: IdempotencyClaim; ifMatch?: number } {
  const idempotency = endpoint.idempotent ? idempotencyClaim(request, reply, endpoint) : undefined;
  const ifMatch = endpoint.ifMatch ? versionClaim(request, endpoint.ifMatch) : undefined;
  return { ...(idempotency ? { idempotency } : {}), ...(ifMatch === undefined ? {} : { ifMatch }) };
}

function idempotencyClaim(request: ConcordRequest, reply: ConcordReply, endpoint: EndpointOptions): IdempotencyClaim | undefined {
  const given = request.headers['idempotency-key'];
  if (given === undefined) return undefined;
  // The IETF draft quotes the key as a structured field; most clients send it bare.
  const key = typeof given === 'string' ? given.replace(/^"(.*)"$/, '$1') : '';
  if (!KEY.test(key)) throw InvalidIdempotencyKey({ detail: 'Send 1 to 255 printable characters without blanks, for example a UUID.' });
  const status = endpoint.returns[0];
  return {
    key,
    route: `${request.method} ${request.originalUrl.split('?', 1)[0] ?? ''}`,
    bodyHash: createHash('sha256')
      .update(canonicalJson(request.body ?? null))
      .digest(),
    status,
    serialize: (result) => serialized(result, reply, status),
    taken: false,
  };
}

function serialized(result: unknown, reply: ConcordReply, status: number): string {
  if (result instanceof JsonText) return result.text;
  if (result === undefined || result === null) return '';
  const serialize = reply.getSerializationFunction(String(status)) as ((value: unknown) => string) | undefined;
  return serialize ? serialize(result) : JSON.stringify(result);
}

function versionClaim(request: ConcordRequest, need: 'optional' | 'required'): number | undefined {
  const given = request.headers['if-match'];
  if (given === undefined) {
    if (need === 'optional') return undefined;
    throw PreconditionRequired({ detail: 'Send If-Match with the ETag you read, so that nobody else’s change is lost.' });
  }
  if (given === '*') return undefined;
  const match = VERSION.exec(given.trim());
  if (!match)
    throw InvalidParameters({
      errors: [{ parameter: 'If-Match', code: 'etag', message: 'must be one ETag as this API sends it, like "v3"' }],
    });
  return Number(match[1]);
}

import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import { RouteConfig, RouteSchema } from '@nestjs/platform-fastify';
import type { Permission } from '../access/permissions.js';
import type { ProblemFactory } from './problems/problem.js';
import { serializerSchema } from './shapes/schema.js';
import type { JsonSchema, ShapeClass } from './shapes/field.js';

/** How often a route may be called; the numbers are in `rate-limit/policies.ts`. */
export type RateClass = 'read' | 'write' | 'bulk' | 'auth' | 'probe';

export interface EndpointOptions {
  /** `public`: nobody needs to be known. `signed-in`: any person or key. Otherwise the permission it takes. */
  readonly access: 'public' | 'signed-in' | Permission;
  /** Status of success, and the shape (or media type) of its body. */
  readonly returns: readonly [status: number, body?: ShapeClass | string];
  readonly summary: string;
  readonly description?: string;
  readonly fails?: readonly ProblemFactory[];
  readonly rate?: RateClass;
  /** Takes an `Idempotency-Key`: the use case must do its work in one `db.write` or `db.writeOne`. */
  readonly idempotent?: boolean;
  /** The answer has a `version`, sent as strong ETag. */
  readonly etag?: boolean;
  /** Whether `If-Match` is read; `required` answers 428 without it. */
  readonly ifMatch?: 'optional' | 'required';
  /** Address of what was made, with `{field}` taken from the answer. */
  readonly location?: string;
  /** Media type of the request when it is not JSON. */
  readonly consumes?: string;
  /** Schema of a request that has no shape, e.g. multipart. */
  readonly requestSchema?: JsonSchema;
  /** Left out of the OpenAPI document. */
  readonly hidden?: boolean;
  /** Answers more than one status, e.g. 200 beside 202; for the document and the serializer. */
  readonly alsoReturns?: readonly (readonly [status: number, body?: ShapeClass | string])[];
  /** Sunset date of a deprecated route, YYYY-MM-DD. */
  readonly sunset?: string;
}

export const ENDPOINT = 'concord:endpoint';

/** Says everything about a route that is not its address: access, shapes, failures, limits. A route without it stops the boot. */
export function Endpoint(options: EndpointOptions): MethodDecorator {
  const response: Record<string, JsonSchema> = {};
  for (const [status, body] of [options.returns, ...(options.alsoReturns ?? [])]) {
    if (typeof body === 'function') response[String(status)] = serializerSchema(body);
  }
  return applyDecorators(
    SetMetadata(ENDPOINT, options),
    HttpCode(options.returns[0]),
    RouteConfig({ endpoint: options }),
    ...(Object.keys(response).length > 0 ? [RouteSchema({ response })] : []),
  );
}

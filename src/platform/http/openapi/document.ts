import { RouteParamtypes } from '@nestjs/common/internal.js';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DiscoveryService } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { EndpointOptions } from '../endpoint.js';
import * as core from '../problems/core-problems.js';
import { declaredProblems, type ProblemFactory } from '../problems/problem.js';
import { declaredRoutes, type DeclaredRoute } from '../route-check.js';
import { fieldsOf, type JsonSchema, type ShapeClass } from '../shapes/field.js';
import { openApiSchema, shapeName } from '../shapes/schema.js';
import { exampleOf } from './examples.js';
import { problemExamples, problemResponse, problemSchemas } from './problem-responses.js';
import { TAGS, tagOf } from './tags.js';

interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  deprecated?: boolean;
  parameters: JsonSchema[];
  requestBody?: JsonSchema;
  responses: Record<string, JsonSchema>;
  security: Record<string, string[]>[];
  [extension: `x-${string}`]: unknown;
}

/** Prefixes a route's path as the server does. */
export const GLOBAL_PREFIX = 'api/v1';
/** Routes outside the prefix: for probes, scrapers and token verifiers, which do not know versions. */
export const UNPREFIXED = ['/health', '/metrics', '/.well-known', '/dev'];

/** The OpenAPI 3.1 document, made from the same `@Endpoint` and shapes that the server runs on. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const base = SwaggerModule.createDocument(app, builder().build(), { autoTagControllers: false });
  const shapes = new Map<string, { shape: ShapeClass; use: 'request' | 'response' }>();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of declaredRoutes(app.get(DiscoveryService, { strict: false }))) {
    if (!route.endpoint || route.endpoint.hidden) continue;
    const path = publicPath(route.path);
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route, route.endpoint, shapes);
  }
  const document = { ...base, openapi: '3.1.0', paths: sorted(paths), tags: TAGS } as unknown as OpenAPIObject;
  const answered = new Set([...JSON.stringify(paths).matchAll(/#\/components\/examples\/([a-z0-9-]+)/g)].map(([, code]) => code));
  const examples = problemExamples(declaredProblems().filter(({ definition }) => answered.has(definition.code)));
  document.components = { ...base.components, examples, schemas: { ...shapeSchemas(shapes), ...problemSchemas() } };
  return JSON.parse(JSON.stringify(document)) as OpenAPIObject;
}

function builder(): DocumentBuilder {
  return new DocumentBuilder()
    .setTitle('Concord')
    .setDescription(
      'Contracts, customers and learning of a company behind one API. Log in with **Authorize** (e-mail and password), or send an API key in `X-API-Key`.',
    )
    .setVersion('1.0.0')
    .setLicense('Proprietary', 'https://concord.example/license')
    .addServer('/', 'This server')
    .addOAuth2(
      {
        type: 'oauth2',
        flows: { password: { tokenUrl: `/${GLOBAL_PREFIX}/auth/token`, refreshUrl: `/${GLOBAL_PREFIX}/auth/token`, scopes: {} } },
      },
      'login',
    )
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey');
}

function publicPath(path: string): string {
  const template = path.replace(/:(\w+)/g, '{$1}');
  return UNPREFIXED.some((prefix) => path.startsWith(prefix)) ? template : `/${GLOBAL_PREFIX}${template}`;
}

function operation(
  route: DeclaredRoute,
  endpoint: EndpointOptions,
  shapes: Map<string, { shape: ShapeClass; use: 'request' | 'response' }>,
): Operation {
  const { body, query } = inputShapes(route);
  return {
    operationId: `${route.controller.name.replace(/Controller$/, '').replace(/^./, (letter) => letter.toLowerCase())}.${route.handlerName}`,
    tags: [tagOf(route)],
    summary: endpoint.summary,
    ...(endpoint.description ? { description: endpoint.description } : {}),
    ...(endpoint.sunset ? { deprecated: true, 'x-sunset': endpoint.sunset } : {}),
    ...(endpoint.access === 'public' ? {} : { 'x-permission': endpoint.access }),
    parameters: [...pathParameters(route.path), ...(query ? queryParameters(query) : []), ...headerParameters(endpoint)],
    ...requestBody(endpoint, body, shapes),
    responses: responses(
      route,
      endpoint,
      { hasBody: body !== undefined || endpoint.requestSchema !== undefined, hasQuery: query !== undefined },
      shapes,
    ),
    security: endpoint.access === 'public' ? [] : [{ login: [] }, { bearer: [] }, { apiKey: [] }],
  };
}

/** The shapes of `@Body()` and `@Query()` of a handler. */
export function inputShapes(route: DeclaredRoute): { body?: ShapeClass; query?: ShapeClass } {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, route.controller, route.handlerName) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', route.controller.prototype as object, route.handlerName) ?? []) as ShapeClass[];
  const found: { body?: ShapeClass; query?: ShapeClass } = {};
  for (const [key, { index, data }] of Object.entries(args)) {
    const kind = Number(key.split(':')[0]) as RouteParamtypes;
    const type = types[index];
    if (data !== undefined || !type || fieldsOf(type).length === 0) continue;
    if (kind === RouteParamtypes.BODY) found.body = type;
    if (kind === RouteParamtypes.QUERY) found.query = type;
  }
  return found;
}

function pathParameters(path: string): JsonSchema[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const isId = /^id$|Id$/.test(name);
    return {
      name,
      in: 'path',
      required: true,
      description: isId ? `Id of the ${RESOURCE_NAMES[name] ?? 'resource'}.` : `The ${name} in the address.`,
      schema: isId ? { type: 'string', format: 'uuid' } : { type: 'string', maxLength: 300 },
      ...(isId ? { example: '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3d' } : {}),
    };
  });
}

const RESOURCE_NAMES: Readonly<Record<string, string>> = { userId: 'person', jobId: 'job', fileId: 'file' };

/** Words for a filter whose name says it all: `ownerId` becomes "Only this owner.". */
function describedByName(name: string): string {
  const words = name
    .replace(/Id$/, '')
    .replace(/([A-Z])/g, ' $1')
    .toLowerCase();
  return `Only this ${words}.`;
}

function queryParameters(shape: ShapeClass): JsonSchema[] {
  return fieldsOf(shape).map((field) => ({
    name: field.name,
    in: 'query',
    required: !field.optional,
    ...described(field.description ?? describedByName(field.name), field.example, !field.optional),
    ...(field.schema['type'] === 'array' ? { style: 'form', explode: false } : {}),
    schema: field.schema,
  }));
}

/**
 * Swagger UI types examples of parameters into its form. For one that is needed that helps; for an optional one it would filter, page or
 * replay where nobody asked for it, so there the example is told in words.
 */
function described(description: string, example: unknown, isRequired: boolean): JsonSchema {
  if (example === undefined || example === null) return { description };
  if (isRequired) return { description, example };
  const shown = typeof example === 'string' ? example : JSON.stringify(example);
  return { description: `${description} For example \`${shown}\`.` };
}

function headerParameters(endpoint: EndpointOptions): JsonSchema[] {
  const header = (name: string, description: string, [example, required, maxLength]: [string, boolean, number]): JsonSchema => ({
    name,
    in: 'header',
    required,
    ...described(description, example, required),
    schema: { type: 'string', maxLength },
  });
  const headers: JsonSchema[] = [];
  if (endpoint.idempotent) headers.push(header('Idempotency-Key', IDEMPOTENCY_KEY, ['5f0c2a3e-9a63-4d1f-8a0e-2b7f1f9f7c11', false, 255]));
  if (endpoint.ifMatch) headers.push(header('If-Match', IF_MATCH, ['"v3"', endpoint.ifMatch === 'required', 40]));
  if (endpoint.etag && !endpoint.ifMatch)
    headers.push(header('If-None-Match', 'The ETag you have; 304 when it is still right.', ['"v3"', false, 40]));
  return headers;
}

const IDEMPOTENCY_KEY = 'Makes repeating safe: the same key and body give the same answer and do the work once. Kept for 24 hours.';
const IF_MATCH = 'The ETag you read; the change is refused when somebody changed it since.';

function requestBody(
  endpoint: EndpointOptions,
  body: ShapeClass | undefined,
  shapes: Map<string, { shape: ShapeClass; use: 'request' | 'response' }>,
): { requestBody?: JsonSchema } {
  if (endpoint.requestSchema)
    return { requestBody: { required: true, content: { [endpoint.consumes ?? 'application/json']: { schema: endpoint.requestSchema } } } };
  if (!body) return {};
  shapes.set(shapeName(body), { shape: body, use: 'request' });
  const isRequired = fieldsOf(body).some((field) => !field.optional);
  return {
    requestBody: {
      required: isRequired,
      content: {
        [endpoint.consumes ?? 'application/json']: {
          schema: { $ref: `#/components/schemas/${shapeName(body)}` },
          example: exampleOf(body, 'request'),
        },
      },
    },
  };
}

function responses(
  route: DeclaredRoute,
  endpoint: EndpointOptions,
  has: { hasBody: boolean; hasQuery: boolean },
  shapes: Map<string, { shape: ShapeClass; use: 'request' | 'response' }>,
): Record<string, JsonSchema> {
  const all: Record<string, JsonSchema> = {};
  for (const [status, body] of [endpoint.returns, ...(endpoint.alsoReturns ?? [])])
    all[String(status)] = successResponse(endpoint, status, body, shapes);
  const byStatus = new Map<number, ProblemFactory[]>();
  for (const factory of new Set([...implied(route, endpoint, has), ...(endpoint.fails ?? [])])) {
    const { status } = factory.definition;
    byStatus.set(status, [...(byStatus.get(status) ?? []), factory]);
  }
  for (const [status, factories] of [...byStatus].sort(([a], [b]) => a - b)) all[String(status)] = problemResponse(status, factories);
  if (endpoint.etag && route.method === 'GET') all['304'] = { description: 'Not changed since the ETag given in If-None-Match.' };
  return all;
}

function successResponse(
  endpoint: EndpointOptions,
  status: number,
  body: ShapeClass | string | undefined,
  shapes: Map<string, { shape: ShapeClass; use: 'request' | 'response' }>,
): JsonSchema {
  const headers: Record<string, JsonSchema> = {};
  if (endpoint.etag) headers['ETag'] = { description: 'Version of the resource.', schema: { type: 'string' }, example: '"v3"' };
  if (endpoint.location)
    headers['Location'] = { description: 'Address of what was made.', schema: { type: 'string' }, example: endpoint.location };
  const shared = { description: DESCRIPTIONS[status] ?? 'Done.', ...(Object.keys(headers).length > 0 ? { headers } : {}) };
  if (body === undefined) return shared;
  if (typeof body === 'string') return { ...shared, content: { [body]: { schema: { type: 'string' } } } };
  if (!shapes.has(shapeName(body))) shapes.set(shapeName(body), { shape: body, use: 'response' });
  return {
    ...shared,
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${shapeName(body)}` }, example: exampleOf(body, 'response') } },
  };
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Accepted; the work goes on in the background.',
  204: 'Done; there is nothing to send.',
};

/** Failures that follow from what a route is, so nobody has to repeat them. */
function implied(route: DeclaredRoute, endpoint: EndpointOptions, has: { hasBody: boolean; hasQuery: boolean }): ProblemFactory[] {
  const list: ProblemFactory[] = [];
  if (endpoint.access !== 'public') list.push(core.NotAuthenticated);
  if (endpoint.access !== 'public' && endpoint.access !== 'signed-in') list.push(core.PermissionDenied, core.OrganizationRequired);
  if (/:(id|\w+Id)\b/.test(route.path)) list.push(core.NotFound);
  if (has.hasQuery) list.push(core.InvalidParameters);
  if (has.hasBody) list.push(core.MalformedBody, core.ValidationFailed, core.PayloadTooLarge, core.UnsupportedMediaType);
  if (endpoint.idempotent) list.push(core.IdempotencyKeyRunning, core.IdempotencyKeyReused, core.InvalidIdempotencyKey);
  if (endpoint.ifMatch) list.push(core.EditConflict);
  if (endpoint.ifMatch === 'required') list.push(core.PreconditionRequired);
  if (endpoint.rate !== 'probe') list.push(core.TooManyRequests);
  list.push(core.InternalError);
  return list;
}

function shapeSchemas(shapes: Map<string, { shape: ShapeClass; use: 'request' | 'response' }>): Record<string, JsonSchema> {
  const made: Record<string, JsonSchema> = {};
  const waiting = [...shapes.values()];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const name = shapeName(next.shape);
    if (made[name]) continue;
    const seen = new Map<string, ShapeClass>();
    made[name] = openApiSchema(next.shape, seen, next.use);
    for (const shape of seen.values()) waiting.push({ shape, use: next.use });
  }
  return sorted(made);
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

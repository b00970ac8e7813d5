import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import { endpointOf } from '../../src/platform/http/request-state.js';
import type { ShapeClass } from '../../src/platform/http/shapes/field.js';
import { openApiSchema, shapeName } from '../../src/platform/http/shapes/schema.js';

type Check = (value: unknown) => string | undefined;

/** A closed JSON schema of a shape: a field that is not declared, or one that is missing, is a fault. */
function checkOf(root: ShapeClass): Check {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
  (addFormats as unknown as (target: Ajv2020) => void)(ajv);
  const waiting = [root];
  const defined = new Set<string>();
  for (let shape = waiting.pop(); shape; shape = waiting.pop()) {
    if (defined.has(shapeName(shape))) continue;
    defined.add(shapeName(shape));
    const seen = new Map<string, ShapeClass>();
    const schema = openApiSchema(shape, seen, 'request');
    waiting.push(...seen.values());
    ajv.addSchema(JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', 'shape:')) as object, `shape:${shapeName(shape)}`);
  }
  const validate = ajv.getSchema(`shape:${shapeName(root)}`);
  if (!validate) throw new Error(`no schema for ${shapeName(root)}`);
  return (value) => (validate(value) === true ? undefined : ajv.errorsText(validate.errors));
}

/** Holds every successful JSON answer of the application against the shape its route declares, JSON text made by PostgreSQL included. */
export function checkAnswers(fastify: FastifyInstance): void {
  const checks = new Map<ShapeClass, Check>();
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const endpoint = endpointOf(request);
    const declared = endpoint && [endpoint.returns, ...(endpoint.alsoReturns ?? [])].find(([status]) => status === reply.statusCode);
    const shape = declared?.[1];
    if (typeof shape !== 'function' || typeof payload !== 'string' || payload === '') return done(null, payload);
    let check = checks.get(shape);
    if (!check) checks.set(shape, (check = checkOf(shape)));
    const fault = check(JSON.parse(payload));
    if (fault === undefined) return done(null, payload);
    done(new Error(`${request.method} ${request.url} answers not what it declares: ${fault}\n${payload.slice(0, 500)}`));
  });
}

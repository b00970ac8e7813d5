import type { ProblemFactory } from '../problems/problem.js';
import type { JsonSchema } from '../shapes/field.js';

const FIELD_ERROR: JsonSchema = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    pointer: { type: 'string', description: 'JSON pointer into the body (RFC 6901).' },
    parameter: { type: 'string', description: 'Name of the query parameter or header.' },
    code: { type: 'string' },
    message: { type: 'string' },
    validOptions: { type: 'array', items: { type: 'string' }, description: 'What would be right, where there is a closed list.' },
    didYouMean: { type: 'string', description: 'The likely right value.' },
  },
};

const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'RFC 9457 problem. `code` is stable; `requestId` finds the request in the log.',
  required: ['type', 'title', 'status', 'code', 'instance', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string' },
    requestId: { type: 'string' },
    errors: { type: 'array', items: { $ref: '#/components/schemas/FieldError' } },
    validOptions: { type: 'array', items: { type: 'string' } },
    didYouMean: { type: 'string' },
    retryAfterSeconds: { type: 'number' },
  },
};

/** The schemas every problem response refers to. */
export function problemSchemas(): Record<string, JsonSchema> {
  return { FieldError: FIELD_ERROR, Problem: PROBLEM };
}

const REQUEST = '4bf92f3577b34da6a3ce929d0e0e4736';

/** An example of every problem that can be answered, for the responses to refer to. */
export function problemExamples(factories: Iterable<ProblemFactory>): Record<string, JsonSchema> {
  const all = [...factories].map(({ definition: { code, title, status } }): [string, JsonSchema] => [
    code,
    { summary: title, value: { type: `/problems/${code}`, title, status, instance: `urn:request:${REQUEST}`, code, requestId: REQUEST } },
  ]);
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One response for all declared problems of a status, an example for each. */
export function problemResponse(status: number, factories: readonly ProblemFactory[]): JsonSchema {
  const examples = Object.fromEntries(factories.map(({ definition: { code } }) => [code, { $ref: `#/components/examples/${code}` }]));
  return {
    description: factories.map(({ definition }) => `\`${definition.code}\`: ${definition.title}.`).join(' '),
    ...(status === 429 || status === 503
      ? { headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } } }
      : {}),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, examples } },
  };
}

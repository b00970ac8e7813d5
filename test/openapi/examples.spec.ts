import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '../../src/platform/http/openapi/json-document.js';
import { validateExamples } from './examples.js';

const schemas: JsonObject = {
  Lead: {
    type: 'object',
    properties: {
      id: { type: 'string', format: 'uuid' },
      parent: { $ref: '#/components/schemas/Lead' },
      note: { type: ['string', 'null'] },
    },
    required: ['id'],
    additionalProperties: false,
  },
};
const lead = { $ref: '#/components/schemas/Lead' };
const good = { id: '0190a1b2-0000-7000-8000-000000000001', parent: { id: '0190a1b2-0000-7000-8000-000000000002' }, note: null };
const documentOf = (operation: JsonObject, components: JsonObject = {}): JsonObject => ({
  openapi: '3.1.0',
  paths: { '/leads/{id}': { get: operation } },
  components: { schemas, ...components },
});
const locations = (document: JsonObject): string[] => validateExamples(document).map(({ location }) => location);
const at = '#/paths/~1leads~1%7Bid%7D/get';
const body = (media: JsonObject): JsonObject => ({ requestBody: { content: { 'application/json': media } } });

describe('validateExamples', () => {
  it('accepts examples that fit, through references and formats', () => {
    const responses = { '200': { content: { 'application/json': { schema: lead, examples: { one: { value: good } } } } } };
    const parameters = [{ in: 'query', name: 'limit', schema: { type: 'integer' }, example: 20 }];
    expect(validateExamples(documentOf({ ...body({ schema: lead, example: good }), parameters, responses }))).toEqual([]);
  });

  it.each<[string, Json, string]>([
    ['a missing property', { note: 'x' }, "example must have required property 'id'"],
    ['an unknown property', { ...good, extra: 1 }, 'example must NOT have additional properties'],
    ['a wrong format', { id: 'no uuid' }, 'example/id must match format "uuid"'],
    ['a fault behind a reference', { ...good, parent: {} }, "example/parent must have required property 'id'"],
  ])('finds %s', (_, example, message) => {
    expect(validateExamples(documentOf(body({ schema: lead, example })))).toEqual([
      { location: `${at}/requestBody/content/application~1json/example`, message },
    ]);
  });

  it('looks at requests, responses, headers, parameters and schemas', () => {
    const text = { type: 'string' };
    expect(locations(documentOf(body({ schema: text, examples: { a: { value: 1 }, b: { value: 'x' } } })))).toEqual([
      `${at}/requestBody/content/application~1json/examples/a`,
    ]);
    expect(locations(documentOf({ parameters: [{ schema: text, example: 1 }] }))).toEqual([`${at}/parameters/0/example`]);
    expect(locations(documentOf({ responses: { '200': { headers: { ETag: { schema: text, example: 1 } } } } }))).toEqual([
      `${at}/responses/200/headers/ETag/example`,
    ]);
    expect(
      locations(documentOf({ responses: { '200': { content: { 'text/plain': { schema: { ...text, examples: ['x', 2] } } } } } })),
    ).toEqual([`${at}/responses/200/content/text~1plain/schema/examples/1`]);
  });

  it('looks at components', () => {
    const Broken = { type: 'object', properties: { list: { type: 'array', items: { type: 'integer', example: 'one' } } } };
    expect(locations(documentOf({}, { schemas: { Broken } }))).toEqual(['#/components/schemas/Broken/properties/list/items/example']);
    const Limit = { in: 'query', name: 'limit', schema: { type: 'integer' }, example: 'many' };
    expect(locations(documentOf({}, { parameters: { Limit } }))).toEqual(['#/components/parameters/Limit/example']);
    const examples = { Shared: { value: 7 } };
    const operation = body({ schema: { type: 'string' }, examples: { it: { $ref: '#/components/examples/Shared' } } });
    expect(locations(documentOf(operation, { examples }))).toEqual([`${at}/requestBody/content/application~1json/examples/it`]);
  });
});

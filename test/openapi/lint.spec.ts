import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/platform/http/openapi/json-document.js';
import { lintDocument } from './lint.js';

const operation: JsonObject = {
  operationId: 'listLeads',
  summary: 'List leads',
  tags: ['Leads'],
  security: [],
  parameters: [{ in: 'query', name: 'limit', description: 'How many', schema: { type: 'integer' }, example: 20 }],
  responses: {
    '200': {
      description: 'The leads',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Lead' }, example: { name: 'Ada' } } },
    },
    '404': { description: 'Not found' },
  },
};
const sound: JsonObject = {
  openapi: '3.1.0',
  info: { title: 'Concord', version: '1' },
  tags: [{ name: 'Leads', description: 'People who may buy' }],
  paths: { '/leads': { get: operation } },
  components: { schemas: { Lead: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } } },
};
const withOperation = (change: JsonObject): JsonObject => ({ ...sound, paths: { '/leads': { get: { ...operation, ...change } } } });
const rules = async (document: JsonObject): Promise<string[]> => [...new Set((await lintDocument(document)).map(({ rule }) => rule))];

describe('lintDocument', () => {
  it('finds nothing in a sound document', async () => {
    expect(await lintDocument(sound)).toEqual([]);
  });

  it.each<[string, JsonObject]>([
    ['operation-operationId-unique', { ...sound, paths: { '/leads': { get: operation }, '/cards': { get: operation } } }],
    ['operation-4xx-response', withOperation({ responses: { '200': (operation['responses'] as JsonObject)['200'] } })],
    ['operation-summary', withOperation({ summary: undefined })],
    ['operation-tag-defined', withOperation({ tags: ['Unknown'] })],
    ['tag-description', { ...sound, tags: [{ name: 'Leads' }] }],
    [
      'no-unused-components',
      {
        ...sound,
        components: { schemas: { ...((sound['components'] as JsonObject)['schemas'] as JsonObject), Idle: { type: 'string' } } },
      },
    ],
    [
      'no-invalid-parameter-examples',
      withOperation({ parameters: [{ in: 'query', name: 'limit', description: 'x', schema: { type: 'integer' }, example: 'many' }] }),
    ],
    ['security-defined', withOperation({ security: undefined })],
    ['paths-kebab-case', { ...sound, paths: { '/leadCards': { get: operation } } }],
    ['struct', withOperation({ responses: 'none' })],
    ['no-unresolved-refs', withOperation({ requestBody: { $ref: '#/components/requestBodies/Nobody' } })],
  ])('finds what breaks %s', async (rule, document) => {
    expect(await rules(document)).toContain(rule);
  });

  it('says where', async () => {
    expect(await lintDocument(withOperation({ summary: undefined }))).toEqual([
      {
        severity: 'error',
        rule: 'operation-summary',
        location: expect.stringContaining('/paths/~1leads/get'),
        message: expect.any(String),
      },
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { breakingChanges } from './breaking-changes.js';
import type { Json, JsonObject } from './json-document.js';

const lead: JsonObject = {
  type: 'object',
  properties: { id: { type: 'string', format: 'uuid' }, name: { type: 'string' }, note: { type: ['string', 'null'] } },
  required: ['id', 'name'],
};
const getLead: JsonObject = {
  operationId: 'getLead',
  parameters: [{ in: 'query', name: 'limit', schema: { type: 'integer', maximum: 100 } }],
  responses: {
    '200': { headers: { ETag: { schema: { type: 'string' } } }, content: { 'application/json': { schema: lead } } },
    '404': { content: { 'application/problem+json': { schema: { type: 'object' } } } },
  },
};
const addLead: JsonObject = {
  operationId: 'addLead',
  requestBody: { required: true, content: { 'application/json': { schema: lead } } },
  responses: { '201': {} },
};
const documentOf = (item: JsonObject, rest: JsonObject = {}): JsonObject => ({ openapi: '3.1.0', paths: { '/leads': item }, ...rest });
const original = documentOf({ get: getLead, post: addLead });
const changesTo = (item: JsonObject, today?: string): string[] => texts(original, documentOf(item), today);

function texts(before: JsonObject, after: JsonObject, today?: string): string[] {
  return breakingChanges(before, after, today).map(({ path, message }) => `${path}: ${message}`);
}

describe('breakingChanges of operations', () => {
  it('finds nothing between a document and itself', () => {
    expect(breakingChanges(original, original)).toEqual([]);
  });

  it('does not mind what is added', () => {
    const parameters = [...(getLead['parameters'] as Json[]), { in: 'query', name: 'sort', schema: { type: 'string' } }];
    const responses = { ...(getLead['responses'] as JsonObject), '410': {} };
    expect(changesTo({ get: { ...getLead, parameters, responses }, post: addLead, delete: { responses: {} } })).toEqual([]);
  });

  it('misses a path and an operation', () => {
    expect(texts(original, { paths: {} })).toEqual(['GET /leads: The operation is gone.', 'POST /leads: The operation is gone.']);
    expect(changesTo({ get: getLead })).toEqual(['POST /leads: The operation is gone.']);
  });

  it('lets go what was deprecated until after its sunset', () => {
    const before = (extra: JsonObject): JsonObject => documentOf({ get: { ...getLead, ...extra } });
    const gone = ['GET /leads: The operation is gone.'];
    const sunset = { deprecated: true, 'x-sunset': '2026-11-20' };
    expect(texts(before(sunset), { paths: {} }, '2026-11-21')).toEqual([]);
    expect(texts(before(sunset), { paths: {} }, '2026-11-20')).toEqual(gone);
    expect(texts(before(sunset), { paths: {} })).toEqual(gone);
    expect(texts(before({ 'x-sunset': '2026-11-20' }), { paths: {} }, '2026-11-21')).toEqual(gone);
    expect(texts(before({ deprecated: true }), { paths: {} }, '2026-11-21')).toEqual(gone);
  });

  it('notices a renamed operationId and a login that is new', () => {
    expect(changesTo({ get: { ...getLead, operationId: 'readLead' }, post: addLead })).toEqual([
      'GET /leads: The operationId changed from "getLead" to "readLead".',
    ]);
    expect(changesTo({ get: { ...getLead, security: [{ bearer: [] }] }, post: addLead })).toEqual([
      'GET /leads: The operation now needs a login.',
    ]);
    expect(texts(documentOf({ get: getLead }, { security: [{ bearer: [] }] }), documentOf({ get: getLead }))).toEqual([]);
  });

  it('misses statuses, headers and media types of responses', () => {
    const ok = (getLead['responses'] as JsonObject)['200'] as JsonObject;
    const withResponses = (responses: JsonObject): string[] => changesTo({ get: { ...getLead, responses }, post: addLead });
    expect(withResponses({ '200': ok })).toEqual(['GET /leads response 404: The response is gone.']);
    const responses = getLead['responses'] as JsonObject;
    expect(withResponses({ ...responses, '200': { ...ok, headers: {} } })).toEqual([
      'GET /leads response 200 header etag: The header is gone.',
    ]);
    expect(withResponses({ ...responses, '200': { ...ok, content: {} } })).toEqual([
      'GET /leads response 200: application/json is no longer sent.',
    ]);
  });
});

describe('breakingChanges of parameters and bodies', () => {
  const withParameters = (...parameters: Json[]): string[] => changesTo({ get: { ...getLead, parameters }, post: addLead });
  const limit: JsonObject = { in: 'query', name: 'limit', schema: { type: 'integer', maximum: 100 } };

  it('notices parameters that go, become required, or come as required', () => {
    expect(withParameters()).toEqual(['GET /leads query parameter limit: The parameter is no longer accepted.']);
    expect(withParameters({ ...limit, required: true })).toEqual(['GET /leads query parameter limit: The parameter is now required.']);
    expect(withParameters(limit, { in: 'header', name: 'If-Match', required: true })).toEqual([
      'GET /leads header parameter if-match: The parameter is new and required.',
    ]);
  });

  it('notices narrower limits and another style, but not the default spelled out', () => {
    expect(withParameters({ ...limit, schema: { type: 'integer', maximum: 50 } })).toEqual([
      'GET /leads query parameter limit: maximum changed from 100 to 50.',
    ]);
    expect(withParameters({ ...limit, explode: false })).toEqual([
      'GET /leads query parameter limit: The parameter is now written in another style.',
    ]);
    expect(withParameters({ ...limit, style: 'form', explode: true, schema: { type: 'number', maximum: 200 } })).toEqual([]);
  });

  it('takes a parameter for the same wherever it is declared', () => {
    const { parameters, ...bare } = getLead;
    expect(changesTo({ parameters, get: bare, post: { ...addLead, parameters: [] } })).toEqual([]);
    const shared = { components: { parameters: { Limit: limit } } };
    const referring = documentOf({ get: { ...getLead, parameters: [{ $ref: '#/components/parameters/Limit' }] }, post: addLead }, shared);
    expect(texts(original, referring)).toEqual([]);
    expect(texts(referring, original)).toEqual([]);
  });

  it('notices bodies that go, come or change their type', () => {
    const { requestBody: body, ...bodiless } = addLead;
    const withPost = (post: JsonObject): string[] => changesTo({ get: getLead, post });
    expect(withPost(bodiless)).toEqual(['POST /leads request: The body is no longer accepted.']);
    expect(texts(documentOf({ post: bodiless }), documentOf({ post: addLead }))).toEqual(['POST /leads request: A body is now required.']);
    expect(withPost({ ...addLead, requestBody: { required: true, content: { 'text/csv': {} } } })).toEqual([
      'POST /leads request: application/json is no longer accepted.',
    ]);
    const optional = { ...addLead, requestBody: { ...(body as JsonObject), required: false } };
    expect(texts(documentOf({ post: optional }), documentOf({ post: addLead }))).toEqual([
      'POST /leads request: The body is now required.',
    ]);
    expect(texts(documentOf({ post: addLead }), documentOf({ post: optional }))).toEqual([]);
  });

  it('reports where in the body', () => {
    const name = { type: 'string', maxLength: 10 };
    const schema = { ...lead, properties: { ...(lead['properties'] as JsonObject), name } };
    expect(
      changesTo({ get: getLead, post: { ...addLead, requestBody: { required: true, content: { 'application/json': { schema } } } } }),
    ).toEqual(['POST /leads request application/json .name: maxLength changed from nothing to 10.']);
  });
});

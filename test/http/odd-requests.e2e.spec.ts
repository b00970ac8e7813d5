import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { ROLE_PERMISSIONS } from '../../src/platform/access/permissions.js';
import { newId } from '../../src/shared/ids.js';
import { type ProbeApp, startProbeApp } from './probe-app.js';

const KEY = 'ck_odd';
let app: ProbeApp;

const send = (options: InjectOptions): Promise<LightMyRequestResponse> =>
  app.nest.inject({ ...options, headers: { 'x-api-key': KEY, ...options.headers } } as InjectOptions);

const post = (payload: string, type: string): Promise<LightMyRequestResponse> =>
  send({ method: 'POST', url: '/api/v1/probe/tools', payload, headers: { 'content-type': type } });

beforeAll(async () => {
  app = await startProbeApp();
  const actor = { type: 'api-key', id: newId(), userId: newId() } as const;
  app.source.grants.set(KEY, { organizationId: newId(), actor, permissions: new Set(ROLE_PERMISSIONS.owner), sessionId: null });
});
afterAll(() => app.close());

describe('addresses the router cannot read', () => {
  it.each([
    ['a broken escape', '/api/v1/probe/tools/%zz'],
    ['a part that is too long', `/api/v1/probe/tools/${'a'.repeat(5_000)}`],
  ])('finds nothing where there is %s', async (_, url) => {
    const answer = await send({ method: 'GET', url, headers: { 'x-request-id': 'seen-by-the-caller' } });
    expect({ status: answer.statusCode, type: answer.headers['content-type'] }).toEqual({
      status: 404,
      type: 'application/problem+json; charset=utf-8',
    });
    expect(answer.json()).toMatchObject({ status: 404, code: 'not-found', requestId: 'seen-by-the-caller' });
    expect(answer.headers).toMatchObject({ 'x-request-id': 'seen-by-the-caller', 'x-content-type-options': 'nosniff' });
  });
});

describe('a method that an address does not take', () => {
  it('is answered with those it takes', async () => {
    const answer = await send({ method: 'PUT', url: '/api/v1/probe/tools/?x=1' });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers['allow']).toBe('GET, HEAD, POST');
    expect(answer.json()).toMatchObject({ code: 'method-not-allowed', validOptions: ['GET', 'HEAD', 'POST'] });
    expect((await send({ method: 'POST', url: `/api/v1/probe/tools/${newId()}` })).statusCode).toBe(405);
  });

  it('is not found where there is no address', async () => {
    expect((await send({ method: 'PUT', url: '/api/v1/probe/nothing' })).statusCode).toBe(404);
  });
});

describe('bodies', () => {
  it.each([
    ['{"name":', 'application/json', 'The body is not valid JSON.'],
    ['', 'application/json', 'The body is empty although the content type says JSON.'],
    ['name=x', 'text/plain', 'Send application/json.'],
  ])('says what is wrong with %j as %s', async (payload, type, detail) => {
    expect((await post(payload, type)).json()).toMatchObject({ detail });
  });

  it('says that a body is too large', async () => {
    expect((await post(JSON.stringify({ name: 'x'.repeat(1_100_000) }), 'application/json')).json()).toMatchObject({
      code: 'payload-too-large',
      detail: 'Send less at once.',
    });
  });

  it('takes a merge patch under its own media type', async () => {
    expect((await post('{"name":"patched","kind":"rake"}', 'application/merge-patch+json')).statusCode).toBe(201);
    expect((await post('{"__proto__":{"a":1},"name":"x","kind":"rake"}', 'application/merge-patch+json')).json()).toMatchObject({
      code: 'malformed-body',
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AddressInfo, connect } from 'node:net';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Grant } from '../../src/platform/access/grant.js';
import { type Permission, ROLE_PERMISSIONS } from '../../src/platform/access/permissions.js';
import { newId } from '../../src/shared/ids.js';
import { type ProbeApp, startProbeApp } from './probe-app.js';

let app: ProbeApp;
let key: string;
let count = 0;

function grant(permissions: readonly Permission[]): Grant {
  const id = newId();
  return { organizationId: newId(), actor: { type: 'api-key', id, userId: newId() }, permissions: new Set(permissions), sessionId: null };
}

function caller(permissions: readonly Permission[]): string {
  const made = `ck_probe${count++}`;
  app.source.grants.set(made, grant(permissions));
  return made;
}

function send(options: InjectOptions & { as?: string }): Promise<LightMyRequestResponse> {
  const { as, ...rest } = options;
  return app.nest.inject({ ...rest, headers: { ...(as ? { 'x-api-key': as } : {}), ...rest.headers } } as InjectOptions);
}

const make = (as: string, name: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> =>
  send({ method: 'POST', url: '/api/v1/probe/tools', as, headers, payload: { name, kind: 'rake' } });

beforeAll(async () => {
  app = await startProbeApp();
});
beforeEach(() => {
  key = caller(ROLE_PERMISSIONS.owner);
});
afterAll(() => app.close());

describe('access', () => {
  it('asks who calls', async () => {
    const answer = await send({ method: 'GET', url: '/api/v1/probe/tools' });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('Bearer');
    expect(answer.json()).toMatchObject({ code: 'not-authenticated', type: '/problems/not-authenticated', status: 401 });
  });

  it('refuses an unknown key and an unreadable token', async () => {
    expect((await send({ method: 'GET', url: '/api/v1/probe/tools', as: 'ck_nobody' })).statusCode).toBe(401);
    expect((await send({ method: 'GET', url: '/api/v1/probe/tools', headers: { authorization: 'Bearer a.b.c' } })).statusCode).toBe(401);
  });

  it('names the missing permission and records the refusal', async () => {
    const viewer = caller(ROLE_PERMISSIONS.viewer);
    const answer = await make(viewer, 'mine');
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'permission-denied', permission: 'leads:create' });
    expect(app.source.denials.at(-1)).toMatchObject({ permission: 'leads:create', route: 'POST /api/v1/probe/tools' });
  });

  it('asks the source once and remembers for a while', async () => {
    for (let n = 0; n < 3; n++) await send({ method: 'GET', url: '/api/v1/probe/tools', as: key });
    expect(app.source.asked.filter((one) => one === key)).toHaveLength(1);
  });

  it('hides the rows of another organization', async () => {
    const { id } = (await make(key, 'hidden')).json<{ id: string }>();
    expect((await send({ method: 'GET', url: `/api/v1/probe/tools/${id}`, as: key })).statusCode).toBe(200);
    expect((await send({ method: 'GET', url: `/api/v1/probe/tools/${id}`, as: caller(ROLE_PERMISSIONS.owner) })).statusCode).toBe(404);
  });
});

describe('problems', () => {
  it('points at every fault at once and says what would be right', async () => {
    const answer = await send({
      method: 'POST',
      url: '/api/v1/probe/tools',
      as: key,
      payload: {
        nam: 'x',
        kind: 'rak',
        contact: 'no',
        boughtOn: '2026-02-30',
        price: { amountMinor: 5, currency: 'EUR' },
        parts: [{ label: 'a' }, { label: '' }],
      },
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const { errors } = answer.json<{ errors: { pointer: string; didYouMean?: string; validOptions?: string[] }[] }>();
    expect(errors.map((error) => error.pointer).sort()).toEqual([
      '/boughtOn',
      '/contact',
      '/kind',
      '/nam',
      '/name',
      '/parts/1/label',
      '/price',
    ]);
    expect(errors.find((error) => error.pointer === '/kind')).toMatchObject({
      didYouMean: 'rake',
      validOptions: ['spade', 'rake', 'shears'],
    });
    expect(errors.find((error) => error.pointer === '/nam')).toMatchObject({ didYouMean: 'name' });
  });

  it.each([
    ['{"name":', 400, 'malformed-body', 'application/json'],
    ['', 400, 'malformed-body', 'application/json'],
    ['[]', 422, 'validation-failed', 'application/json'],
    ['"x"', 422, 'validation-failed', 'application/json'],
    ['{"__proto__":{"a":1},"name":"x","kind":"rake"}', 400, 'malformed-body', 'application/json'],
    ['name=x', 415, 'unsupported-media-type', 'text/plain'],
  ])('answers the body %j with %i %s', async (payload, status, code, type) => {
    const answer = await send({ method: 'POST', url: '/api/v1/probe/tools', as: key, payload, headers: { 'content-type': type } });
    expect({ status: answer.statusCode, code: answer.json<{ code: string }>().code }).toEqual({ status, code });
  });

  it('refuses a body that is too large', async () => {
    const answer = await send({
      method: 'POST',
      url: '/api/v1/probe/tools',
      as: key,
      payload: { name: 'x'.repeat(1_100_000), kind: 'rake' },
    });
    expect(answer.statusCode).toBe(413);
  });

  it('answers unknown parameters, addresses and impossible ids', async () => {
    expect((await send({ method: 'GET', url: '/api/v1/probe/tools?limt=3', as: key })).json()).toMatchObject({
      status: 400,
      errors: [{ parameter: 'limt', didYouMean: 'limit' }],
    });
    expect((await send({ method: 'GET', url: '/api/v1/probe/tools?limit=1000', as: key })).json()).toMatchObject({
      errors: [{ parameter: 'limit', code: 'range' }],
    });
    expect((await send({ method: 'GET', url: '/api/v1/nothing' })).json()).toMatchObject({ code: 'not-found' });
    expect((await send({ method: 'GET', url: '/api/v1/probe/tools/not-an-id', as: key })).statusCode).toBe(404);
  });

  it('tells nothing of an undeclared failure but its request id', async () => {
    const answer = await send({ method: 'GET', url: '/api/v1/probe/tools/broken', headers: { 'x-request-id': 'seen-by-the-caller' } });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('hunter2');
    expect(answer.json()).toMatchObject({ code: 'internal-error', requestId: 'seen-by-the-caller' });
    expect(answer.headers['x-request-id']).toBe('seen-by-the-caller');
  });

  it('maps a violated constraint to its problem', async () => {
    await make(key, 'twice');
    expect((await make(key, 'twice')).json()).toMatchObject({ code: 'probe-tool-taken', status: 409, errors: [{ pointer: '/name' }] });
  });
});

describe('answers', () => {
  it('sends only declared fields', async () => {
    const answer = await send({ method: 'GET', url: '/api/v1/probe/tools/wide' });
    expect(answer.json()).toEqual({ id: 'x', name: 'rake', version: 2, createdAt: '1970-01-01T00:00:00.000Z' });
  });

  it('carries ETag and Location, and answers 304 to the same ETag', async () => {
    const made = await make(key, 'tagged');
    expect(made.headers).toMatchObject({ etag: '"v1"', location: `/api/v1/probe/tools/${made.json<{ id: string }>().id}` });
    const again = await send({ method: 'GET', url: made.headers.location, as: key, headers: { 'if-none-match': '"v1"' } });
    expect({ status: again.statusCode, body: again.body }).toEqual({ status: 304, body: '' });
  });

  it('links to the next page and accepts a trailing slash', async () => {
    const answer = await send({ method: 'GET', url: '/api/v1/probe/tools/?lent=true&limit=5', as: key });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.link).toBe('</api/v1/probe/tools/?lent=true&limit=5&cursor=abc_->; rel="next"');
  });

  it('carries request ids, rate limits and security headers', async () => {
    const answer = await send({
      method: 'GET',
      url: '/api/v1/probe/tools',
      as: key,
      headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
    });
    expect(answer.headers['x-log-id']).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(answer.headers.traceparent).toContain('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(answer.headers.ratelimit).toContain('read');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['content-security-policy']).toContain("default-src 'self'");
  });

  it('wants If-Match where updates could be lost', async () => {
    const { id } = (await make(key, 'edited')).json<{ id: string }>();
    const edit = (headers: Record<string, string>): Promise<LightMyRequestResponse> =>
      send({ method: 'PATCH', url: `/api/v1/probe/tools/${id}`, as: key, headers, payload: { name: 'better' } });
    expect((await edit({})).statusCode).toBe(428);
    expect((await edit({ 'if-match': 'nonsense' })).statusCode).toBe(400);
    expect((await edit({ 'if-match': '"v9"' })).statusCode).toBe(412);
    const changed = await edit({ 'if-match': '"v1"' });
    expect({ status: changed.statusCode, etag: changed.headers.etag }).toEqual({ status: 200, etag: '"v2"' });
  });
});

describe('Idempotency-Key', () => {
  it('gives the same answer to the same request and does the work once', async () => {
    const first = await make(key, 'once', { 'idempotency-key': 'k1' });
    const second = await make(key, 'once', { 'idempotency-key': 'k1' });
    expect(second.body).toBe(first.body);
    expect(second.statusCode).toBe(201);
    expect(second.headers).toMatchObject({ 'idempotency-replayed': 'true', etag: '"v1"', location: first.headers.location });
    const { rows } = await app.database.owner.query(`select count(*)::int as n from probe_tools where name = 'once'`);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('refuses the key for another body, and another caller has keys of their own', async () => {
    await make(key, 'k2-a', { 'idempotency-key': 'k2' });
    expect((await make(key, 'k2-b', { 'idempotency-key': 'k2' })).json()).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect((await make(caller(ROLE_PERMISSIONS.owner), 'k2-b', { 'idempotency-key': 'k2' })).statusCode).toBe(201);
  });

  it('stores nothing when the request fails, so that it can be repaired', async () => {
    await make(key, 'taken');
    expect((await make(key, 'taken', { 'idempotency-key': 'k3' })).statusCode).toBe(409);
    expect((await make(key, 'free', { 'idempotency-key': 'k3' })).statusCode).toBe(201);
  });

  it('of twenty at once does one, and answers the others with its answer or 409', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => make(key, 'raced', { 'idempotency-key': 'k4' })));
    expect(answers.filter((answer) => answer.statusCode === 201 && !answer.headers['idempotency-replayed'])).toHaveLength(1);
    expect(answers.every((answer) => answer.statusCode === 201 || answer.json<{ code: string }>().code === 'idempotency-key-running')).toBe(
      true,
    );
    const { rows } = await app.database.owner.query(`select count(*)::int as n from probe_tools where name = 'raced'`);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('refuses a key that is none', async () => {
    expect((await make(key, 'x', { 'idempotency-key': 'a'.repeat(256) })).json()).toMatchObject({ code: 'invalid-idempotency-key' });
  });
});

describe('rate limits', () => {
  it('answers 429 with the time to wait once the bucket is empty', async () => {
    const limited = await startProbeApp({ RATE_LIMIT_SCALE: '0.02' });
    try {
      limited.source.grants.set('ck_busy', grant(ROLE_PERMISSIONS.owner));
      const answers: LightMyRequestResponse[] = [];
      for (let n = 0; n < 8; n++)
        answers.push(await limited.nest.inject({ method: 'GET', url: '/api/v1/probe/tools', headers: { 'x-api-key': 'ck_busy' } }));
      const refused = answers.filter((answer) => answer.statusCode === 429);
      expect(refused.length).toBe(2);
      expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
      expect(refused[0]?.json()).toMatchObject({ code: 'too-many-requests' });
    } finally {
      await limited.close();
    }
  });
});

describe('CORS', () => {
  it('lets listed origins in and no other', async () => {
    const open = await startProbeApp({ CORS_ORIGINS: 'https://app.example.com' });
    try {
      const ask = (origin: string): Promise<LightMyRequestResponse> =>
        open.nest.inject({ method: 'OPTIONS', url: '/api/v1/probe/tools', headers: { origin, 'access-control-request-method': 'POST' } });
      expect((await ask('https://app.example.com')).headers['access-control-allow-origin']).toBe('https://app.example.com');
      expect((await ask('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
    } finally {
      await open.close();
    }
  });
});

describe('stopping', () => {
  it('cuts off who sends for ever once the grace time is over', async () => {
    const app = await startProbeApp({ SHUTDOWN_GRACE_SECONDS: '1' });
    await app.nest.listen(0, '127.0.0.1');
    const { port } = app.nest.getHttpServer().address() as AddressInfo;
    const slow = connect(port, '127.0.0.1');
    slow.write('POST /api/v1/probe/tools HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{');
    const cut = new Promise((resolve) => slow.once('close', resolve).on('error', resolve));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = performance.now();
    await app.close();
    await cut;
    expect(performance.now() - started).toBeLessThan(8_000);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import { createPublicKey, verify } from 'node:crypto';
import type { ManualClock } from '../../src/platform/clock/clock.js';
import { joinOrganization, makeOrganization, makePerson, PASSWORD } from '../harness/actors.js';
import { type Answer, startTestApp, type TestApp } from '../harness/test-app.js';
import { mailTo } from './mailbox.js';
import { turnedClock } from './turned-clock.js';

let app: TestApp;
let clock: ManualClock;
beforeAll(async () => {
  app = await startTestApp({ TRUST_PROXY: 'true' });
  clock = turnedClock(app);
});
afterAll(() => app?.close());

let addresses = 0;
const newAddress = (): string => `10.1.${Math.floor(++addresses / 250)}.${addresses % 250}`;

function logIn(email: string, password: string, options: { address?: string; organizationId?: string } = {}): Promise<Answer> {
  const { address = newAddress(), organizationId } = options;
  return app.call('POST', '/api/v1/auth/login', {
    body: { email, password, ...(organizationId ? { organizationId } : {}) },
    headers: { 'x-forwarded-for': address, 'user-agent': 'spec/1' },
  });
}

const audited = async (action: string, resourceId: string): Promise<number> =>
  (await app.database.owner.query('select 1 from audit_events where action = $1 and resource_id = $2', [action, resourceId])).rowCount ?? 0;

describe('logging in', () => {
  it('answers an unknown address exactly like a wrong password', async () => {
    const person = await makePerson(app);
    const wrong = await logIn(person.email, 'Wrong-Password-1');
    const unknown = await logIn('nobody.here@example.com', 'Wrong-Password-1');
    const bare = ({ instance: _, requestId: __, ...rest }: Record<string, unknown>): object => rest;
    expect([wrong.status, wrong.json.code]).toEqual([401, 'invalid-credentials']);
    expect(bare(unknown.json)).toEqual(bare(wrong.json));
    expect(await audited('session.login-failed', person.userId)).toBe(1);
  });

  it('takes about as long for both', async () => {
    const person = await makePerson(app);
    const took = async (email: string): Promise<number> => {
      const times: number[] = [];
      for (let i = 0; i < 4; i++) {
        const start = performance.now();
        await logIn(email, 'Wrong-Password-1');
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    const [known, unknown] = [await took(person.email), await took('nobody.there@example.com')];
    // Without the stand-in hash an unknown address would answer in a fifth of the time.
    expect(unknown / known).toBeGreaterThan(0.4);
    expect(known / unknown).toBeGreaterThan(0.4);
  });

  it('gives tokens whose claims and signature anybody can check', async () => {
    const owner = await makeOrganization(app);
    const answer = await logIn(owner.email.toUpperCase(), PASSWORD);
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(answer.json).toMatchObject({ organizationId: owner.organizationId, role: 'owner', userId: owner.userId });
    const [head, body, signature] = (answer.json.accessToken as string).split('.') as [string, string, string];
    const read = (part: string): Record<string, unknown> =>
      JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
    const claims = read(body);
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'org', 'sid', 'sub']);
    expect(claims).toMatchObject({
      sub: owner.userId,
      sid: answer.json.sessionId,
      org: owner.organizationId,
      iss: app.settings.jwtIssuer,
      aud: 'concord',
    });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(900);
    const { keys } = (await app.call('GET', '/.well-known/jwks.json')).json as { keys: { kid: string; kty: string; d?: string }[] };
    const jwk = keys.find(({ kid }) => kid === read(head)['kid']);
    expect(jwk).toMatchObject({ kty: 'EC', alg: 'ES256', use: 'sig' });
    expect(jwk).not.toHaveProperty('d');
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    expect(verify('sha256', Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))).toBe(
      true,
    );
    expect(await audited('session.started', answer.json.sessionId as string)).toBe(1);
  });

  it('refuses an account that was switched off, whatever it asks', async () => {
    const owner = await makeOrganization(app);
    await app.database.owner.query('update users set is_active = false where id = $1', [owner.userId]);
    const answer = await logIn(owner.email, PASSWORD);
    expect([answer.status, answer.json.code]).toEqual([403, 'account-inactive']);
    const refreshed = await app.call('POST', '/api/v1/auth/refresh', { body: { refreshToken: owner.refreshToken } });
    expect([refreshed.status, refreshed.json.code]).toEqual([401, 'invalid-refresh-token']);
    expect((await app.call('GET', '/api/v1/auth/me', { token: owner.token })).status).toBe(401);
  });

  it('stores the password under the parameters of today when it was hashed under others', async () => {
    const person = await makePerson(app);
    const old = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await app.database.owner.query('update users set password_hash = $2 where id = $1', [person.userId, old]);
    expect((await logIn(person.email, PASSWORD)).status).toBe(200);
    const stored = await app.database.owner.query<{ password_hash: string }>('select password_hash from users where id = $1', [
      person.userId,
    ]);
    expect(stored.rows[0]?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await logIn(person.email, PASSWORD)).status).toBe(200);
  });

  it('names what is wrong with a request', async () => {
    const answer = await app.call('POST', '/api/v1/auth/login', { body: { mail: 'a@b.co', password: 7 } });
    expect(answer.status).toBe(422);
    expect(answer.json.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pointer: '/mail', code: 'unknown-field', didYouMean: 'email' }),
        expect.objectContaining({ pointer: '/email', code: 'required' }),
        expect.objectContaining({ pointer: '/password', code: 'type' }),
      ]),
    );
  });

  it('refuses tokens that are forged, unsigned or of a stranger', async () => {
    const owner = await makeOrganization(app);
    const [head, body, signature] = owner.token.split('.') as [string, string, string];
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const token of [
      `${none}.${body}.`,
      `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      `${head}.${Buffer.from('{"sub":"x"}').toString('base64url')}.${signature}`,
      'nonsense',
    ]) {
      expect((await app.call('GET', '/api/v1/auth/me', { token })).status).toBe(401);
    }
  });
});

describe('the organization of a session', () => {
  it('is asked for when there are several, and remembered', async () => {
    const owner = await makeOrganization(app, { name: 'First House' });
    const second = await makeOrganization(app, { name: 'Second House' });
    await joinOrganization(app, second, owner, 'viewer');
    const asked = await logIn(owner.email, PASSWORD);
    expect([asked.status, asked.json.code]).toEqual([409, 'organization-choice-needed']);
    expect(asked.json.organizations).toEqual(
      expect.arrayContaining([{ organizationId: second.organizationId, name: 'Second House', role: 'viewer' }]),
    );
    const chosen = await logIn(owner.email, PASSWORD, { organizationId: second.organizationId });
    expect(chosen.json).toMatchObject({ organizationId: second.organizationId, role: 'viewer' });
    expect((await logIn(owner.email, PASSWORD)).json.organizationId).toBe(second.organizationId);
  });

  it('cannot be one of others', async () => {
    const [owner, stranger] = [await makeOrganization(app), await makeOrganization(app)];
    const answer = await logIn(owner.email, PASSWORD, { organizationId: stranger.organizationId });
    expect([answer.status, answer.json.code]).toEqual([403, 'not-a-member']);
  });

  it('is none while the person belongs nowhere, and such a session opens nothing', async () => {
    const person = await makePerson(app);
    const answer = await logIn(person.email, PASSWORD);
    expect(answer.json.organizationId).toBeNull();
    const refused = await app.call('GET', '/api/v1/api-keys', { token: answer.json.accessToken as string });
    expect([refused.status, refused.json.code]).toEqual([403, 'organization-required']);
  });
});

describe('guessing', () => {
  it('is stopped after five failures of an account, for longer each time, and told to its owner', async () => {
    const person = await makePerson(app);
    for (let i = 0; i < 5; i++) expect((await logIn(person.email, 'Wrong-Password-1')).status).toBe(401);
    const locked = await logIn(person.email, PASSWORD);
    expect([locked.status, locked.json.code, locked.json.retryAfterSeconds, locked.headers['retry-after']]).toEqual([
      429,
      'login-locked',
      30,
      '30',
    ]);
    clock.advance({ seconds: 29 });
    expect((await logIn(person.email, PASSWORD)).status).toBe(429);
    clock.advance({ seconds: 2 });
    expect((await logIn(person.email, 'Wrong-Password-1')).status).toBe(401);
    expect((await logIn(person.email, PASSWORD)).json.retryAfterSeconds).toBe(60);
    clock.advance({ seconds: 61 });
    expect((await logIn(person.email, PASSWORD)).status).toBe(200);
    expect((await logIn(person.email, 'Wrong-Password-1')).status).toBe(401);
    expect((await logIn(person.email, PASSWORD)).status).toBe(200);
    expect(await audited('user.locked-out', person.userId)).toBe(2);
    expect((await mailTo(app, person.email, 'Sign-in to your account is paused')).text).toContain('5 failed attempts');
  });

  it('is stopped alike for an account that does not exist', async () => {
    for (let i = 0; i < 5; i++) expect((await logIn('ghost@example.com', 'Wrong-Password-1')).status).toBe(401);
    expect((await logIn('Ghost@example.com', 'Wrong-Password-1')).json).toMatchObject({ code: 'login-locked', retryAfterSeconds: 30 });
  });

  it('is stopped by address over many accounts, also for its own account', async () => {
    const address = '10.9.9.9';
    const own = await makePerson(app);
    for (let i = 0; i < 5; i++) {
      expect((await logIn(`victim${i}@example.com`, 'Wrong-Password-1', { address })).status).toBe(401);
      if (i < 4) expect((await logIn(own.email, PASSWORD, { address })).status).toBe(200);
    }
    expect((await logIn(own.email, PASSWORD, { address })).status).toBe(429);
    expect((await logIn(own.email, PASSWORD)).status).toBe(200);
    clock.advance({ minutes: 16 });
    expect((await logIn('victim9@example.com', 'Wrong-Password-1', { address })).status).toBe(401);
    expect((await logIn(own.email, PASSWORD, { address })).status).toBe(200);
  });

  it('learns no more than five answers when it asks forty times at once', async () => {
    const person = await makePerson(app);
    const answers = await Promise.all(Array.from({ length: 40 }, () => logIn(person.email, 'Wrong-Password-1')));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(35);
    const { rows } = await app.database.owner.query<{ failures: number }>(
      'select max(failures)::int as failures from login_failures where locked_until > $1',
      [clock.now()],
    );
    expect(rows[0]?.failures).toBe(5);
  });

  it('lets the right guess in only among the first five of the same moment', async () => {
    const person = await makePerson(app);
    let refused = 0;
    const wrong = Array.from({ length: 20 }, async () => {
      if ((await logIn(person.email, 'Wrong-Password-1')).status === 401) refused += 1;
    });
    const right = await logIn(person.email, PASSWORD);
    const refusedBefore = refused;
    await Promise.all(wrong);
    // Which of them is judged first is up to the machine; that five wrong answers close the door is not.
    if (right.status === 200) expect(refusedBefore).toBeLessThan(5);
    else expect([right.status, right.json.code]).toEqual([429, 'login-locked']);
  });

  it('counts passwords given for other things too', async () => {
    const owner = await makeOrganization(app);
    const change = (currentPassword: string): Promise<Answer> =>
      app.call('POST', '/api/v1/auth/change-password', {
        token: owner.token,
        body: { currentPassword, newPassword: 'Harbour-Violin-77' },
        headers: { 'x-forwarded-for': newAddress() },
      });
    for (let i = 0; i < 5; i++) expect((await change('Wrong-Password-1')).status).toBe(422);
    expect((await change(PASSWORD)).json.code).toBe('login-locked');
  });
});

describe('the OAuth 2 token route', () => {
  const form = (fields: Record<string, string>): Promise<Answer> =>
    app.call('POST', '/api/v1/auth/token', {
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': newAddress(), authorization: 'Basic Og==' },
    });

  it('takes a form and answers as RFC 6749 says', async () => {
    const owner = await makeOrganization(app);
    const answer = await form({ grant_type: 'password', username: owner.email, password: PASSWORD, scope: '' });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_token: expect.stringMatching(/^rt_/),
    });
    const me = await app.call('GET', '/api/v1/auth/me', { token: answer.json.access_token as string });
    expect(me.json).toMatchObject({ id: owner.userId, organizationId: owner.organizationId, role: 'owner' });
    const next = await form({ grant_type: 'refresh_token', refresh_token: answer.json.refresh_token as string });
    expect([next.status, next.json.refresh_token === answer.json.refresh_token]).toEqual([200, false]);
  });

  it('says invalid_grant for a wrong password and invalid_request for a missing one', async () => {
    const wrong = await form({ grant_type: 'password', username: 'nobody@example.com', password: 'Wrong-Password-1' });
    expect([wrong.status, wrong.json.code, wrong.json.error]).toEqual([400, 'invalid-grant', 'invalid_grant']);
    const missing = await form({ grant_type: 'password', username: 'nobody@example.com' });
    expect([missing.status, missing.json.error]).toEqual([422, 'invalid_request']);
    expect((await form({ grant_type: 'client_credentials' })).json.errors[0]).toMatchObject({
      pointer: '/grant_type',
      validOptions: ['password', 'refresh_token'],
    });
  });
});

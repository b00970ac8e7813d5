import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Accounts } from '../../src/features/auth/index.js';
import { SessionsRepository } from '../../src/features/auth/sessions/sessions.repository.js';
import { Database } from '../../src/platform/database/database.js';
import { systemScope } from '../../src/platform/database/scope.js';
import { addMember, joinOrganization, makeOrganization, makePerson, tokenFor } from '../harness/actors.js';
import { type Answer, startTestApp, type TestApp } from '../harness/test-app.js';

let app: TestApp;
let beside: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  beside = await startTestApp({}, { database: app.database });
});
afterAll(async () => {
  await beside?.close();
  await app?.close();
});

const me = async (on: TestApp, token: string): Promise<number> => (await on.call('GET', '/api/v1/auth/me', { token })).status;

/** Waits until a token is refused by a process that had let it in; fails after three seconds, long before its grant is forgotten by itself. */
async function refusedWithin(on: TestApp, token: string, seconds = 3): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    if ((await me(on, token)) === 401) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

describe('the list of sessions', () => {
  it('shows where somebody is logged in, and lets them end the others', async () => {
    const owner = await makeOrganization(app);
    const other = await tokenFor(app, owner.userId, owner.organizationId);
    const list = await app.call('GET', '/api/v1/auth/sessions', { token: owner.token });
    expect(list.json.items).toEqual([
      expect.objectContaining({ id: other.sessionId, isCurrent: false, userAgent: 'test' }),
      expect.objectContaining({ id: owner.sessionId, isCurrent: true }),
    ]);
    expect(list.text).not.toContain('seed');
    const end = (id: string): Promise<Answer> => app.call('DELETE', `/api/v1/auth/sessions/${id}`, { token: owner.token });
    expect((await end(owner.sessionId)).json.code).toBe('current-session');
    expect((await end(other.sessionId)).status).toBe(204);
    expect((await end(other.sessionId)).status).toBe(404);
    expect(await refusedWithin(app, other.token)).toBe(true);
    expect((await app.call('POST', '/api/v1/auth/refresh', { body: { refreshToken: other.refreshToken } })).status).toBe(401);
  });

  it('never reaches sessions of others', async () => {
    const owner = await makeOrganization(app);
    const colleague = await addMember(app, owner, 'viewer');
    const answer = await app.call('DELETE', `/api/v1/auth/sessions/${colleague.sessionId}`, { token: owner.token });
    expect(answer.status).toBe(404);
    expect((await app.call('DELETE', '/api/v1/auth/sessions/not-an-id', { token: owner.token })).status).toBe(404);
    expect(await me(app, colleague.token)).toBe(200);
  });

  it('is for those who are logged in', async () => {
    for (const [method, route] of [
      ['GET', 'sessions'],
      ['POST', 'logout'],
      ['POST', 'logout-all'],
      ['POST', 'switch'],
      ['GET', 'me'],
      ['PATCH', 'me'],
      ['POST', 'change-password'],
      ['POST', 'change-email'],
    ] as const) {
      expect([route, (await app.call(method, `/api/v1/auth/${route}`, method === 'GET' ? {} : { body: {} })).status]).toEqual([route, 401]);
    }
  });
});

describe('on every process at once', () => {
  it('a log-out takes effect within seconds', async () => {
    const owner = await makeOrganization(app);
    expect([await me(app, owner.token), await me(beside, owner.token)]).toEqual([200, 200]);
    expect((await app.call('POST', '/api/v1/auth/logout', { token: owner.token })).status).toBe(204);
    expect([await refusedWithin(app, owner.token), await refusedWithin(beside, owner.token)]).toEqual([true, true]);
  });

  it('logging out everywhere ends every session of the person and of nobody else', async () => {
    const owner = await makeOrganization(app);
    const colleague = await addMember(app, owner, 'admin');
    const others = [await tokenFor(app, owner.userId, owner.organizationId), await tokenFor(app, owner.userId)];
    for (const { token } of [...others, owner, colleague]) expect(await me(beside, token)).toBe(200);
    const answer = await app.call('POST', '/api/v1/auth/logout-all', { token: owner.token });
    expect([answer.status, answer.json]).toEqual([200, { revoked: 3 }]);
    for (const { token } of [...others, owner]) expect(await refusedWithin(beside, token)).toBe(true);
    expect(await me(beside, colleague.token)).toBe(200);
  });

  it('a membership that was switched off closes the organization', async () => {
    const owner = await makeOrganization(app);
    const colleague = await addMember(app, owner, 'admin');
    const list = (): Promise<Answer> => beside.call('GET', '/api/v1/api-keys', { token: colleague.token });
    expect((await list()).status).toBe(200);
    expect(
      (await app.call('POST', `/api/v1/members/${colleague.userId}/deactivate`, { token: owner.token, body: {} })).status,
    ).toBeLessThan(300);
    expect(await refusedWithin(beside, colleague.token)).toBe(true);
    expect((await list()).status).toBe(401);
  });

  it('a refusal is recorded', async () => {
    const viewer = await makeOrganization(app, { role: 'viewer' });
    const answer = await beside.call('GET', '/api/v1/api-keys', { token: viewer.token });
    expect([answer.status, answer.json.code, answer.json.permission]).toEqual([403, 'permission-denied', 'api-keys:manage']);
    const { rows } = await app.database.owner.query(
      `select organization_id, actor_type, user_id, after from audit_events where action = 'access.denied' and user_id = $1`,
      [viewer.userId],
    );
    expect(rows).toEqual([
      {
        organization_id: viewer.organizationId,
        actor_type: 'user',
        user_id: viewer.userId,
        after: expect.objectContaining({ permission: 'api-keys:manage' }),
      },
    ]);
  });
});

describe('starting a session', () => {
  it('fails when the password was changed or the account switched off after the password was checked', async () => {
    const person = await makePerson(app);
    const start = (passwordHash: string): Promise<unknown> =>
      app.nest
        .get(Database)
        .write(systemScope('test'), (tx) =>
          app.nest.get(SessionsRepository).start(tx, { id: person.userId, passwordHash }, { organizationId: null, userAgent: undefined }),
        );
    const { rows } = await app.database.owner.query<{ hash: string }>('select password_hash as hash from users where id = $1', [
      person.userId,
    ]);
    const hash = rows[0]?.hash ?? '';
    expect(await start(hash)).toBeDefined();
    expect(await start(`${hash}x`)).toBeUndefined();
    await app.database.owner.query('update users set is_active = false where id = $1', [person.userId]);
    expect(await start(hash)).toBeUndefined();
  });
});

describe('an account that is switched off by the command line', () => {
  it('is locked out of every process within seconds, with its keys, and gets in again when it is switched on', async () => {
    const owner = await makeOrganization(app);
    const accounts = app.nest.get(Accounts);
    const made = await app.call('POST', '/api/v1/api-keys', { token: owner.token, body: { name: 'Robot', scopes: ['leads:read'] } });
    const byKey = async (): Promise<number> =>
      (await beside.nest.inject({ method: 'GET', url: '/api/v1/leads', headers: { 'x-api-key': made.json.key as string } })).statusCode;
    expect([await me(beside, owner.token), await byKey()]).toEqual([200, 200]);
    expect([await accounts.setActive(owner.email, false), await accounts.setActive(owner.email, false)]).toEqual([true, false]);
    expect(await refusedWithin(beside, owner.token)).toBe(true);
    expect(await byKey()).toBe(401);
    expect(await accounts.setActive(owner.email, true)).toBe(true);
    expect(await byKey()).toBe(200);
    const { rows } = await app.database.owner.query('select action from audit_events where resource_id = $1 order by id', [owner.userId]);
    expect(rows.map((row: { action: string }) => row.action).slice(-3)).toEqual([
      'user.deactivated',
      'session.all-revoked',
      'user.reactivated',
    ]);
    await expect(accounts.setActive('nobody@example.com', false)).rejects.toThrow('no account has the address');
  });
});

describe('switching', () => {
  it('gives an access token for another organization of the person, and refreshing stays there', async () => {
    const owner = await makeOrganization(app);
    const second = await makeOrganization(app);
    await joinOrganization(app, second, owner, 'finance');
    const switched = await app.call('POST', '/api/v1/auth/switch', { token: owner.token, body: { organizationId: second.organizationId } });
    expect([switched.status, switched.json]).toEqual([
      200,
      expect.objectContaining({ organizationId: second.organizationId, role: 'finance', sessionId: owner.sessionId }),
    ]);
    const refreshed = await app.call('POST', '/api/v1/auth/refresh', { body: { refreshToken: owner.refreshToken } });
    expect(refreshed.json).toMatchObject({ organizationId: second.organizationId, role: 'finance' });
    const here = await app.call('GET', '/api/v1/auth/me', { token: switched.json.accessToken as string });
    expect(here.json).toMatchObject({ organizationId: second.organizationId, role: 'finance' });
  });

  it('refuses organizations of others', async () => {
    const [owner, stranger] = [await makeOrganization(app), await makeOrganization(app)];
    const answer = await app.call('POST', '/api/v1/auth/switch', { token: owner.token, body: { organizationId: stranger.organizationId } });
    expect([answer.status, answer.json.code]).toEqual([403, 'not-a-member']);
    const person = await makePerson(app);
    const { token } = await tokenFor(app, person.userId);
    expect((await app.call('POST', '/api/v1/auth/switch', { token, body: { organizationId: 'x' } })).status).toBe(422);
  });
});

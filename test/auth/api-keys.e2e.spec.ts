import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ManualClock } from '../../src/platform/clock/clock.js';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { type Answer, startTestApp, type TestApp } from '../harness/test-app.js';
import { mailTo } from './mailbox.js';
import { turnedClock } from './turned-clock.js';

let app: TestApp;
let beside: TestApp;
let clock: ManualClock;
beforeAll(async () => {
  app = await startTestApp();
  beside = await startTestApp({}, { database: app.database });
  clock = turnedClock(app);
});
afterAll(async () => {
  await beside?.close();
  await app?.close();
});

const KEYS = '/api/v1/api-keys';

interface Made {
  readonly id: string;
  readonly key: string;
}

const create = (actor: { token: string }, body: object): Promise<Answer> => app.call('POST', KEYS, { token: actor.token, body });
async function made(actor: { token: string }, scopes: string[], name = 'Export'): Promise<Made> {
  const answer = await create(actor, { name, scopes });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.json as Made;
}
/** Asks for the own profile, which any working key may read. */
const use = async (key: string, on = app): Promise<number> => (await on.call('GET', '/api/v1/auth/me', { token: key })).status;

async function refusedSoon(key: string, on: TestApp): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await use(key, on)) === 401) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

describe('an API key', () => {
  it('is shown once, stored as a hash, and told to its owner', async () => {
    const owner = await makeOrganization(app, { name: 'Key House' });
    const answer = await create(owner, { name: 'Nightly', scopes: ['members:read'], expiresAt: '2099-01-01T00:00:00Z' });
    expect([answer.status, answer.headers.location, answer.headers['cache-control']]).toEqual([
      201,
      `${KEYS}/${answer.json.id as string}`,
      'no-store',
    ]);
    const { key, id, prefix, last4 } = answer.json as { key: string; id: string; prefix: string; last4: string };
    expect(key.startsWith(`ck_${prefix}.`) && key.endsWith(last4)).toBe(true);
    const read = await app.call('GET', `${KEYS}/${id}`, { token: owner.token });
    expect(read.json).toMatchObject({
      id,
      name: 'Nightly',
      scopes: ['members:read'],
      expiresAt: '2099-01-01T00:00:00.000Z',
      lastUsedAt: null,
    });
    const list = await app.call('GET', KEYS, { token: owner.token });
    expect([list.json.items.length, read.text.includes(key), list.text.includes(key)]).toEqual([1, false, false]);
    const stored = await app.database.owner.query(
      'select row_to_json(k)::text as text from api_keys k where id::text = $1 union all select row_to_json(e)::text from audit_events e where resource_id = $1',
      [id],
    );
    expect(stored.rowCount).toBe(2);
    for (const { text } of stored.rows as { text: string }[]) expect(text).not.toContain(key.slice(12));
    expect((await mailTo(app, owner.email, 'A new API key was made')).text).toContain('Key House');
  });

  it('opens nothing while its owner is switched off in the organization', async () => {
    const owner = await makeOrganization(app);
    const member = await addMember(app, owner, 'admin');
    const { key, id } = await made(member, ['members:read']);
    await app.database.owner.query(`update memberships set status = 'inactive' where user_id = $1`, [member.userId]);
    expect(await use(key)).toBe(401);
    const { rows } = await app.database.owner.query('select last_used_at from api_keys where id = $1', [id]);
    expect(rows).toEqual([{ last_used_at: null }]);
  });

  it('works in both headers, does what its scopes say and no more', async () => {
    const owner = await makeOrganization(app);
    const { key } = await made(owner, ['members:read']);
    expect((await app.call('GET', '/api/v1/members', { token: key })).status).toBe(200);
    expect((await app.call('GET', '/api/v1/members', { headers: { 'x-api-key': key } })).status).toBe(200);
    const refused = await app.call('GET', '/api/v1/invitations', { token: key });
    expect([refused.status, refused.json.permission]).toEqual([403, 'invitations:read']);
    const { rows } = await app.database.owner.query(
      `select actor_type, user_id from audit_events where action = 'access.denied' and organization_id = $1`,
      [owner.organizationId],
    );
    expect(rows).toEqual([{ actor_type: 'api-key', user_id: owner.userId }]);
  });

  it('cannot have more than its owner has, nor keep what its owner loses', async () => {
    const owner = await makeOrganization(app);
    const member = await addMember(app, owner, 'member');
    const tooMuch = await create(member, { name: 'Too much', scopes: ['leads:read', 'members:manage'] });
    expect([tooMuch.status, tooMuch.json.code, tooMuch.json.missing]).toEqual([403, 'scope-not-held', ['members:manage']]);
    const { key } = await made(member, ['api-keys:manage', 'members:read']);
    expect((await app.call('GET', '/api/v1/members', { token: key })).status).toBe(200);
    await app.database.owner.query(`update memberships set role = 'external' where user_id = $1`, [member.userId]);
    await app.database.owner.query(`select pg_notify('concord', 'access user:' || $1)`, [member.userId]);
    for (let tries = 0; tries < 100; tries++) {
      if ((await app.call('GET', '/api/v1/members', { token: key })).status === 403) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('the key kept what its owner lost');
  });

  it('cannot touch the account of its owner or make keys', async () => {
    const owner = await makeOrganization(app);
    const { key } = await made(owner, ['api-keys:manage']);
    for (const [method, route, body] of [
      ['POST', '/api/v1/api-keys', { name: 'Child', scopes: ['api-keys:manage'] }],
      ['POST', '/api/v1/auth/change-password', { currentPassword: owner.password, newPassword: 'Harbour-Violin-77' }],
      ['POST', '/api/v1/auth/change-email', { newEmail: 'x@example.com', password: owner.password }],
      ['PATCH', '/api/v1/auth/me', { name: 'Key' }],
      ['POST', '/api/v1/auth/logout-all', {}],
      ['GET', '/api/v1/auth/sessions', undefined],
    ] as const) {
      const answer = await app.call(method, route, { token: key, body });
      expect([route, answer.status, answer.json.code]).toEqual([route, 403, 'person-required']);
    }
  });

  it('is revoked on every process within seconds', async () => {
    const owner = await makeOrganization(app);
    const { key, id } = await made(owner, ['members:read']);
    expect([await use(key), await use(key, beside)]).toEqual([200, 200]);
    expect((await app.call('DELETE', `${KEYS}/${id}`, { token: owner.token })).status).toBe(204);
    expect([await refusedSoon(key, app), await refusedSoon(key, beside)]).toEqual([true, true]);
    expect((await app.call('DELETE', `${KEYS}/${id}`, { token: owner.token })).json.code).toBe('api-key-revoked');
    await made(owner, ['members:read']);
  });

  it('is rotated with an overlap in which both secrets work', async () => {
    const owner = await makeOrganization(app);
    const { key, id } = await made(owner, ['members:read']);
    const rotated = await app.call('POST', `${KEYS}/${id}/rotate`, { token: owner.token, body: { overlapHours: 2 } });
    expect([rotated.status, rotated.json.id, rotated.json.version]).toEqual([200, id, 2]);
    const fresh = rotated.json.key as string;
    expect([await use(key), await use(fresh)]).toEqual([200, 200]);
    clock.advance({ hours: 2, seconds: 6 });
    expect([await use(key), await use(fresh)]).toEqual([401, 200]);
    const again = await app.call('POST', `${KEYS}/${id}/rotate`, { token: owner.token, body: { overlapHours: 0 } });
    expect([await refusedSoon(fresh, app), await use(again.json.key as string)]).toEqual([true, 200]);
  });

  it('ends by itself', async () => {
    const owner = await makeOrganization(app);
    const soon = new Date(clock.now().getTime() + 60_000).toISOString();
    const { key, id } = (await create(owner, { name: 'Short', scopes: ['members:read'], expiresAt: soon })).json as Made;
    expect(await use(key)).toBe(200);
    clock.advance({ seconds: 66 });
    expect(await use(key)).toBe(401);
    expect((await app.call('POST', `${KEYS}/${id}/rotate`, { token: owner.token, body: {} })).json.code).toBe('api-key-revoked');
  });

  it('remembers its last use, written at most once a minute', async () => {
    const owner = await makeOrganization(app);
    const { key, id } = await made(owner, ['members:read']);
    const lastUsed = async (): Promise<string> =>
      (await app.call('GET', `${KEYS}/${id}`, { token: owner.token })).json.lastUsedAt as string;
    await use(key);
    const first = await lastUsed();
    expect(first).toBe(clock.now().toISOString());
    clock.advance({ seconds: 30 });
    await use(key);
    expect(await lastUsed()).toBe(first);
    clock.advance({ seconds: 31 });
    await use(key);
    expect(await lastUsed()).toBe(clock.now().toISOString());
  });
});

describe('the list of keys', () => {
  it('pages through the own ones and knows no others', async () => {
    const owner = await makeOrganization(app);
    const admin = await addMember(app, owner, 'admin');
    const stranger = await makeOrganization(app);
    const mine: string[] = [];
    for (let i = 0; i < 5; i++) mine.unshift((await made(owner, ['members:read'], `Key ${i}`)).id);
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await app.call('GET', `${KEYS}?limit=2${cursor && `&cursor=${cursor}`}`, { token: owner.token });
      seen.push(...(page.json.items as Made[]).map(({ id }) => id));
      cursor = (page.json.nextCursor as string | null) ?? '';
    } while (cursor);
    expect(seen).toEqual(mine);
    for (const other of [admin, stranger] as TestActor[]) {
      const id = mine[0] ?? '';
      const answers = [
        await app.call('GET', `${KEYS}/${id}`, { token: other.token }),
        await app.call('DELETE', `${KEYS}/${id}`, { token: other.token }),
        await app.call('POST', `${KEYS}/${id}/rotate`, { token: other.token, body: {} }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
      expect((await app.call('GET', KEYS, { token: other.token })).json.items).toEqual([]);
    }
    expect((await app.call('GET', `${KEYS}?cursor=forged`, { token: owner.token })).json.code).toBe('invalid-cursor');
  });

  it('refuses what does not fit', async () => {
    const owner = await makeOrganization(app);
    await made(owner, ['members:read'], 'Twice');
    expect((await create(owner, { name: 'Twice', scopes: ['members:read'] })).json).toMatchObject({
      status: 409,
      code: 'api-key-name-taken',
    });
    expect((await create(owner, { name: 'None', scopes: [] })).status).toBe(422);
    expect((await create(owner, { name: 'Odd', scopes: ['everything:do'] })).json.errors[0].pointer).toBe('/scopes');
    expect(
      (await create(owner, { name: 'Past', scopes: ['members:read'], expiresAt: '2020-01-01T00:00:00Z' })).json.errors[0].pointer,
    ).toBe('/expiresAt');
    expect((await create(await makeOrganization(app, { role: 'viewer' }), { name: 'V', scopes: ['leads:read'] })).status).toBe(403);
    for (const key of ['ck_abcdefgh.short', `ck_abcdefgh.${'A'.repeat(43)}`]) expect(await use(key)).toBe(401);
  });
});

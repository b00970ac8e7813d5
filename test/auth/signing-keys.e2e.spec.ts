import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SigningKeys } from '../../src/features/auth/index.js';
import { KeyRing } from '../../src/features/auth/signing-keys/key-ring.js';
import { makeOrganization, tokenFor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { turnedClock } from './turned-clock.js';

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

const kids = async (on: TestApp): Promise<string[]> =>
  ((await on.call('GET', '/.well-known/jwks.json')).json as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
const kidOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
const me = async (on: TestApp, token: string): Promise<number> => (await on.call('GET', '/api/v1/auth/me', { token })).status;

describe('signing keys', () => {
  it('are one set for all processes, private halves only sealed', async () => {
    const [here, there] = await Promise.all([kids(app), kids(beside)]);
    expect([here.length, there]).toEqual([1, here]);
    const { rows } = await app.database.owner.query<{ text: string }>('select row_to_json(k)::text as text from signing_keys k');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.text).not.toMatch(/PRIVATE|"d":/);
    expect((await app.call('GET', '/.well-known/jwks.json')).headers['cache-control']).toBe('public, max-age=300');
  });

  it('change without anybody being logged out: published first, signing an hour later, gone when no token can need them', async () => {
    const clock = turnedClock(app);
    const owner = await makeOrganization(app);
    const [old] = await kids(app);
    expect(await app.nest.get(SigningKeys).rotate()).toBe(old);
    const both = await kids(app);
    expect(both).toHaveLength(2);
    expect(both[0]).toBe(old);
    expect(kidOf((await tokenFor(app, owner.userId)).token)).toBe(old);
    clock.advance({ minutes: 61 });
    const next = await tokenFor(app, owner.userId);
    expect(kidOf(next.token)).toBe(both[1]);
    // The other process read the set before the new key was made; the message of the bus and the unknown name make it look again.
    expect([await me(app, next.token), await me(beside, next.token)]).toEqual([200, 200]);
    expect([await me(app, owner.token), await me(beside, owner.token)]).toEqual([200, 200]);
    clock.advance({ minutes: 30 });
    expect(await app.nest.get(KeyRing).rotate('due')).toEqual({ created: undefined, retired: [old] });
    expect(await kids(app)).toEqual([both[1]]);
    clock.advance({ days: 30 });
    expect((await app.nest.get(KeyRing).rotate('due')).created).toBeDefined();
  });

  it('are made once by processes that rotate at the same moment', async () => {
    const clock = turnedClock(app);
    clock.advance({ days: 70 });
    const done = await Promise.all(Array.from({ length: 5 }, () => app.nest.get(KeyRing).rotate('due')));
    expect(done.filter(({ created }) => created !== undefined)).toHaveLength(1);
  });
});

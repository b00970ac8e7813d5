import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ManualClock } from '../../src/platform/clock/clock.js';
import { makeOrganization, makePerson, PASSWORD, tokenFor } from '../harness/actors.js';
import { type Answer, startTestApp, type TestApp } from '../harness/test-app.js';
import { codeIn, linkToken, mailsTo, mailTo } from './mailbox.js';
import { turnedClock } from './turned-clock.js';

let app: TestApp;
let clock: ManualClock;
beforeAll(async () => {
  app = await startTestApp({ TRUST_PROXY: 'true' });
  clock = turnedClock(app);
});
afterAll(() => app?.close());

const NEW = 'Harbour-Violin-77';
const RESET = 'Choose a new password';
let calls = 0;
const post = (route: string, body: object, token?: string): Promise<Answer> =>
  app.call('POST', `/api/v1/auth/${route}`, { body, token, headers: { 'x-forwarded-for': `10.2.0.${++calls % 250}` } });
const login = async (email: string, password: string): Promise<number> => (await post('login', { email, password })).status;
const me = async (token: string): Promise<number> => (await app.call('GET', '/api/v1/auth/me', { token })).status;

async function eventually(what: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    if (await what()) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

describe('a forgotten password', () => {
  it('is replaced by the link of a mail: once, and every session ends', async () => {
    const owner = await makeOrganization(app);
    const asked = await post('forgot-password', { email: owner.email });
    const token = linkToken(await mailTo(app, owner.email, RESET));
    expect((await post('forgot-password', { email: 'nobody@example.com' })).text).toBe(asked.text);
    expect((await post('reset-password', { token, password: 'weak' })).json.code).toBe('weak-password');
    expect((await post('reset-password', { token, password: `X1-${owner.email.split('@')[0]}-Yz` })).json.errors[0].code).toBe(
      'contains-email',
    );
    expect((await post('reset-password', { token, password: NEW })).status).toBe(204);
    expect((await post('reset-password', { token, password: 'Another-Violin-78' })).json.code).toBe('invalid-proof');
    expect([await login(owner.email, PASSWORD), await login(owner.email, NEW)]).toEqual([401, 200]);
    expect(await eventually(async () => (await me(owner.token)) === 401)).toBe(true);
    expect((await post('refresh', { refreshToken: owner.refreshToken })).status).toBe(401);
    await mailTo(app, owner.email, 'Your password was changed');
  });

  it('is replaced by address and code too, and opens a locked account', async () => {
    const person = await makePerson(app);
    for (let i = 0; i < 5; i++) await login(person.email, 'Wrong-Password-1');
    expect(await login(person.email, PASSWORD)).toBe(429);
    await post('forgot-password', { email: person.email });
    const code = codeIn(await mailTo(app, person.email, RESET));
    expect((await post('reset-password', { email: person.email, code, password: NEW })).status).toBe(204);
    expect(await login(person.email, NEW)).toBe(200);
  });

  it('takes the newest code only, and no more than five mails an hour', async () => {
    const person = await makePerson(app);
    for (let i = 0; i < 7; i++) {
      await post('forgot-password', { email: person.email });
      await mailTo(app, person.email, RESET, Math.min(i, 4));
      clock.advance({ seconds: 1 });
    }
    const newest = await mailTo(app, person.email, RESET, 4);
    expect(await mailsTo(app, person.email, RESET)).toHaveLength(5);
    const [, older] = await mailsTo(app, person.email, RESET);
    if (!older) throw new Error('there is no older mail');
    expect((await post('reset-password', { email: person.email, code: codeIn(older), password: NEW })).status).toBe(400);
    expect((await post('reset-password', { email: person.email, code: codeIn(newest), password: NEW })).status).toBe(204);
    expect((await post('reset-password', { token: linkToken(older), password: 'Another-Violin-78' })).status).toBe(400);
  });

  it('waits half an hour for its proof, no longer', async () => {
    const person = await makePerson(app);
    await post('forgot-password', { email: person.email });
    const token = linkToken(await mailTo(app, person.email, RESET));
    clock.advance({ minutes: 30 });
    expect((await post('reset-password', { token, password: NEW })).status).toBe(400);
  });

  it('is reset by one of ten callers with the same link', async () => {
    const person = await makePerson(app);
    await post('forgot-password', { email: person.email });
    const token = linkToken(await mailTo(app, person.email, RESET));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => post('reset-password', { token, password: `Harbour-Violin-${i}0` })),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it('sends nothing to accounts that are off or not confirmed', async () => {
    const [off, fresh] = [await makePerson(app), await makePerson(app, { isVerified: false })];
    await app.database.owner.query('update users set is_active = false where id = $1', [off.userId]);
    const last = await makePerson(app);
    for (const { email } of [off, fresh, last]) await post('forgot-password', { email });
    await mailTo(app, last.email, RESET);
    expect([await mailsTo(app, off.email, RESET), await mailsTo(app, fresh.email, RESET)]).toEqual([[], []]);
  });
});

describe('changing the password', () => {
  it('needs the old one, keeps this session and ends the others', async () => {
    const owner = await makeOrganization(app);
    const other = await tokenFor(app, owner.userId, owner.organizationId);
    expect(await me(other.token)).toBe(200);
    const wrong = await post('change-password', { currentPassword: 'Wrong-Password-1', newPassword: NEW }, owner.token);
    expect([wrong.status, wrong.json.errors]).toEqual([
      422,
      [expect.objectContaining({ pointer: '/currentPassword', code: 'wrong-password' })],
    ]);
    const same = await post('change-password', { currentPassword: PASSWORD, newPassword: PASSWORD }, owner.token);
    expect(same.json.errors[0]).toMatchObject({ pointer: '/newPassword', code: 'same-as-old' });
    expect((await post('change-password', { currentPassword: PASSWORD, newPassword: 'short' }, owner.token)).json.errors[0].pointer).toBe(
      '/newPassword',
    );
    expect((await post('change-password', { currentPassword: PASSWORD, newPassword: NEW }, owner.token)).status).toBe(204);
    expect(await eventually(async () => (await me(other.token)) === 401)).toBe(true);
    expect(await me(owner.token)).toBe(200);
    expect([await login(owner.email, PASSWORD), await login(owner.email, NEW)]).toEqual([401, 200]);
    const { rows } = await app.database.owner.query(
      `select action from audit_events where resource_id = $1 and action like 'user.password%'`,
      [owner.userId],
    );
    expect(rows).toEqual([{ action: 'user.password-changed' }]);
  });

  it('leaves no session to a login that began before it', async () => {
    const owner = await makeOrganization(app);
    const [changed, ...logins] = await Promise.all([
      post('change-password', { currentPassword: PASSWORD, newPassword: NEW }, owner.token),
      ...Array.from({ length: 6 }, () => post('login', { email: owner.email, password: PASSWORD })),
    ]);
    expect(changed?.status).toBe(204);
    for (const { status, json } of logins) {
      if (status !== 200) continue;
      const token = (json as { accessToken: string }).accessToken;
      expect(await eventually(async () => (await me(token)) === 401)).toBe(true);
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountMails } from '../../src/features/auth/accounts/account-mails.js';
import { Accounts } from '../../src/features/auth/index.js';
import { AuthCleanUp } from '../../src/features/auth/sessions/clean-up.js';
import { systemScope } from '../../src/platform/database/scope.js';
import { makeOrganization, makePerson, PASSWORD, tokenFor } from '../harness/actors.js';
import { type Answer, startTestApp, type TestApp } from '../harness/test-app.js';
import { linkToken, mailsTo, mailTo } from './mailbox.js';
import { turnedClock } from './turned-clock.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());

const login = (email: string, password: string): Promise<Answer> => app.call('POST', '/api/v1/auth/login', { body: { email, password } });

describe('accounts made without a mail', () => {
  it('are verified at once, and made once', async () => {
    const accounts = app.nest.get(Accounts);
    const account = { email: 'Made@Example.com', name: 'Made', password: 'Board-Walnut-55' };
    const first = await accounts.createVerified(account);
    const again = await accounts.createVerified({ ...account, password: 'Other-Walnut-55' });
    expect([first.isNew, again]).toEqual([true, { userId: first.userId, isNew: false }]);
    expect((await login('made@example.com', 'Board-Walnut-55')).status).toBe(200);
    expect((await login('made@example.com', 'Other-Walnut-55')).status).toBe(401);
    await expect(accounts.createVerified({ ...account, email: 'weak@example.com', password: 'short' })).rejects.toMatchObject({
      definition: { code: 'weak-password' },
    });
  });

  it('administer the platform only when the command line says so', async () => {
    const accounts = app.nest.get(Accounts);
    const made = await accounts.createPlatformAdmin({ email: 'root@example.com', name: 'Root' });
    const session = await login('root@example.com', made.password ?? '');
    expect((await app.call('GET', '/api/v1/auth/me', { token: session.json.accessToken as string })).json.isPlatformAdmin).toBe(true);
    const person = await makePerson(app);
    expect(await accounts.createPlatformAdmin({ email: person.email, name: 'x', password: 'Board-Walnut-55' })).toEqual({
      userId: person.userId,
      email: person.email,
    });
    expect((await login(person.email, PASSWORD)).status).toBe(200);
    const audits = await app.database.owner.query(`select 1 from audit_events where action = 'user.platform-admin-made'`);
    expect(audits.rowCount).toBe(2);
  });

  it('do not keep the password of a registration that nobody confirmed', async () => {
    await app.call('POST', '/api/v1/auth/register', {
      body: { email: 'boss@example.com', name: 'Squatter', password: 'Somebody-Was-First-1' },
    });
    await app.nest.get(Accounts).createPlatformAdmin({ email: 'boss@example.com', name: 'Boss', password: 'Board-Walnut-55' });
    expect((await login('boss@example.com', 'Somebody-Was-First-1')).status).toBe(401);
    expect((await login('boss@example.com', 'Board-Walnut-55')).status).toBe(200);
    const token = linkToken(await mailTo(app, 'boss@example.com', 'Confirm your e-mail address'));
    expect((await app.call('POST', '/api/v1/auth/verify-email', { body: { token } })).status).toBe(400);
  });
});

describe('a mail that is sent twice', () => {
  it('holds the same link, so that the first copy goes on working', async () => {
    const person = await makePerson(app);
    await app.call('POST', '/api/v1/auth/forgot-password', { body: { email: person.email } });
    const first = await mailTo(app, person.email, 'Choose a new password');
    const { rows } = await app.database.owner.query<{ id: string }>('select id from one_time_tokens where user_id = $1', [person.userId]);
    const context = { scope: systemScope('test'), payload: { tokenId: rows[0]?.id ?? '' }, jobId: 'second-attempt' };
    await app.nest.get(AccountMails).sendToken(context as never);
    const [second] = await mailsTo(app, person.email, 'Choose a new password');
    expect(second?.id).not.toBe(first.id);
    expect(second && linkToken(second)).toBe(linkToken(first));
  });
});

describe('what ended long ago', () => {
  it('is deleted, and nothing else', async () => {
    const owner = await makeOrganization(app);
    const clock = turnedClock(app);
    await app.call('POST', '/api/v1/auth/forgot-password', { body: { email: owner.email } });
    await login('gone@example.com', 'Wrong-Password-1');
    clock.advance({ days: 9 });
    const count = async (): Promise<number[]> => {
      const tables = [`sessions where user_id = '${owner.userId}'`, `one_time_tokens where user_id = '${owner.userId}'`, 'login_failures'];
      return Promise.all(tables.map(async (table) => (await app.database.owner.query(`select 1 from ${table}`)).rowCount ?? 0));
    };
    expect((await count())[1]).toBe(1);
    await app.nest.get(AuthCleanUp).run();
    expect(await count()).toEqual([1, 0, 0]);
    clock.advance({ days: 120 });
    const fresh = await tokenFor(app, owner.userId);
    await app.nest.get(AuthCleanUp).run();
    const { rows } = await app.database.owner.query(`select id from sessions where user_id = $1`, [owner.userId]);
    expect(rows).toEqual([{ id: fresh.sessionId }]);
  });
});

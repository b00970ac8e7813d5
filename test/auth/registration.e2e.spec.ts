import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeOrganization, makePerson, PASSWORD } from '../harness/actors.js';
import { type Answer, startTestApp, type TestApp } from '../harness/test-app.js';
import { codeIn, linkToken, mailsTo, mailTo } from './mailbox.js';
import { turnedClock } from './turned-clock.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());

const post = (route: string, body: object, token?: string): Promise<Answer> => app.call('POST', `/api/v1/auth/${route}`, { body, token });
const register = (email: string, more: object = {}): Promise<Answer> =>
  post('register', { email, name: 'Ana', password: PASSWORD, ...more });
const login = (email: string, password = PASSWORD): Promise<Answer> => post('login', { email, password });
const CONFIRM = 'Confirm your e-mail address';

describe('the way in', () => {
  it('goes from registering over the mail to a session that can be refreshed', async () => {
    const email = 'ana.first@example.com';
    const registered = await register('Ana.First@Example.com');
    expect([registered.status, registered.json]).toEqual([202, expect.objectContaining({ status: 'check-mail' })]);
    const early = await login(email);
    expect([early.status, early.json.code, early.json.pendingVerification]).toEqual([403, 'email-not-verified', true]);
    const mail = await mailTo(app, email, CONFIRM);
    expect((await post('verify-email', { token: linkToken(mail) })).status).toBe(204);
    const again = await post('verify-email', { token: linkToken(mail) });
    expect([again.status, again.json.code]).toEqual([400, 'invalid-proof']);
    const session = await login(email);
    expect([session.status, session.json]).toEqual([
      200,
      expect.objectContaining({ tokenType: 'Bearer', expiresIn: 900, organizationId: null, role: null }),
    ]);
    const refreshed = await post('refresh', { refreshToken: session.json.refreshToken as string });
    const me = await app.call('GET', '/api/v1/auth/me', { token: refreshed.json.accessToken as string });
    expect([me.status, me.json]).toEqual([
      200,
      expect.objectContaining({ email, name: 'Ana', organizationId: null, isPlatformAdmin: false }),
    ]);
  });

  it('can be confirmed by the code of the mail, which five wrong ones end', async () => {
    const email = 'code@example.com';
    await register(email);
    const mail = await mailTo(app, email, CONFIRM);
    const wrong = codeIn(mail) === '111111' ? '222222' : '111111';
    for (let i = 0; i < 4; i++) expect((await post('verify-email', { email, code: wrong })).status).toBe(400);
    expect((await post('verify-email', { email, code: codeIn(mail) })).status).toBe(204);
    await register('code5@example.com');
    const other = await mailTo(app, 'code5@example.com', CONFIRM);
    const notThis = codeIn(other) === '111111' ? '222222' : '111111';
    const burst = await Promise.all(Array.from({ length: 5 }, () => post('verify-email', { email: 'code5@example.com', code: notThis })));
    expect(burst.every(({ status }) => status === 400)).toBe(true);
    expect((await post('verify-email', { email: 'code5@example.com', code: codeIn(other) })).status).toBe(400);
    expect((await post('verify-email', { token: linkToken(other) })).status).toBe(204);
  });

  it('lets a proof be used once, also by ten callers at once', async () => {
    await register('once@example.com');
    const token = linkToken(await mailTo(app, 'once@example.com', CONFIRM));
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('verify-email', { token })));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it('takes a proof for nothing but what it was sent for', async () => {
    await register('purpose@example.com');
    const mail = await mailTo(app, 'purpose@example.com', CONFIRM);
    const proof = { token: linkToken(mail) };
    expect((await post('reset-password', { ...proof, password: 'Harbour-Violin-77' })).status).toBe(400);
    expect((await post('change-email/confirm', proof)).status).toBe(400);
    expect((await post('reset-password', { email: 'purpose@example.com', code: codeIn(mail), password: 'Harbour-Violin-77' })).status).toBe(
      400,
    );
    expect((await post('verify-email', proof)).status).toBe(204);
  });
});

describe('registering an address that has an account', () => {
  it('is answered alike, tells the owner by mail, and changes nothing', async () => {
    const person = await makePerson(app);
    const [known, fresh] = [await register(person.email, { password: 'Harbour-Violin-77' }), await register('fresh@example.com')];
    expect([known.status, known.text]).toEqual([fresh.status, fresh.text]);
    await mailTo(app, person.email, 'You already have an account');
    expect(await mailsTo(app, person.email, CONFIRM)).toHaveLength(0);
    expect((await login(person.email)).status).toBe(200);
    expect((await login(person.email, 'Harbour-Violin-77')).status).toBe(401);
  });

  it('gives an unconfirmed account to whoever answers their own mail', async () => {
    const email = 'contested@example.com';
    await register(email, { name: 'Squatter', password: 'Somebody-Was-First-1' });
    const squatters = await mailTo(app, email, CONFIRM);
    await register(email, { name: 'Owner', password: 'Another-Came-Second-2' });
    const owners = await mailTo(app, email, CONFIRM, 1);
    expect(linkToken(owners)).not.toBe(linkToken(squatters));
    expect((await post('verify-email', { token: linkToken(owners) })).status).toBe(204);
    expect((await login(email, 'Somebody-Was-First-1')).status).toBe(401);
    const session = await login(email, 'Another-Came-Second-2');
    expect((await app.call('GET', '/api/v1/auth/me', { token: session.json.accessToken as string })).json.name).toBe('Owner');
    expect((await post('verify-email', { token: linkToken(squatters) })).status).toBe(400);
  });

  it('makes one account of twenty registrations at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => register('many@example.com')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const { rows } = await app.database.owner.query<{ users: number; tokens: number }>(
      `select count(distinct u.id)::int as users, count(t.id)::int as tokens from users u left join one_time_tokens t on t.user_id = u.id where u.email = 'many@example.com'`,
    );
    expect(rows[0]).toEqual({ users: 1, tokens: 5 });
  });
});

describe('sending the mail again', () => {
  it('answers alike for everybody and sends only to who waits', async () => {
    await register('again@example.com');
    const first = await mailTo(app, 'again@example.com', CONFIRM);
    const verified = await makePerson(app);
    const answers = [
      await post('resend-verification', { email: 'again@example.com' }),
      await post('resend-verification', { email: verified.email }),
      await post('resend-verification', { email: 'nobody@example.com' }),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const second = await mailTo(app, 'again@example.com', CONFIRM, 1);
    expect(linkToken(second)).not.toBe(linkToken(first));
    expect(await mailsTo(app, verified.email, CONFIRM)).toHaveLength(0);
    expect((await post('verify-email', { token: linkToken(second) })).status).toBe(204);
    expect((await login('again@example.com')).status).toBe(200);
  });
});

it('sends the mail again to an account that waits without a token any more', async () => {
  const person = await makePerson(app, { isVerified: false, name: 'Wanda' });
  expect((await post('resend-verification', { email: person.email })).status).toBe(202);
  const token = linkToken(await mailTo(app, person.email, CONFIRM));
  expect((await post('verify-email', { token })).status).toBe(204);
  const session = await login(person.email);
  expect((await app.call('GET', '/api/v1/auth/me', { token: session.json.accessToken as string })).json.name).toBe('Wanda');
});

describe('what registering refuses', () => {
  it('weak passwords, by rule', async () => {
    const answer = await register('weak@example.com', { name: 'Bartholomew', password: 'bartholomew' });
    expect([answer.status, answer.json.code]).toEqual([422, 'weak-password']);
    expect((answer.json.errors as { code: string }[]).map(({ code }) => code)).toEqual(
      expect.arrayContaining(['no-upper-case', 'no-digit', 'contains-name']),
    );
  });

  it('fields it does not know, such as a role or an organization', async () => {
    const answer = await register('joiner@example.com', {
      role: 'owner',
      organizationId: '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3d',
      isPlatformAdmin: true,
    });
    expect([answer.status, (answer.json.errors as object[]).length]).toEqual([422, 3]);
  });

  it('a proof that is half there', async () => {
    expect((await post('verify-email', { email: 'a@example.com' })).status).toBe(422);
    expect((await post('verify-email', {})).status).toBe(422);
    expect((await post('verify-email', { token: 'A'.repeat(43) })).status).toBe(400);
  });
});

describe('registering by invitation', () => {
  const invite = async (email: string): Promise<{ organizationId: string; token: string }> => {
    const owner = await makeOrganization(app, { name: 'Inviting House' });
    const made = await app.call('POST', '/api/v1/invitations', { token: owner.token, body: { email, role: 'member' } });
    if (made.status >= 300) throw new Error(made.text);
    return {
      organizationId: owner.organizationId,
      token: linkToken(await mailTo(app, email, `${owner.name} invites you to Inviting House`)),
    };
  };

  it('verifies the address and joins at once', async () => {
    const { organizationId, token } = await invite('invited@example.com');
    const answer = await register('invited@example.com', { invitationToken: token });
    expect([answer.status, answer.json.status]).toEqual([202, 'ready']);
    expect((await login('invited@example.com')).json).toMatchObject({ organizationId, role: 'member' });
    const twice = await register('other@example.com', { invitationToken: token });
    expect([twice.status, twice.json.code]).toEqual([400, 'invitation-unusable']);
  });

  it('is for the invited address only', async () => {
    const { token } = await invite('right@example.com');
    const answer = await register('wrong@example.com', { invitationToken: token });
    expect([answer.status, answer.json.errors[0].pointer]).toEqual([400, '/email']);
  });

  it('never touches an account that is there', async () => {
    const person = await makePerson(app);
    const { token } = await invite(person.email);
    const answer = await register(person.email, { invitationToken: token, password: 'Harbour-Violin-77' });
    expect([answer.status, answer.json.code]).toEqual([409, 'account-exists']);
    expect((await login(person.email)).status).toBe(200);
    expect((await login(person.email, 'Harbour-Violin-77')).status).toBe(401);
  });

  it('takes over an account nobody proved to own, with everything', async () => {
    const email = 'taken.over@example.com';
    await register(email, { name: 'Squatter', password: 'Somebody-Was-First-1' });
    const squatters = linkToken(await mailTo(app, email, CONFIRM));
    const { organizationId, token } = await invite(email);
    const answer = await register(email, { invitationToken: token, password: 'Harbour-Violin-77' });
    expect([answer.status, answer.json.status]).toEqual([202, 'ready']);
    expect((await login(email, 'Somebody-Was-First-1')).status).toBe(401);
    expect((await login(email, 'Harbour-Violin-77')).json).toMatchObject({ organizationId, role: 'member' });
    const open = await app.database.owner.query(
      `select 1 from one_time_tokens t join users u on u.id = t.user_id where u.email = $1 and t.used_at is null`,
      [email],
    );
    expect(open.rows).toEqual([]);
    expect((await post('verify-email', { token: squatters })).status).toBe(400);
    const { rows } = await app.database.owner.query(
      `select e.action from audit_events e join users u on u.id::text = e.resource_id where u.email = $1 and e.action = 'user.email-verified'`,
      [email],
    );
    expect(rows).toHaveLength(1);
  });

  it('is the only way in where registration is closed', async () => {
    const closed = await startTestApp({ REGISTRATION_OPEN: 'false' }, { database: app.database });
    try {
      const body = { email: 'closed@example.com', name: 'Ana', password: PASSWORD };
      const refused = await closed.call('POST', '/api/v1/auth/register', { body });
      expect([refused.status, refused.json.code]).toEqual([403, 'registration-closed']);
      const { token } = await invite('closed@example.com');
      expect((await closed.call('POST', '/api/v1/auth/register', { body: { ...body, invitationToken: token } })).status).toBe(202);
    } finally {
      await closed.close();
    }
  });
});

describe('time', () => {
  it('ends a confirmation after a day', async () => {
    const clock = turnedClock(app);
    await register('late@example.com');
    const token = linkToken(await mailTo(app, 'late@example.com', CONFIRM));
    clock.advance({ hours: 24 });
    expect((await post('verify-email', { token })).status).toBe(400);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeOrganization, makePerson, PASSWORD } from '../harness/actors.js';
import { type Answer, startTestApp, type TestApp } from '../harness/test-app.js';
import { linkToken, mailsTo, mailTo } from './mailbox.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());

const ME = '/api/v1/auth/me';
const post = (route: string, body: object, token?: string): Promise<Answer> => app.call('POST', `/api/v1/auth/${route}`, { body, token });
const patch = (token: string, body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  app.call('PATCH', ME, { token, body, headers });

describe('the profile', () => {
  it('is read and changed by its owner, as a merge patch under an ETag', async () => {
    const owner = await makeOrganization(app);
    const first = await app.call('GET', ME, { token: owner.token });
    expect([first.status, first.headers.etag]).toEqual([200, '"v1"']);
    expect(first.text).not.toMatch(/hash|argon/i);
    const changed = await patch(owner.token, { name: ' Rui ', timeZone: 'Europe/Lisbon', locale: 'pt-PT' }, { 'if-match': '"v1"' });
    expect([changed.status, changed.headers.etag, changed.json]).toEqual([
      200,
      '"v2"',
      expect.objectContaining({ name: 'Rui', timeZone: 'Europe/Lisbon', locale: 'pt-PT' }),
    ]);
    expect((await patch(owner.token, { name: 'Rui' })).json).toMatchObject({ name: 'Rui', timeZone: 'Europe/Lisbon', locale: 'pt-PT' });
    expect((await patch(owner.token, { timeZone: null })).json).toMatchObject({ name: 'Rui', timeZone: null, locale: 'pt-PT' });
    expect((await patch(owner.token, { name: 'Late' }, { 'if-match': '"v1"' })).status).toBe(412);
    const { rows } = await app.database.owner.query(
      `select before, after from audit_events where action = 'user.profile-updated' and resource_id = $1 order by id`,
      [owner.userId],
    );
    expect(rows[0]).toEqual({ before: expect.objectContaining({ name: owner.name }), after: expect.objectContaining({ name: 'Rui' }) });
  });

  it.each([
    [{ name: null }],
    [{ name: ' ' }],
    [{ timeZone: 'Moon/Sea' }],
    [{ locale: 'english' }],
    [{ email: 'x@example.com' }],
    [{ isPlatformAdmin: true }],
  ])('refuses %j', async (body) => {
    const owner = await makeOrganization(app);
    expect((await patch(owner.token, body)).status).toBe(422);
  });
});

describe('changing the address', () => {
  it('needs the password and the new mailbox, and is told to the old one', async () => {
    const owner = await makeOrganization(app);
    const newEmail = 'moved@example.com';
    expect((await post('change-email', { newEmail, password: 'Wrong-Password-1' }, owner.token)).status).toBe(422);
    expect((await post('change-email', { newEmail: 'Moved@Example.com', password: PASSWORD }, owner.token)).status).toBe(202);
    const token = linkToken(await mailTo(app, newEmail, 'Confirm your new e-mail address'));
    expect((await app.call('GET', ME, { token: owner.token })).json.email).toBe(owner.email);
    expect((await post('change-email/confirm', { token })).status).toBe(204);
    expect((await post('change-email/confirm', { token })).status).toBe(400);
    expect((await app.call('GET', ME, { token: owner.token })).json.email).toBe(newEmail);
    await mailTo(app, owner.email, 'Your e-mail address was changed');
    expect((await post('login', { email: owner.email, password: PASSWORD })).status).toBe(401);
    expect((await post('login', { email: newEmail, password: PASSWORD })).status).toBe(200);
  });

  it('tells nobody but the mailbox that an address is taken', async () => {
    const [owner, other] = [await makeOrganization(app), await makePerson(app)];
    const taken = await post('change-email', { newEmail: other.email, password: PASSWORD }, owner.token);
    const free = await post('change-email', { newEmail: 'free@example.com', password: PASSWORD }, owner.token);
    expect([taken.status, taken.text]).toEqual([free.status, free.text]);
    await mailTo(app, other.email, 'You already have an account');
    expect(await mailsTo(app, other.email, 'Confirm your new e-mail address')).toHaveLength(0);
  });

  it('goes to the first of two who confirm the same address', async () => {
    const people = [await makeOrganization(app), await makeOrganization(app)];
    const tokens: string[] = [];
    for (const [index, { token }] of people.entries()) {
      await post('change-email', { newEmail: 'wanted@example.com', password: PASSWORD }, token);
      tokens.push(linkToken(await mailTo(app, 'wanted@example.com', 'Confirm your new e-mail address', index)));
    }
    const answers = await Promise.all(tokens.map((token) => post('change-email/confirm', { token })));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(answers.find(({ status }) => status === 409)?.json.code).toBe('email-taken');
  });
});

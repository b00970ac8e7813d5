import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addMember, makeOrganization, makePerson, tokenFor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { until } from './app.js';

/** The other tests of this feature stand in for the auth feature; these use it. */
describe('organizations with real sessions', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  it('end what a removed member, a demoted one and a deactivated organization could do, within seconds', async () => {
    const owner = await makeOrganization(app);
    const [manager, member] = [await addMember(app, owner, 'manager'), await addMember(app, owner, 'member')];
    const status = async (token: string, url: string): Promise<number> => (await app.call('GET', url, { token })).status;
    expect([await status(manager.token, '/api/v1/invitations'), await status(member.token, '/api/v1/members')]).toEqual([200, 200]);
    await app.call('PATCH', `/api/v1/members/${manager.userId}`, { token: owner.token, body: { role: 'viewer' } });
    await until(async () => (await status(manager.token, '/api/v1/invitations')) === 403);
    await app.call('DELETE', `/api/v1/members/${member.userId}`, { token: owner.token });
    await until(async () => (await status(member.token, '/api/v1/members')) !== 200);
    await app.call('POST', '/api/v1/organization/deactivate', { token: owner.token });
    await until(async () => (await status(manager.token, '/api/v1/members')) !== 200);
  });

  it('lets a new person make one and switch to it', async () => {
    const person = await makePerson(app);
    const { token } = await tokenFor(app, person.userId);
    expect((await app.call('GET', '/api/v1/organization', { token })).json.code).toBe('organization-required');
    const made = await app.call('POST', '/api/v1/organizations', { token, body: { name: 'Fresh', country: 'PT' } });
    expect(made.status).toBe(201);
    const switched = await app.call('POST', '/api/v1/auth/switch', { token, body: { organizationId: made.json.id } });
    expect(switched.status).toBe(200);
    const current = await app.call('GET', '/api/v1/organization', { token: switched.json.accessToken });
    expect(current.json).toMatchObject({ id: made.json.id, name: 'Fresh' });
  });
});

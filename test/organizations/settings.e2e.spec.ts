import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/shared/ids.js';
import { type OrganizationsApp, startOrganizationsApp, until } from './app.js';

describe('organizations', () => {
  let app: OrganizationsApp;
  beforeAll(async () => {
    app = await startOrganizationsApp({ ALLOWED_COUNTRIES: 'PT,FR', ALLOWED_CURRENCIES: 'EUR,USD' });
  });
  afterAll(() => app.close());

  it('makes one for whoever is logged in, who becomes its owner and is told how to switch', async () => {
    const ana = await app.someone('Ana');
    const made = await app.call('POST', '/organizations', {
      as: ana.in(),
      body: { name: '  Acme ', country: 'PT', timeZone: 'Europe/Lisbon' },
    });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      name: 'Acme',
      country: 'PT',
      baseCurrency: 'EUR',
      timeZone: 'Europe/Lisbon',
      status: 'active',
      role: 'owner',
      version: 1,
    });
    expect(made.json.nextStep).toContain('/api/v1/auth/switch');
    const access = await app.call('GET', '/access/me', { as: ana.in(made.json.id) });
    expect(access.json).toMatchObject({ role: 'owner', organizationId: made.json.id });
  });

  it('makes one only once for one Idempotency-Key', async () => {
    const ana = await app.someone('Ana');
    const request = { as: ana.in(), body: { name: 'Once', country: 'PT' }, headers: { 'idempotency-key': newId() } };
    const [first, second] = [await app.call('POST', '/organizations', request), await app.call('POST', '/organizations', request)];
    expect([first.status, second.status, second.headers['idempotency-replayed']]).toEqual([201, 201, 'true']);
    expect(second.json).toEqual(first.json);
    expect((await app.call('GET', '/organizations', { as: ana.in() })).json.items).toHaveLength(1);
  });

  it('says what is wrong with the place, the currency and the zone, and what would be right', async () => {
    const ana = await app.someone();
    const refused = await app.call('POST', '/organizations', { as: ana.in(), body: { name: 'X', country: 'DE', baseCurrency: 'EUX' } });
    expect(refused.status).toBe(422);
    expect(refused.json.errors).toEqual([
      expect.objectContaining({ pointer: '/country', code: 'country-not-allowed', validOptions: ['PT', 'FR'] }),
      expect.objectContaining({ pointer: '/baseCurrency', code: 'currency', validOptions: ['EUR', 'USD'], didYouMean: 'EUR' }),
    ]);
    const zone = await app.call('POST', '/organizations', { as: ana.in(), body: { name: ' ', country: 'PT', timeZone: 'Mars/Base' } });
    expect(zone.json.errors.map((one: { pointer: string }) => one.pointer).sort()).toEqual(['/name', '/timeZone']);
  });

  it('is not made by strangers or by API keys', async () => {
    expect((await app.call('POST', '/organizations', { body: { name: 'X', country: 'PT' } })).status).toBe(401);
    const ana = await app.someone();
    const id = await app.organization(ana);
    const byKey = await app.call('POST', '/organizations', { as: ana.in(id, 'api-key'), body: { name: 'X', country: 'PT' } });
    expect([byKey.status, byKey.json.code]).toEqual([403, 'person-required']);
  });

  it('lists mine page by page, whichever is chosen, and nobody else’s', async () => {
    const [ana, bo] = [await app.someone('Ana'), await app.someone('Bo')];
    const ids = [await app.organization(ana, 'One'), await app.organization(ana, 'Two'), await app.organization(ana, 'Three')];
    await app.organization(bo, 'Other');
    const first = await app.call('GET', '/organizations?limit=2', { as: ana.in(ids[2]) });
    const second = await app.call('GET', `/organizations?limit=2&cursor=${first.json.nextCursor}`, { as: ana.in(ids[2]) });
    expect([...first.json.items, ...second.json.items].map((one) => one.id)).toEqual(ids);
    expect(second.json.nextCursor).toBeNull();
    expect(first.json.items[0]).toMatchObject({ role: 'owner', membershipStatus: 'active', name: 'One' });
    expect((await app.call('GET', '/organizations?cursor=AAAA', { as: ana.in() })).json.code).toBe('invalid-cursor');
    expect((await app.call('GET', `/organizations?cursor=${first.json.nextCursor}`, { as: bo.in() })).json.code).toBe('invalid-cursor');
  });

  it('changes settings only with the version that was read, and records before and after', async () => {
    const ana = await app.someone();
    const id = await app.organization(ana);
    const read = await app.call('GET', '/organization', { as: ana.in(id) });
    expect(read.headers['etag']).toBe('"v1"');
    expect((await app.call('PATCH', '/organization', { as: ana.in(id), body: { name: 'New' } })).status).toBe(428);
    const patched = await app.call('PATCH', '/organization', {
      as: ana.in(id),
      body: { name: 'New', country: 'FR' },
      headers: { 'if-match': '"v1"' },
    });
    expect([patched.status, patched.headers['etag'], patched.json.name, patched.json.country]).toEqual([200, '"v2"', 'New', 'FR']);
    expect(
      (await app.call('PATCH', '/organization', { as: ana.in(id), body: { name: 'Lost' }, headers: { 'if-match': '"v1"' } })).status,
    ).toBe(412);
    const record = (await app.audited(id, 'organization')).find((one) => one.action === 'organization.updated');
    expect(record).toMatchObject({ user_id: ana.id, before: { name: 'Acme', country: 'PT' }, after: { name: 'New', country: 'FR' } });
  });

  it('makes no new version and no record of a change that changes nothing', async () => {
    const ana = await app.someone();
    const id = await app.organization(ana);
    const same = { name: ' Acme ', country: 'PT', baseCurrency: 'EUR', timeZone: 'UTC' };
    for (const body of [same, { country: 'PT' }]) {
      const answer = await app.call('PATCH', '/organization', { as: ana.in(id), body, headers: { 'if-match': '"v1"' } });
      expect([answer.status, answer.json.name, answer.headers['etag']]).toEqual([200, 'Acme', '"v1"']);
    }
    const on = await app.call('POST', `/organizations/${id}/reactivate`, { as: ana.in() });
    expect([on.status, on.json.status, on.json.version]).toEqual([200, 'active', 1]);
    expect((await app.audited(id, 'organization')).map((one) => one.action)).toEqual(['organization.created']);
    const patch = (body: object) => app.call('PATCH', '/organization', { as: ana.in(id), body, headers: { 'if-match': '*' } });
    expect((await patch({ timeZone: 'Europe/Lisbon' })).json).toMatchObject({ name: 'Acme', timeZone: 'Europe/Lisbon', version: 2 });
    expect((await patch({ baseCurrency: 'USD' })).json).toMatchObject({ baseCurrency: 'USD', version: 3 });
  });

  it('lets one of two changes at once win', async () => {
    const ana = await app.someone();
    const id = await app.organization(ana);
    const change = (name: string) =>
      app.call('PATCH', '/organization', { as: ana.in(id), body: { name }, headers: { 'if-match': '"v1"' } });
    const answers = await Promise.all([change('A'), change('B'), change('C')]);
    expect(answers.map((one) => one.status).sort()).toEqual([200, 412, 412]);
  });

  it('refuses bad settings, and changes by those who may not', async () => {
    const ana = await app.someone();
    const id = await app.organization(ana);
    const bad = await app.call('PATCH', '/organization', {
      as: ana.in(id),
      body: { country: null, baseCurrency: 'GBP' },
      headers: { 'if-match': '*' },
    });
    expect(bad.status).toBe(422);
    const currency = await app.call('PATCH', '/organization', {
      as: ana.in(id),
      body: { baseCurrency: 'GBP' },
      headers: { 'if-match': '*' },
    });
    expect(currency.json.errors[0]).toMatchObject({ pointer: '/baseCurrency', code: 'currency-not-allowed' });
    const viewer = await app.member(id, 'viewer');
    expect((await app.call('GET', '/organization', { as: viewer.in(id) })).status).toBe(200);
    expect(
      (await app.call('PATCH', '/organization', { as: viewer.in(id), body: { name: 'X' }, headers: { 'if-match': '*' } })).status,
    ).toBe(403);
    expect((await app.call('GET', '/organization', { as: ana.in() })).json.code).toBe('organization-required');
  });

  it('is switched off and on by an owner, at once and for everybody', async () => {
    const ana = await app.someone();
    const id = await app.organization(ana);
    const [admin, stranger] = [await app.member(id, 'admin'), await app.someone()];
    expect((await app.call('POST', '/organization/deactivate', { as: admin.in(id) })).status).toBe(403);
    expect((await app.call('GET', '/organization', { as: admin.in(id) })).status).toBe(200);
    const off = await app.call('POST', '/organization/deactivate', { as: ana.in(id) });
    expect([off.status, off.json.status]).toEqual([200, 'deactivated']);
    await until(async () => (await app.call('GET', '/organization', { as: admin.in(id) })).status === 401);
    expect((await app.call('POST', `/organizations/${id}/reactivate`, { as: stranger.in() })).status).toBe(404);
    expect((await app.call('POST', `/organizations/${id}/reactivate`, { as: admin.in() })).json.code).toBe('owner-only');
    const on = await app.call('POST', `/organizations/${id}/reactivate`, { as: ana.in() });
    expect([on.status, on.json.status]).toEqual([200, 'active']);
    expect((await app.call('GET', '/organization', { as: admin.in(id) })).status).toBe(200);
    expect((await app.audited(id, 'organization')).map((one) => one.action)).toEqual([
      'organization.created',
      'organization.deactivated',
      'access.denied',
      'organization.reactivated',
    ]);
  });
});

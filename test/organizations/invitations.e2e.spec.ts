import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/shared/ids.js';
import type { Answer } from '../harness/test-app.js';
import { type OrganizationsApp, type Someone, startOrganizationsApp } from './app.js';

describe('invitations', () => {
  let app: OrganizationsApp;
  let owner: Someone;
  let org: string;
  beforeAll(async () => {
    app = await startOrganizationsApp({ INVITATION_TTL_DAYS: '3' });
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    owner = await app.someone('Olive');
    org = await app.organization(owner, 'Acme');
  });

  const invite = (email: string, role = 'member', by = owner): Promise<Answer> =>
    app.call('POST', '/invitations', { as: by.in(org), body: { email, role } });
  const accept = (who: Someone, token: string): Promise<Answer> =>
    app.call('POST', '/invitations/accept', { as: who.in(), body: { token } });
  const age = (id: string): Promise<unknown> =>
    app.database.owner.query(`update invitations set last_requested_at = last_requested_at - interval '1 hour' where id = $1`, [id]);
  const expire = (id: string): Promise<unknown> =>
    app.database.owner.query(`update invitations set expires_at = now() - interval '1 second' where id = $1`, [id]);

  it('lets the invited person in with the role, by the link of the mail', async () => {
    const bea = await app.someone('Bea');
    const made = await invite(bea.email.toUpperCase(), 'manager');
    expect([made.status, made.json.status, made.json.email, made.json.role]).toEqual([201, 'pending', bea.email, 'manager']);
    const days = (Date.parse(made.json.expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(2.9);
    expect(days).toBeLessThan(3.1);
    const token = await app.mailedToken(bea.email);
    const preview = await app.call('GET', `/invitations/preview?token=${token}`);
    expect(preview.json).toEqual({
      email: expect.stringMatching(/^b\*\*\*@example\.com$/),
      organizationName: 'Acme',
      role: 'manager',
      expiresAt: made.json.expiresAt,
    });
    const accepted = await accept(bea, token);
    expect([accepted.status, accepted.json.organizationId]).toEqual([200, org]);
    expect((await app.call('GET', '/access/me', { as: bea.in(org) })).json.role).toBe('manager');
    const { rows } = await app.database.owner.query('select password_hash from users where id = $1', [bea.id]);
    expect(rows[0]).toEqual({ password_hash: 'untouched' });
    const records = await app.audited(org);
    expect(records.map((one) => [one.action, one.user_id])).toEqual([
      ['organization.created', owner.id],
      ['invitation.created', owner.id],
      ['invitation.accepted', bea.id],
      ['member.joined', bea.id],
    ]);
  });

  it('stores no token, in any table or queue', async () => {
    const bea = await app.someone('Bea');
    await invite(bea.email);
    const secret = (await app.mailedToken(bea.email)).split('.')[1] ?? '';
    const tables = await app.database.owner.query(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'bullmq') and tablename <> 'captured_mails'`,
    );
    expect(tables.rows.map((table) => table.name)).toContain('public.invitations');
    for (const { name } of tables.rows) {
      const { rows } = await app.database.owner.query(`select 1 from ${name} t where t::text like $1`, [`%${secret}%`]);
      expect([name, rows]).toEqual([name, []]);
    }
  });

  it('works once, also for two at the same moment', async () => {
    const bea = await app.someone('Bea');
    await invite(bea.email);
    const token = await app.mailedToken(bea.email);
    const answers = await Promise.all([accept(bea, token), accept(bea, token), accept(bea, token)]);
    expect(answers.map((one) => one.status).sort()).toEqual([200, 410, 410]);
    const again = await accept(bea, token);
    expect([again.status, again.json.code, again.json.detail]).toEqual([
      410,
      'invitation-not-valid',
      expect.stringContaining('accepted already'),
    ]);
    expect((await app.call('GET', `/invitations/preview?token=${token}`)).status).toBe(410);
  });

  it('is only for the invited address, and stays open when somebody else tries', async () => {
    const [bea, carl] = [await app.someone('Bea'), await app.someone('Carl')];
    await invite(bea.email);
    const token = await app.mailedToken(bea.email);
    const wrong = await accept(carl, token);
    expect([wrong.status, wrong.json.code]).toEqual([403, 'invitation-for-somebody-else']);
    expect(wrong.text).not.toContain(bea.email);
    expect((await app.call('POST', '/invitations/accept', { body: { token } })).status).toBe(401);
    expect((await app.call('POST', '/invitations/accept', { as: owner.in(org, 'api-key'), body: { token } })).json.code).toBe(
      'person-required',
    );
    expect((await accept(bea, token)).status).toBe(200);
  });

  it('refuses tokens that are none, changed, or of another organization', async () => {
    const bea = await app.someone('Bea');
    await invite(bea.email);
    const token = await app.mailedToken(bea.email);
    const other = await app.organization(await app.someone());
    const address = Buffer.from(other.replaceAll('-', ''), 'hex').toString('base64url');
    const forged = [`inv_${address}.${token.split('.')[1]}`, `${token.slice(0, -2)}xx`, 'inv_x', newId()];
    for (const bad of forged) {
      expect((await accept(bea, bad)).json.code).toBe('invitation-not-valid');
      expect((await app.call('GET', `/invitations/preview?token=${bad}`)).status).toBe(410);
    }
    expect((await app.call('GET', '/invitations/preview')).status).toBe(400);
    expect((await app.call('POST', '/invitations/accept', { as: bea.in(), body: {} })).status).toBe(422);
  });

  it('ends with its time, and the address can be invited again', async () => {
    const bea = await app.someone('Bea');
    const { json } = await invite(bea.email);
    const token = await app.mailedToken(bea.email);
    await expire(json.id);
    expect((await accept(bea, token)).json.detail).toContain('time is over');
    const expired = await app.call('GET', '/invitations?status=expired', { as: owner.in(org) });
    expect(expired.json.items.map((one: { id: string }) => one.id)).toEqual([json.id]);
    expect((await invite(bea.email)).status).toBe(201);
    expect((await app.call('POST', `/invitations/${json.id}/resend`, { as: owner.in(org) })).status).toBe(429);
    await age(json.id);
    expect((await app.call('POST', `/invitations/${json.id}/resend`, { as: owner.in(org) })).json.code).toBe('already-invited');
  });

  it('is sent again with a new link, which kills the old one, five times and a minute apart', async () => {
    const bea = await app.someone('Bea');
    const { json } = await invite(bea.email);
    const first = await app.mailedToken(bea.email);
    const resend = (): Promise<Answer> => app.call('POST', `/invitations/${json.id}/resend`, { as: owner.in(org) });
    const early = await resend();
    expect([early.status, early.json.code]).toEqual([429, 'invitation-resend-limit']);
    expect(Number(early.headers['retry-after'])).toBeGreaterThan(30);
    await age(json.id);
    const again = await resend();
    expect([again.status, again.json.resends]).toEqual([200, 1]);
    expect((await accept(bea, first)).json.code).toBe('invitation-not-valid');
    const second = await app.mailedToken(bea.email, 2);
    expect(second).not.toBe(first);
    for (let count = 2; count <= 5; count++) {
      await age(json.id);
      expect((await resend()).json.resends).toBe(count);
    }
    await age(json.id);
    expect((await resend()).status).toBe(429);
    expect((await accept(bea, await app.mailedToken(bea.email, 6))).status).toBe(200);
    expect((await resend()).json.code).toBe('invitation-closed');
  });

  it('is not sent again once its role was deleted', async () => {
    const role = await app.call('POST', '/roles', { as: owner.in(org), body: { name: 'Guest', permissions: ['leads:read'] } });
    const { json } = await invite('guest@example.com', 'guest');
    await expire(json.id);
    expect((await app.call('DELETE', `/roles/${role.json.id}`, { as: owner.in(org) })).status).toBe(204);
    await age(json.id);
    const again = await app.call('POST', `/invitations/${json.id}/resend`, { as: owner.in(org) });
    expect([again.status, again.json.code, again.json.detail]).toEqual([409, 'invitation-closed', expect.stringContaining('deleted')]);
  });

  it('lets nobody in whose account is switched off', async () => {
    const bea = await app.someone('Bea');
    await invite(bea.email);
    const token = await app.mailedToken(bea.email);
    await app.database.owner.query('update users set is_active = false where id = $1', [bea.id]);
    const refused = await accept(bea, token);
    expect([refused.status, refused.json.detail]).toEqual([401, expect.stringContaining('switched off')]);
    await app.database.owner.query('update users set is_active = true where id = $1', [bea.id]);
    expect((await accept(bea, token)).status).toBe(200);
  });

  it('is taken back, and then opens nothing', async () => {
    const bea = await app.someone('Bea');
    const { json } = await invite(bea.email);
    const token = await app.mailedToken(bea.email);
    expect((await app.call('DELETE', `/invitations/${json.id}`, { as: owner.in(org) })).status).toBe(204);
    expect((await accept(bea, token)).json.code).toBe('invitation-not-valid');
    expect((await app.call('DELETE', `/invitations/${json.id}`, { as: owner.in(org) })).json.code).toBe('invitation-closed');
    expect((await invite(bea.email)).status).toBe(201);
    expect((await app.audited(org, 'invitation')).map((one) => one.action)).toEqual([
      'invitation.created',
      'invitation.revoked',
      'invitation.created',
    ]);
  });

  it('refuses whom it cannot invite: members, the already invited, nonsense', async () => {
    const member = await app.member(org);
    const already = await invite(member.email);
    expect([already.status, already.json.code]).toEqual([409, 'already-member']);
    const twice = await Promise.all([invite('new@example.com'), invite('New@Example.com')]);
    expect(twice.map((one) => one.status).sort()).toEqual([201, 409]);
    expect(twice.find((one) => one.status === 409)?.json.code).toBe('already-invited');
    expect((await invite('nonsense')).json.errors[0].pointer).toBe('/email');
    expect((await invite('x@example.com', 'emperor')).json.errors[0]).toMatchObject({ pointer: '/role', code: 'one-of' });
    expect((await invite('x@example.com', 'member', await app.member(org, 'manager'))).status).toBe(403);
  });

  it('invites once for one Idempotency-Key', async () => {
    const request = { as: owner.in(org), body: { email: 'once@example.com', role: 'viewer' }, headers: { 'idempotency-key': newId() } };
    const [first, second] = [await app.call('POST', '/invitations', request), await app.call('POST', '/invitations', request)];
    expect([first.status, second.status, second.json]).toEqual([201, 201, first.json]);
    expect((await app.call('GET', '/invitations', { as: owner.in(org) })).json.items).toHaveLength(1);
  });

  it('gives no role above the inviter, when it is made and when it is accepted', async () => {
    const [admin, bea] = [await app.member(org, 'admin'), await app.someone('Bea')];
    expect((await invite(bea.email, 'owner', admin)).json.code).toBe('role-exceeds-yours');
    expect((await invite(bea.email, 'admin', admin)).status).toBe(201);
    const token = await app.mailedToken(bea.email);
    await app.call('PATCH', `/members/${admin.id}`, { as: owner.in(org), body: { role: 'viewer' } });
    const refused = await accept(bea, token);
    expect([refused.status, refused.json.code]).toEqual([409, 'invitation-no-longer-backed']);
    expect((await app.call('GET', '/organization', { as: bea.in(org) })).status).toBe(401);
    await app.call('PATCH', `/members/${admin.id}`, { as: owner.in(org), body: { role: 'admin' } });
    expect((await accept(bea, token)).status).toBe(200);
  });

  it('does not let in by an inviter who left, into a grown role, or into a deactivated organization', async () => {
    const [admin, bea] = [await app.member(org, 'admin'), await app.someone('Bea')];
    const role = await app.call('POST', '/roles', { as: owner.in(org), body: { name: 'Guest', permissions: ['leads:read'] } });
    expect((await invite(bea.email, 'guest', admin)).status).toBe(201);
    const token = await app.mailedToken(bea.email);
    const grow = (permissions: string[]): Promise<Answer> =>
      app.call('PATCH', `/roles/${role.json.id}`, { as: owner.in(org), body: { permissions } });
    await grow(['organization:transfer']);
    expect((await accept(bea, token)).json.code).toBe('invitation-no-longer-backed');
    await grow(['leads:read']);
    await app.call('POST', '/organization/deactivate', { as: owner.in(org) });
    expect((await accept(bea, token)).json.code).toBe('invitation-not-valid');
    await app.call('POST', `/organizations/${org}/reactivate`, { as: owner.in() });
    expect((await app.call('POST', '/members/leave', { as: admin.in(org) })).status).toBe(204);
    expect((await accept(bea, token)).json.code).toBe('invitation-no-longer-backed');
  });

  it('invites a list, and says of each what became of it', async () => {
    const member = await app.member(org);
    const admin = await app.member(org, 'admin');
    const items = [
      { email: 'one@example.com', role: 'viewer' },
      { email: member.email, role: 'viewer' },
      { email: 'two@example.com', role: 'owner' },
      { email: 'three@example.com', role: 'emperor' },
      { email: 'ONE@example.com', role: 'viewer' },
      { email: 'four@example.com', role: 'member' },
    ];
    const { status, json } = await app.call('POST', '/invitations/bulk', { as: admin.in(org), body: { items } });
    expect([status, json.invited, json.refused]).toEqual([200, 2, 4]);
    expect(json.results.map((one: { index: number; problem: { code: string } | null }) => one.problem?.code ?? one.index)).toEqual([
      0,
      'already-member',
      'role-exceeds-yours',
      'validation-failed',
      'already-invited',
      5,
    ]);
    await app.mailedToken('four@example.com');
    const denied = (await app.audited(org, 'invitation')).filter((one) => one.action === 'access.denied');
    expect(denied).toEqual([
      expect.objectContaining({ user_id: admin.id, after: expect.objectContaining({ problem: 'role-exceeds-yours' }) }),
    ]);
    const many = Array.from({ length: 101 }, (_, index) => ({ email: `p${index}@example.com`, role: 'viewer' }));
    expect((await app.call('POST', '/invitations/bulk', { as: owner.in(org), body: { items: many } })).status).toBe(422);
    const bad = await app.call('POST', '/invitations/bulk', { as: owner.in(org), body: { items: [{ email: 'x', role: 'viewer' }] } });
    expect([bad.status, bad.json.errors[0].pointer]).toEqual([422, '/items/0/email']);
  });

  it('lists them newest first in pages, for those who may read them', async () => {
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.unshift((await invite(`${name}@example.com`)).json.id as string);
    const first = await app.call('GET', '/invitations?limit=2&status=pending', { as: (await app.member(org, 'manager')).in(org) });
    const rest = await app.call('GET', `/invitations?limit=2&status=pending&cursor=${first.json.nextCursor}`, { as: owner.in(org) });
    expect([...first.json.items, ...rest.json.items].map((one) => one.id)).toEqual(ids);
    expect(JSON.stringify(first.json)).not.toContain('token');
    expect((await app.call('GET', '/invitations', { as: (await app.member(org, 'viewer')).in(org) })).status).toBe(403);
    expect((await app.call('GET', '/invitations?status=gone', { as: owner.in(org) })).status).toBe(400);
  });

  it('does not know invitations of another organization', async () => {
    const other = await app.someone();
    const elsewhere = await app.organization(other);
    const foreign = await app.call('POST', '/invitations', { as: other.in(elsewhere), body: { email: 'f@example.com', role: 'viewer' } });
    expect((await app.call('DELETE', `/invitations/${foreign.json.id}`, { as: owner.in(org) })).status).toBe(404);
    expect((await app.call('POST', `/invitations/${foreign.json.id}/resend`, { as: owner.in(org) })).status).toBe(404);
    expect((await app.call('GET', '/invitations', { as: owner.in(org) })).json.items).toEqual([]);
  });
});

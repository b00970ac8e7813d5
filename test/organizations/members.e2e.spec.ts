import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/shared/ids.js';
import type { Answer } from '../harness/test-app.js';
import { type OrganizationsApp, type Someone, startOrganizationsApp, until } from './app.js';

describe('members', () => {
  let app: OrganizationsApp;
  let owner: Someone;
  let org: string;
  beforeAll(async () => {
    app = await startOrganizationsApp();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    owner = await app.someone('Olive Owner');
    org = await app.organization(owner);
  });

  const patchRole = (by: Someone, target: Someone, role: string, headers: Record<string, string> = {}) =>
    app.call('PATCH', `/members/${target.id}`, { as: by.in(org), body: { role }, headers });
  const roleOf = async (person: Someone): Promise<string | undefined> =>
    (await app.database.owner.query('select role from memberships where organization_id = $1 and user_id = $2', [org, person.id])).rows[0]
      ?.role as string | undefined;

  describe('reading', () => {
    it('lists them in pages in the order they joined, searched and filtered', async () => {
      const people = [owner];
      for (const role of ['admin', 'member', 'member', 'viewer']) people.push(await app.member(org, role));
      const seen: string[] = [];
      for (let cursor = ''; ;) {
        const page = await app.call('GET', `/members?limit=2${cursor}`, { as: owner.in(org) });
        expect(page.status).toBe(200);
        seen.push(...page.json.items.map((one: { id: string }) => one.id));
        if (page.json.nextCursor === null) break;
        expect(page.headers['link']).toContain('rel="next"');
        cursor = `&cursor=${page.json.nextCursor}`;
      }
      expect(seen.sort()).toEqual(people.map((one) => one.id).sort());
      const byRole = await app.call('GET', '/members?role=member', { as: owner.in(org) });
      expect(byRole.json.items).toHaveLength(2);
      const byName = await app.call('GET', '/members?q=live%20OWN', { as: owner.in(org) });
      expect(byName.json.items).toEqual([expect.objectContaining({ id: owner.id, role: 'owner', status: 'active', version: 1 })]);
      expect((await app.call('GET', '/members?q=%25_', { as: owner.in(org) })).json.items).toEqual([]);
      expect((await app.call('GET', '/members?status=inactive', { as: owner.in(org) })).json.items).toEqual([]);
    });

    it('refuses bad questions and those who may not ask', async () => {
      const typo = await app.call('GET', '/members?statsu=active', { as: owner.in(org) });
      expect([typo.status, typo.json.errors[0].didYouMean]).toEqual([400, 'status']);
      expect((await app.call('GET', '/members?limit=101', { as: owner.in(org) })).status).toBe(400);
      expect((await app.call('GET', '/members', { as: (await app.member(org, 'external')).in(org) })).status).toBe(403);
    });

    it('shows one with its version, and nobody of another organization', async () => {
      const member = await app.member(org);
      const one = await app.call('GET', `/members/${member.id}`, { as: owner.in(org) });
      expect([one.status, one.headers['etag'], one.json.email]).toEqual([200, '"v1"', member.email]);
      const elsewhere = await app.someone();
      await app.organization(elsewhere);
      for (const method of ['GET', 'DELETE'] as const)
        expect((await app.call(method, `/members/${elsewhere.id}`, { as: owner.in(org) })).status).toBe(404);
      expect((await patchRole(owner, elsewhere, 'viewer')).status).toBe(404);
      for (const verb of ['deactivate', 'reactivate'])
        expect((await app.call('POST', `/members/${elsewhere.id}/${verb}`, { as: owner.in(org) })).status).toBe(404);
      expect((await app.call('POST', '/organization/transfer', { as: owner.in(org), body: { userId: elsewhere.id } })).status).toBe(404);
      expect((await app.call('GET', '/members/not-an-id', { as: owner.in(org) })).status).toBe(404);
      expect((await app.call('GET', `/members/${newId()}`, { as: owner.in(org) })).status).toBe(404);
    });
  });

  describe('roles', () => {
    it('change at once, with the record of before and after', async () => {
      const member = await app.member(org);
      expect((await app.call('GET', '/invitations', { as: member.in(org) })).status).toBe(403);
      const changed = await patchRole(owner, member, 'manager');
      expect([changed.status, changed.json.role, changed.json.version]).toEqual([200, 'manager', 2]);
      await until(async () => (await app.call('GET', '/invitations', { as: member.in(org) })).status === 200);
      const [record] = await app.audited(org, 'member');
      expect(record).toMatchObject({
        action: 'member.role-changed',
        resource_id: member.id,
        user_id: owner.id,
        before: { role: 'member' },
        after: { role: 'manager' },
      });
    });

    it('must exist, and a near miss is named', async () => {
      const refused = await patchRole(owner, await app.member(org), 'managre');
      expect([refused.status, refused.json.errors[0].didYouMean]).toEqual([422, 'manager']);
      expect((await app.call('PATCH', `/members/${owner.id}`, { as: owner.in(org), body: {} })).status).toBe(422);
    });

    it('change only from the version that was read, when one is named', async () => {
      const member = await app.member(org);
      expect((await patchRole(owner, member, 'viewer', { 'if-match': '"v1"' })).status).toBe(200);
      expect((await patchRole(owner, member, 'manager', { 'if-match': '"v1"' })).status).toBe(412);
      expect(await roleOf(member)).toBe('viewer');
    });

    it('are not changed by those who may not manage members', async () => {
      const [manager, member] = [await app.member(org, 'manager'), await app.member(org)];
      expect((await patchRole(manager, member, 'viewer')).status).toBe(403);
      expect((await patchRole(member, member, 'owner')).status).toBe(403);
    });

    it('let no admin touch an owner or make one, and record the attempt', async () => {
      const [admin, member] = [await app.member(org, 'admin'), await app.member(org)];
      expect((await patchRole(admin, owner, 'viewer')).json.code).toBe('owner-protected');
      expect((await app.call('DELETE', `/members/${owner.id}`, { as: admin.in(org) })).json.code).toBe('owner-protected');
      expect((await app.call('POST', `/members/${owner.id}/deactivate`, { as: admin.in(org) })).json.code).toBe('owner-protected');
      const promotion = await patchRole(admin, member, 'owner');
      expect([promotion.status, promotion.json.code, promotion.json.missingPermissions]).toEqual([
        403,
        'role-exceeds-yours',
        ['organization:transfer', 'organization:deactivate'],
      ]);
      expect((await patchRole(admin, admin, 'owner')).json.code).toBe('role-exceeds-yours');
      expect(await roleOf(member)).toBe('member');
      const refusals = (await app.audited(org)).filter((one) => one.action === 'access.denied');
      expect(refusals).toHaveLength(5);
      expect(refusals[0]).toMatchObject({ user_id: admin.id, resource_id: owner.id, after: { problem: 'owner-protected' } });
    });

    it('let nobody change a member who may do more than they', async () => {
      const role = await app.call('POST', '/roles', {
        as: owner.in(org),
        body: { name: 'Clerk', permissions: ['members:read', 'members:manage', 'leads:read'] },
      });
      expect(role.status).toBe(201);
      const clerk = await app.member(org);
      expect((await patchRole(owner, clerk, 'clerk')).status).toBe(200);
      const [manager, external] = [await app.member(org, 'manager'), await app.member(org, 'external')];
      await until(async () => (await app.call('GET', '/members', { as: clerk.in(org) })).status === 200);
      await app.database.owner.query(
        `update memberships set role = 'clerk', custom_role_id = $3 where organization_id = $1 and user_id = $2`,
        [org, external.id, role.json.id],
      );
      expect((await patchRole(clerk, manager, 'clerk')).json.code).toBe('member-outranks-you');
      expect((await patchRole(clerk, external, 'external')).json.code).toBe('role-exceeds-yours');
      expect((await app.call('POST', `/members/${external.id}/deactivate`, { as: clerk.in(org) })).status).toBe(200);
    });
  });

  describe('coming and going', () => {
    it('switches a member off here only, and on again', async () => {
      const member = await app.member(org, 'viewer');
      const elsewhere = await app.organization(member);
      const off = await app.call('POST', `/members/${member.id}/deactivate`, { as: owner.in(org) });
      expect([off.status, off.json.status]).toEqual([200, 'inactive']);
      await until(async () => (await app.call('GET', '/organization', { as: member.in(org) })).status === 401);
      expect((await app.call('GET', '/organization', { as: member.in(elsewhere) })).status).toBe(200);
      const mine = await app.call('GET', '/organizations', { as: member.in() });
      expect(mine.json.items.find((one: { id: string }) => one.id === org)).toMatchObject({ membershipStatus: 'inactive', role: 'viewer' });
      expect((await app.call('POST', `/members/${member.id}/reactivate`, { as: owner.in(org) })).json.status).toBe('active');
      expect((await app.call('GET', '/organization', { as: member.in(org) })).status).toBe(200);
      expect((await app.audited(org, 'member')).map((one) => one.action)).toEqual(['member.deactivated', 'member.reactivated']);
    });

    it('makes no new version and no record of the role somebody has, or of switching off whoever is off', async () => {
      const member = await app.member(org);
      const off = (): Promise<Answer> => app.call('POST', `/members/${member.id}/deactivate`, { as: owner.in(org) });
      const same = await patchRole(owner, member, 'member');
      expect([same.status, same.json.role, same.json.version]).toEqual([200, 'member', 1]);
      const [first, second] = [await off(), await off()];
      expect([second.status, second.json]).toEqual([200, first.json]);
      expect(await app.audited(org, 'member')).toHaveLength(1);
    });

    it('removes a member at once', async () => {
      const member = await app.member(org);
      expect((await app.call('GET', '/organization', { as: member.in(org) })).status).toBe(200);
      expect((await app.call('DELETE', `/members/${member.id}`, { as: owner.in(org) })).status).toBe(204);
      await until(async () => (await app.call('GET', '/organization', { as: member.in(org) })).status === 401);
      expect(await roleOf(member)).toBeUndefined();
      expect((await app.call('DELETE', `/members/${member.id}`, { as: owner.in(org) })).status).toBe(404);
    });

    it('lets people leave, but not the last owner, and no API key for them', async () => {
      const member = await app.member(org);
      expect((await app.call('POST', '/members/leave', { as: member.in(org, 'api-key') })).json.code).toBe('person-required');
      expect((await app.call('POST', '/members/leave', { as: member.in() })).json.code).toBe('organization-required');
      expect((await app.call('POST', '/members/leave', { as: member.in(org) })).status).toBe(204);
      expect(await roleOf(member)).toBeUndefined();
      const last = await app.call('POST', '/members/leave', { as: owner.in(org) });
      expect([last.status, last.json.code]).toEqual([409, 'last-owner']);
    });

    it('keeps the last owner an active owner, whatever is tried', async () => {
      expect((await patchRole(owner, owner, 'admin')).json.code).toBe('last-owner');
      expect((await app.call('POST', `/members/${owner.id}/deactivate`, { as: owner.in(org) })).json.code).toBe('last-owner');
      expect((await app.call('DELETE', `/members/${owner.id}`, { as: owner.in(org) })).json.code).toBe('last-owner');
      const sleeping = await app.member(org, 'owner');
      await app.database.owner.query(`update memberships set status = 'inactive' where organization_id = $1 and user_id = $2`, [
        org,
        sleeping.id,
      ]);
      expect((await patchRole(owner, owner, 'admin')).json.code).toBe('last-owner');
      await app.member(org, 'owner');
      expect((await patchRole(owner, owner, 'admin')).status).toBe(200);
    });
  });

  describe('transfer of ownership', () => {
    it('makes another the owner and steps back', async () => {
      const heir = await app.member(org, 'viewer');
      const done = await app.call('POST', '/organization/transfer', {
        as: owner.in(org),
        body: { userId: heir.id, myRoleAfter: 'viewer' },
      });
      expect([done.status, done.json.owner.role, done.json.formerOwner.role]).toEqual([200, 'owner', 'viewer']);
      expect([await roleOf(heir), await roleOf(owner)]).toEqual(['owner', 'viewer']);
      await until(
        async () => (await app.call('POST', '/organization/transfer', { as: owner.in(org), body: { userId: heir.id } })).status === 403,
      );
    });

    it('is refused to a role that carries the permission without owning', async () => {
      const body = { name: 'Deputy', permissions: ['organization:transfer'] };
      expect((await app.call('POST', '/roles', { as: owner.in(org), body })).status).toBe(201);
      const [deputy, friend] = [await app.member(org, 'viewer'), await app.member(org)];
      expect((await patchRole(owner, deputy, 'deputy')).status).toBe(200);
      const refused = await app.call('POST', '/organization/transfer', { as: deputy.in(org), body: { userId: friend.id } });
      expect([refused.status, refused.json.code]).toEqual([403, 'owner-only']);
      expect([await roleOf(owner), await roleOf(friend)]).toEqual(['owner', 'member']);
    });

    it('is for owners, among active members, and not to oneself', async () => {
      const [admin, sleeper] = [await app.member(org, 'admin'), await app.member(org)];
      expect((await app.call('POST', '/organization/transfer', { as: admin.in(org), body: { userId: admin.id } })).status).toBe(403);
      expect((await app.call('POST', '/organization/transfer', { as: owner.in(org), body: { userId: owner.id } })).json.code).toBe(
        'not-yourself',
      );
      expect((await app.call('POST', '/organization/transfer', { as: owner.in(org), body: { userId: 'x' } })).status).toBe(422);
      await app.call('POST', `/members/${sleeper.id}/deactivate`, { as: owner.in(org) });
      expect((await app.call('POST', '/organization/transfer', { as: owner.in(org), body: { userId: sleeper.id } })).json.code).toBe(
        'member-inactive',
      );
    });
  });
});

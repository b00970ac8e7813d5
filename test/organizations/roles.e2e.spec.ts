import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PERMISSIONS, ROLE_PERMISSIONS, SYSTEM_ROLES } from '../../src/platform/access/permissions.js';
import { newId } from '../../src/shared/ids.js';
import type { Answer } from '../harness/test-app.js';
import { type OrganizationsApp, type Someone, startOrganizationsApp, until } from './app.js';

describe('roles and access', () => {
  let app: OrganizationsApp;
  let owner: Someone;
  let org: string;
  beforeAll(async () => {
    app = await startOrganizationsApp();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    owner = await app.someone('Olive');
    org = await app.organization(owner);
  });

  const makeRole = (body: object, by = owner): Promise<Answer> => app.call('POST', '/roles', { as: by.in(org), body });
  const give = (person: Someone, role: string): Promise<Answer> =>
    app.call('PATCH', `/members/${person.id}`, { as: owner.in(org), body: { role } });

  it('lists the roles every organization has, and its own', async () => {
    await makeRole({ name: 'Deal desk', permissions: ['leads:update', 'leads:read'] });
    const { json } = await app.call('GET', '/roles', { as: owner.in(org) });
    expect(json.items.map((one: { key: string }) => one.key)).toEqual([...SYSTEM_ROLES, 'deal-desk']);
    expect(json.items[1]).toMatchObject({
      id: null,
      kind: 'system',
      permissions: ROLE_PERMISSIONS.admin,
      isAssignable: true,
      version: null,
    });
    expect(json.items.at(-1)).toMatchObject({ kind: 'custom', name: 'Deal desk', permissions: ['leads:read', 'leads:update'], version: 1 });
    const viewer = await app.member(org, 'viewer');
    const seen = (await app.call('GET', '/roles', { as: viewer.in(org) })).json.items as { key: string; isAssignable: boolean }[];
    expect(seen.filter((one) => one.isAssignable).map((one) => one.key)).toEqual(['viewer', 'external']);
    expect((await app.call('GET', '/roles', { as: (await app.member(org, 'external')).in(org) })).status).toBe(403);
  });

  it('shows every permission with who holds it', async () => {
    const { json } = await app.call('GET', '/permissions', { as: (await app.member(org, 'viewer')).in(org) });
    expect(json.items.map((one: { permission: string }) => one.permission)).toEqual([...PERMISSIONS]);
    expect(json.items.find((one: { permission: string }) => one.permission === 'leads:delete')).toEqual({
      permission: 'leads:delete',
      resource: 'leads',
      action: 'delete',
      roles: ['owner', 'admin', 'manager'],
      isHeld: false,
    });
    expect((await app.call('GET', '/permissions')).status).toBe(401);
  });

  it('makes, changes and deletes a role of its own, all recorded', async () => {
    const made = await makeRole({ name: 'Deal desk', description: 'Prices', permissions: ['leads:read'] });
    expect(made.status).toBe(201);
    const changed = await app.call('PATCH', `/roles/${made.json.id}`, {
      as: owner.in(org),
      body: { name: 'Desk', description: null },
      headers: { 'if-match': '"v1"' },
    });
    expect(changed.json).toMatchObject({ key: 'deal-desk', name: 'Desk', description: '', permissions: ['leads:read'], version: 2 });
    expect(changed.headers['etag']).toBe('"v2"');
    expect(
      (await app.call('PATCH', `/roles/${made.json.id}`, { as: owner.in(org), body: { name: 'X1' }, headers: { 'if-match': '"v1"' } }))
        .status,
    ).toBe(412);
    expect((await app.call('DELETE', `/roles/${made.json.id}`, { as: owner.in(org) })).status).toBe(204);
    expect((await app.call('DELETE', `/roles/${made.json.id}`, { as: owner.in(org) })).status).toBe(404);
    const records = await app.audited(org, 'role');
    expect(records.map((one) => one.action)).toEqual(['role.created', 'role.updated', 'role.deleted']);
    expect(records[1]).toMatchObject({ before: { name: 'Deal desk' }, after: { name: 'Desk' } });
  });

  it('refuses names that are taken or say nothing, and permissions that do not exist', async () => {
    await makeRole({ name: 'Deal desk', permissions: ['leads:read'] });
    const again = await makeRole({ name: 'deal  DESK', permissions: ['leads:read'] });
    expect([again.status, again.json.code, again.json.errors[0].pointer]).toEqual([409, 'role-name-taken', '/name']);
    expect((await makeRole({ name: 'Owner', permissions: ['leads:read'] })).json.code).toBe('role-name-taken');
    expect((await makeRole({ name: '123', permissions: ['leads:read'] })).status).toBe(422);
    const unknown = await makeRole({ name: 'Other', permissions: ['leads:fly'] });
    expect([unknown.status, unknown.json.errors[0].pointer]).toEqual([422, '/permissions']);
    expect((await makeRole({ name: 'None', permissions: [] })).status).toBe(422);
  });

  it('gives nobody a role that holds more than they do, by making, changing or weakening', async () => {
    const chief = await makeRole({
      name: 'Chief',
      permissions: ['roles:read', 'roles:manage', 'members:manage', 'members:read', 'leads:read'],
    });
    const strong = await makeRole({ name: 'Strong', permissions: ['audit:export', 'leads:read'] });
    const person = await app.member(org);
    await give(person, 'chief');
    const more = await makeRole({ name: 'More', permissions: ['leads:read', 'audit:read'] }, person);
    expect([more.status, more.json.code, more.json.missingPermissions]).toEqual([403, 'role-exceeds-yours', ['audit:read']]);
    const weak = await makeRole({ name: 'Weak', permissions: ['leads:read'] }, person);
    expect(weak.status).toBe(201);
    const grown = await app.call('PATCH', `/roles/${weak.json.id}`, {
      as: person.in(org),
      body: { permissions: ['organization:transfer'] },
    });
    expect(grown.json.code).toBe('role-exceeds-yours');
    const own = await app.call('PATCH', `/roles/${chief.json.id}`, { as: person.in(org), body: { permissions: [...PERMISSIONS] } });
    expect(own.json.code).toBe('role-exceeds-yours');
    const weakened = await app.call('PATCH', `/roles/${strong.json.id}`, { as: person.in(org), body: { permissions: ['leads:read'] } });
    expect(weakened.json.code).toBe('role-exceeds-yours');
    expect((await app.call('DELETE', `/roles/${strong.json.id}`, { as: person.in(org) })).json.code).toBe('role-exceeds-yours');
    expect((await makeRole({ name: 'Any', permissions: ['leads:read'] }, await app.member(org, 'manager'))).status).toBe(403);
  });

  it('changes what its members may do at once, and is not deleted while somebody has it', async () => {
    const role = await makeRole({ name: 'Guest', permissions: ['members:read'] });
    const person = await app.member(org);
    await give(person, 'guest');
    expect((await app.call('GET', '/members', { as: person.in(org) })).status).toBe(200);
    await app.call('PATCH', `/roles/${role.json.id}`, { as: owner.in(org), body: { permissions: ['leads:read'] } });
    await until(async () => (await app.call('GET', '/members', { as: person.in(org) })).status === 403);
    const refused = await app.call('DELETE', `/roles/${role.json.id}`, { as: owner.in(org) });
    expect([refused.status, refused.json.code, refused.json.members]).toEqual([409, 'role-in-use', 1]);
    await give(person, 'viewer');
    await app.call('POST', '/invitations', { as: owner.in(org), body: { email: 'new@example.com', role: 'guest' } });
    expect((await app.call('DELETE', `/roles/${role.json.id}`, { as: owner.in(org) })).json).toMatchObject({
      code: 'role-in-use',
      members: 0,
      invitations: 1,
    });
  });

  it('are at most a hundred of an organization', async () => {
    const fill = `insert into roles (organization_id, id, key, name, description, permissions, created_at, updated_at)
      select $1, gen_random_uuid(), 'filled-' || n, 'Filled ' || n, '', '{leads:read}', now(), now() from generate_series(1, 99) n`;
    await app.database.owner.query(fill, [org]);
    const answers = await Promise.all(['Last', 'Beyond'].map((name) => makeRole({ name, permissions: ['leads:read'] })));
    expect(answers.map((one) => [one.status, one.json.code]).sort()).toEqual([
      [201, undefined],
      [409, 'role-limit'],
    ]);
  });

  it('never deletes a role in the moment it is given', async () => {
    for (let round = 0; round < 10; round++) {
      const role = await makeRole({ name: `Round ${round}`, permissions: ['leads:read'] });
      const person = await app.member(org, 'viewer');
      const [given, deleted] = await Promise.all([
        give(person, role.json.key as string),
        app.call('DELETE', `/roles/${role.json.id}`, { as: owner.in(org) }),
      ]);
      const orphans = await app.database.owner.query(
        `select 1 from memberships m where m.organization_id = $1 and m.custom_role_id is not null and not exists (select 1 from roles r where r.id = m.custom_role_id)`,
        [org],
      );
      expect(orphans.rows).toEqual([]);
      // Whoever comes second learns it: the role is in use, or there is no such role.
      expect([
        [200, 409],
        [422, 204],
      ]).toContainEqual([given.status, deleted.status]);
    }
  });

  it('does not know roles of another organization', async () => {
    const other = await app.someone();
    const elsewhere = await app.organization(other);
    const foreign = await app.call('POST', '/roles', { as: other.in(elsewhere), body: { name: 'Foreign', permissions: ['leads:read'] } });
    expect((await app.call('PATCH', `/roles/${foreign.json.id}`, { as: owner.in(org), body: { name: 'Mine' } })).status).toBe(404);
    expect((await app.call('DELETE', `/roles/${foreign.json.id}`, { as: owner.in(org) })).status).toBe(404);
    expect((await give(await app.member(org), 'foreign')).status).toBe(422);
  });

  describe('explaining', () => {
    const explain = (by: Someone, query: string): Promise<Answer> => app.call('GET', `/access/explain?${query}`, { as: by.in(org) });

    it('says why something is allowed or denied to oneself', async () => {
      await makeRole({ name: 'Cleaner', permissions: ['leads:delete'] });
      await makeRole({ name: 'Reader', permissions: ['leads:read'] });
      const viewer = await app.member(org, 'viewer');
      const denied = await explain(viewer, 'permission=leads:delete');
      expect(denied.json).toMatchObject({
        isAllowed: false,
        role: 'viewer',
        summary: 'Denied: The role viewer does not hold leads:delete.',
        rolesThatAllow: ['owner', 'admin', 'manager', 'cleaner'],
      });
      expect((await explain(viewer, 'permission=leads:read')).json).toMatchObject({
        isAllowed: true,
        summary: 'Allowed: The role viewer holds leads:read.',
      });
      const me = await app.call('GET', '/access/me', { as: viewer.in(org) });
      expect(me.json).toEqual({
        organizationId: org,
        userId: viewer.id,
        actorType: 'user',
        role: 'viewer',
        permissions: [...ROLE_PERMISSIONS.viewer].sort(),
      });
    });

    it('names the first thing that stands in the way of others, for those who manage members', async () => {
      const manager = await app.member(org, 'manager');
      const steps = async (): Promise<Record<string, boolean>> =>
        Object.fromEntries(
          (await explain(owner, `permission=leads:delete&userId=${manager.id}`)).json.steps.map(
            (one: { step: string; passed: boolean }) => [one.step, one.passed],
          ),
        );
      expect(await steps()).toEqual({ organization: true, account: true, membership: true, role: true });
      await app.call('POST', `/members/${manager.id}/deactivate`, { as: owner.in(org) });
      expect(await steps()).toEqual({ organization: true, account: true, membership: false, role: true });
      await app.database.owner.query('update users set is_active = false where id = $1', [manager.id]);
      expect((await explain(owner, `permission=leads:delete&userId=${manager.id}`)).json.summary).toBe(
        'Denied: The account is switched off.',
      );
    });

    it('is refused about others without members:manage, unknown people and unknown permissions', async () => {
      const viewer = await app.member(org, 'viewer');
      expect((await explain(viewer, `permission=leads:read&userId=${owner.id}`)).status).toBe(403);
      expect((await explain(viewer, `permission=leads:read&userId=${viewer.id}`)).status).toBe(200);
      expect((await explain(owner, `permission=leads:read&userId=${newId()}`)).status).toBe(404);
      const typo = await explain(owner, 'permission=leads:delet');
      expect([typo.status, typo.json.errors[0].didYouMean]).toEqual([400, 'leads:delete']);
      expect((await app.call('GET', '/access/explain?permission=leads:read', { as: owner.in() })).json.code).toBe('organization-required');
      expect((await app.call('GET', '/access/me', { as: owner.in() })).json.code).toBe('organization-required');
    });
  });
});

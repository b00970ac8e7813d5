import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MemberDirectory } from '../../src/features/organizations/index.js';
import { ROLE_PERMISSIONS } from '../../src/platform/access/permissions.js';
import type { Problem } from '../../src/platform/http/problems/problem.js';
import { newId } from '../../src/shared/ids.js';
import { scopeOf, type Services, startServices } from './services.js';

describe('the facade of organizations', () => {
  let services: Services;
  beforeAll(async () => {
    services = await startServices({ ALLOWED_COUNTRIES: 'FR,DE', DEFAULT_BASE_CURRENCY: 'EUR' });
  });
  afterAll(() => services.close());

  it('makes an organization whose maker owns it, with defaults, and records it there', async () => {
    const ana = await services.person('Ana Reis');
    const { id, owner } = await services.organization(ana);
    const { rows } = await services.database.owner.query('select * from organizations where id = $1', [id]);
    expect(rows[0]).toMatchObject({
      name: 'Acme',
      country: 'FR',
      base_currency: 'EUR',
      time_zone: 'UTC',
      status: 'active',
      created_by: ana.id,
    });
    expect(await services.memberships.grantFor(owner)).toEqual({ role: 'owner', permissions: ROLE_PERMISSIONS.owner });
    const audit = await services.database.owner.query(
      `select organization_id, user_id, after from audit_events where action = 'organization.created' and resource_id = $1`,
      [id],
    );
    expect(audit.rows).toEqual([
      { organization_id: id, user_id: ana.id, after: expect.objectContaining({ name: 'Acme', ownerId: ana.id }) },
    ]);
  });

  it('answers a grant in one statement, and none to strangers or without an organization', async () => {
    const ana = await services.person('Ana');
    const { id, owner } = await services.organization(ana);
    const scope = { ...owner, cost: { statements: 0, ms: 0 } };
    await services.memberships.grantFor(scope);
    expect(scope.cost.statements).toBe(1);
    expect(await services.memberships.grantFor(scopeOf(newId(), id))).toBeUndefined();
    expect(await services.memberships.grantFor(scopeOf(ana.id))).toBeUndefined();
  });

  it('grants nothing to an inactive member or in a deactivated organization', async () => {
    const ana = await services.person('Ana');
    const { id, owner } = await services.organization(ana);
    await services.database.owner.query(`update memberships set status = 'inactive' where organization_id = $1`, [id]);
    expect(await services.memberships.grantFor(owner)).toBeUndefined();
    await services.database.owner.query(`update memberships set status = 'active' where organization_id = $1`, [id]);
    expect(await services.memberships.grantFor(owner)).toBeDefined();
    await services.database.owner.query(`update organizations set status = 'deactivated' where id = $1`, [id]);
    expect(await services.memberships.grantFor(owner)).toBeUndefined();
    expect(await services.memberships.organizationsOf(owner)).toEqual([
      { organizationId: id, name: 'Acme', role: 'owner', isActive: false },
    ]);
  });

  it('grants what a custom role holds, and nothing the code does not know', async () => {
    const ana = await services.person('Ana');
    const { id, owner } = await services.organization(ana);
    const role = newId();
    await services.database.owner.query(
      `insert into roles (organization_id, id, key, name, permissions) values ($1, $2, 'clerk', 'Clerk', $3)`,
      [id, role, ['leads:read', 'rockets:launch']],
    );
    await services.database.owner.query(`update memberships set role = 'clerk', custom_role_id = $2 where organization_id = $1`, [
      id,
      role,
    ]);
    expect(await services.memberships.grantFor(owner)).toEqual({ role: 'clerk', permissions: ['leads:read'] });
  });

  it('lists the organizations of a person with none chosen, and only theirs', async () => {
    const [ana, bo] = [await services.person('Ana'), await services.person('Bo')];
    const first = await services.organization(ana, 'First');
    const second = await services.organization(ana, 'Second');
    await services.organization(bo, 'Other');
    expect(await services.memberships.organizationsOf(scopeOf(ana.id))).toEqual([
      { organizationId: first.id, name: 'First', role: 'owner', isActive: true },
      { organizationId: second.id, name: 'Second', role: 'owner', isActive: true },
    ]);
  });

  it('refuses a country the operator does not allow, and says which are', async () => {
    const scope = scopeOf((await services.person('Ana')).id);
    const attempt = services.db.write(scope, (tx) =>
      services.organizations.create(tx, scope, { name: 'X', country: 'US', baseCurrency: 'EURO' }),
    );
    const failure = (await attempt.catch((error: unknown) => error)) as Problem;
    expect(failure.details.errors).toEqual([
      expect.objectContaining({ pointer: '/country', code: 'country-not-allowed', validOptions: ['FR', 'DE'] }),
      expect.objectContaining({ pointer: '/baseCurrency', code: 'currency', didYouMean: 'EUR' }),
    ]);
  });

  it('names the active members of an organization and its currency to other features', async () => {
    const [ana, bo] = [await services.person('Ana'), await services.person('Bo')];
    const { id, owner } = await services.organization(ana);
    await services.database.owner.query(
      `insert into memberships (organization_id, user_id, role, status) values ($1, $2, 'member', 'inactive')`,
      [id, bo.id],
    );
    const directory = new MemberDirectory();
    expect(await services.db.read(owner, (tx) => directory.activeMembers(tx))).toEqual([{ id: ana.id, email: ana.email, name: 'Ana' }]);
    expect(await services.db.read(owner, (tx) => directory.baseCurrency(tx))).toBe('EUR');
    expect(await services.db.read(scopeOf(newId(), newId()), (tx) => directory.activeMembers(tx))).toEqual([]);
  });

  it('keeps the organization of the scope chosen after making another', async () => {
    const ana = await services.person('Ana');
    const { id, owner } = await services.organization(ana);
    const setting = await services.db.write(owner, async (tx) => {
      await services.organizations.create(tx, owner, { name: 'Second', country: 'DE' });
      return tx.first<{ organization: string }>(`select current_setting('app.organization_id') as organization`);
    });
    expect(setting).toEqual({ organization: id });
  });
});

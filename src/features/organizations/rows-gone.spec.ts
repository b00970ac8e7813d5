import { describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '../../platform/access/permissions.js';
import { ManualClock } from '../../platform/clock/clock.js';
import { loadSettings } from '../../platform/config/load-settings.js';
import type { Database } from '../../platform/database/database.js';
import { anonymousScope, type Scope, scopeIn } from '../../platform/database/scope.js';
import type { Tx } from '../../platform/database/tx.js';
import { Problem } from '../../platform/http/problems/problem.js';
import { newId } from '../../shared/ids.js';
import type { AuditTrail } from '../audit/index.js';
import type { Inviting } from './invitations/inviting.js';
import { InvitationsService } from './invitations/invitations.service.js';
import type { Invitations } from './invitations/invitations.js';
import { OpenInvitationsService } from './invitations/open-invitations.service.js';
import { MemberChanges } from './members/member-changes.js';
import { lockMembers } from './members/members.repository.js';
import { NotYourself } from './organizations.errors.js';
import type { PageCursors } from './page-cursors.js';
import { Refusals } from './refusals.js';
import { AccessService } from './roles/access.service.js';
import { AssignableRoles } from './roles/assignable-roles.js';
import { permissionsOf } from './roles/role-rules.js';
import { usesOfRole } from './roles/roles.repository.js';
import { OrganizationSettingsService } from './settings/organization-settings.service.js';
import { type OrganizationRow, updateOrganization } from './settings/organizations.repository.js';

const scope: Scope = { ...scopeIn(anonymousScope('test', null), newId()), permissions: new Set(PERMISSIONS) };
const clock = new ManualClock();

/** A transaction whose statements answer these rows, one after the other, and then none. */
function txOf(...answers: object[][]): Tx {
  const left = [...answers];
  const query = (): Promise<object[]> => Promise.resolve(left.shift() ?? []);
  return { scope, query, first: async () => (await query())[0] } as unknown as Tx;
}

const databaseOn = (tx: Tx): Database => {
  const run = (_: Scope, work: (tx: Tx) => unknown): unknown => work(tx);
  return { read: run, write: run } as unknown as Database;
};

describe('a row that is gone when it is written or read again', () => {
  it('is not taken for a changed organization', async () => {
    await expect(updateOrganization(txOf(), { id: newId() } as OrganizationRow, 'now')).rejects.toThrow('is gone');
  });

  it('has no settings to read or to change', async () => {
    const settings = loadSettings({ NODE_ENV: 'test', SECRET_KEY: 'a'.repeat(64), LOG_LEVEL: 'silent' });
    const [db, unused] = [databaseOn(txOf()), null as never];
    const service = new OrganizationSettingsService(db, unused, unused, clock, settings, unused);
    await expect(service.current(scope)).rejects.toMatchObject({ definition: { code: 'not-found' } });
    await expect(service.update(scope, { name: 'Acme' })).rejects.toMatchObject({ definition: { code: 'not-found' } });
  });

  it('leaves somebody who is removed this moment without a role', async () => {
    const own = await new AccessService(databaseOn(txOf()), null as unknown as Refusals).own(scope);
    expect(own).toMatchObject({ organizationId: scope.organizationId, role: null });
  });

  it('is not taken for a role that nobody uses', async () => {
    await expect(usesOfRole(txOf(), { id: newId(), key: 'guest' }, 'now')).rejects.toThrow('answered none');
  });

  it('leaves a member whose role it was without permissions', async () => {
    const [member] = await lockMembers(txOf([{ userId: newId(), role: 'guest', customRoleId: newId(), status: 'active' }]), []);
    expect(member).toMatchObject({ role: 'guest', customPermissions: [] });
    expect(permissionsOf(member)).toEqual([]);
  });

  it('is answered like a member who never was', async () => {
    const changes = new MemberChanges(null as unknown as AuditTrail, null as never, clock);
    await expect(changes.view(txOf(), newId())).rejects.toMatchObject({ definition: { code: 'not-found' } });
  });

  it('is not sent again as an invitation', async () => {
    const open = { status: 'pending', resends: 0, lastRequestedAt: '2000-01-01T00:00:00.000Z', role: 'viewer' };
    const owner = [{ role: 'owner', customPermissions: null }];
    const sent: string[] = [];
    const inviting = { end: () => 'later', send: (_: Tx, id: string) => Promise.resolve(sent.push(id)) } as unknown as Inviting;
    const audit = { record: () => Promise.resolve() } as unknown as AuditTrail;
    const resend = (tx: Tx): Promise<unknown> => {
      const db = databaseOn(tx);
      return new OpenInvitationsService(db, inviting, new AssignableRoles(), audit, clock, new Refusals(db, audit)).resend(scope, 'i');
    };
    await expect(resend(txOf([open], owner, []))).rejects.toMatchObject({ definition: { code: 'not-found' } });
    expect(sent).toEqual([]);
    await expect(resend(txOf([open], owner, [{ ...open, resends: 1 }]))).resolves.toMatchObject({ resends: 1 });
    expect(sent).toEqual(['i']);
  });
});

describe('inviting a list', () => {
  const tx = txOf();
  const items = [{ email: 'a@example.com', role: 'viewer' }];
  const inviteAll = (failure: Error): Promise<unknown> => {
    const inviting = { prepare: () => Promise.resolve(() => Promise.reject(failure)) } as unknown as Inviting;
    const db = databaseOn(tx);
    const refusals = new Refusals(db, null as unknown as AuditTrail);
    const service = new InvitationsService(db, inviting, null as unknown as Invitations, null as unknown as PageCursors, refusals, clock);
    return service.inviteAll(scope, { items });
  };

  it('says what a rule said, also when it gave no detail', async () => {
    expect(await inviteAll(NotYourself())).toMatchObject({
      refused: 1,
      results: [{ outcome: 'refused', problem: { code: 'not-yourself', title: 'This cannot be done to yourself' } }],
    });
  });

  it('fails as a whole when something broke, so that nothing half done is kept', async () => {
    await expect(inviteAll(new Error('connection lost'))).rejects.toThrow('connection lost');
    const broken = new Problem({ code: 'broken', status: 503, title: 'Broken' });
    await expect(inviteAll(broken)).rejects.toBe(broken);
  });
});

import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import { EditConflict, NotFound } from '../../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { assertOrganizationChosen, assertPerson } from '../callers.js';
import { PAGE_SIZE } from '../organizations.shapes.js';
import { PageCursors } from '../page-cursors.js';
import { Refusals } from '../refusals.js';
import { AssignableRoles, assertMayGive } from '../roles/assignable-roles.js';
import { MemberChanges } from './member-changes.js';
import { assertMayChange, assertOwnerRemains } from './member-rules.js';
import { findMember, type MemberRow, type MemberStatus, pageOfMembers } from './members.repository.js';
import type { ListMembers, UpdateMember } from './members.shapes.js';

/** The members of the current organization. */
@Injectable()
export class MembersService {
  constructor(
    private readonly db: Database,
    private readonly changes: MemberChanges,
    private readonly roles: AssignableRoles,
    private readonly cursors: PageCursors,
    private readonly refusals: Refusals,
  ) {}

  async list(scope: Scope, { cursor, limit = PAGE_SIZE, q, role, status }: ListMembers): Promise<PageOf<MemberRow>> {
    const filter = { role: role ?? null, status: status ?? null, search: q?.trim() ?? null };
    const list = ['members', scope.organizationId, filter.role, filter.status, filter.search];
    const [joinedAt, id] = this.cursors.read(cursor, list) ?? [];
    const after = joinedAt === undefined || id === undefined ? undefined : { joinedAt, id };
    const rows = await this.db.read(scope, (tx) => pageOfMembers(tx, { ...filter, after, limit: limit + 1 }));
    return this.cursors.page(rows, limit, list, (row) => [row.joinedAt, row.id]);
  }

  async one(scope: Scope, id: string): Promise<MemberRow> {
    const member = await this.db.read(scope, (tx) => findMember(tx, id));
    if (!member) throw NotFound();
    return member;
  }

  changeRole(scope: Scope, id: string, { role: key }: UpdateMember): Promise<MemberRow> {
    return this.guarded(scope, id, () =>
      this.db.write(scope, async (tx) => {
        const { changer, target, members } = await this.changes.lock(tx, id, 'members:manage');
        if (scope.ifMatch !== undefined && scope.ifMatch !== target.version)
          throw EditConflict({ detail: `The member is at version ${target.version} now.` });
        assertMayChange(changer, target);
        const role = await this.roles.require(tx, key);
        assertMayGive(role.permissions, changer.held);
        const after = { role: role.role, customRoleId: role.customRoleId, status: target.status };
        assertOwnerRemains(members, target, after);
        return target.role === after.role ? this.changes.view(tx, id) : this.changes.update(tx, target, after, 'member.role-changed');
      }),
    );
  }

  /** Switches a member off here; their account and their other organizations are not touched. */
  deactivate(scope: Scope, id: string): Promise<MemberRow> {
    return this.setStatus(scope, id, 'inactive');
  }

  reactivate(scope: Scope, id: string): Promise<MemberRow> {
    return this.setStatus(scope, id, 'active');
  }

  remove(scope: Scope, id: string): Promise<void> {
    return this.guarded(scope, id, () =>
      this.db.write(scope, async (tx) => {
        const { changer, target, members } = await this.changes.lock(tx, id, 'members:manage');
        assertMayChange(changer, target);
        assertOwnerRemains(members, target, undefined);
        await this.changes.remove(tx, target, 'member.removed');
      }),
    );
  }

  async leave(scope: Scope): Promise<void> {
    assertOrganizationChosen(scope);
    assertPerson(scope);
    return this.db.write(scope, async (tx) => {
      const { target, members } = await this.changes.lock(tx, scope.actor.userId, undefined);
      assertOwnerRemains(members, target, undefined);
      await this.changes.remove(tx, target, 'member.left');
    });
  }

  private setStatus(scope: Scope, id: string, status: MemberStatus): Promise<MemberRow> {
    return this.guarded(scope, id, () =>
      this.db.write(scope, async (tx) => {
        const { changer, target, members } = await this.changes.lock(tx, id, 'members:manage');
        assertMayChange(changer, target);
        const after = { role: target.role, customRoleId: target.customRoleId, status };
        assertOwnerRemains(members, target, after);
        if (target.status === status) return this.changes.view(tx, id);
        return this.changes.update(tx, target, after, status === 'active' ? 'member.reactivated' : 'member.deactivated');
      }),
    );
  }

  private guarded<T>(scope: Scope, id: string, work: () => Promise<T>): Promise<T> {
    return this.refusals.recorded(scope, { resourceType: 'member', resourceId: id }, work);
  }
}

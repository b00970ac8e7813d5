import { Injectable } from '@nestjs/common';
import { ACCESS_TOPIC } from '../../../platform/access/access.module.js';
import type { Permission } from '../../../platform/access/permissions.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Bus } from '../../../platform/database/bus.js';
import type { Tx } from '../../../platform/database/tx.js';
import { NotFound, PermissionDenied } from '../../../platform/http/problems/core-problems.js';
import { AuditTrail } from '../../audit/index.js';
import { permissionsOf } from '../roles/role-rules.js';
import type { Changer } from './member-rules.js';
import { deleteMembership, findMember, lockMembers, type MemberRow, type MembershipRow, updateMembership } from './members.repository.js';

/** What a change of membership turns on, locked until it is done. */
export interface LockedMembers {
  readonly changer: Changer;
  readonly target: MembershipRow;
  /** Both, and every active owner. */
  readonly members: readonly MembershipRow[];
}

type Place = Pick<MembershipRow, 'role' | 'customRoleId' | 'status'>;

/** The steps every change of a membership is made of: lock and look again, write, record, tell every process. */
@Injectable()
export class MemberChanges {
  constructor(
    private readonly audit: AuditTrail,
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  /** Locks the caller, the target and the owners, and says what the caller may do now, not when their grant was remembered. */
  async lock(tx: Tx, targetId: string, needed: Permission | undefined): Promise<LockedMembers> {
    const { actor, permissions } = tx.scope;
    const members = await lockMembers(tx, [actor.userId, targetId]);
    const self = members.find((member) => member.userId === actor.userId && member.status === 'active');
    const held = new Set(self ? permissionsOf(self).filter((permission) => permissions.has(permission)) : []);
    if (!self || (needed !== undefined && !held.has(needed))) throw PermissionDenied({ detail: 'Your role was changed a moment ago.' });
    const target = members.find((member) => member.userId === targetId);
    if (!target) throw NotFound();
    return { changer: { userId: self.userId, isOwner: self.role === 'owner', held }, target, members };
  }

  /** Gives a member another role or state. */
  async update(tx: Tx, before: MembershipRow, after: Place, action: string): Promise<MemberRow> {
    await updateMembership(tx, { userId: before.userId, ...after }, this.clock.now().toISOString());
    await this.announce(tx, { action, before, after: { ...placeOf(after), userId: before.userId } });
    return this.view(tx, before.userId);
  }

  /** Takes a member out; their history stays in the audit trail. */
  async remove(tx: Tx, before: MembershipRow, action: string): Promise<void> {
    await deleteMembership(tx, before.userId);
    await this.announce(tx, { action, before, after: null });
  }

  async view(tx: Tx, userId: string): Promise<MemberRow> {
    const member = await findMember(tx, userId);
    if (!member) throw NotFound();
    return member;
  }

  private async announce(
    tx: Tx,
    { action, before, after }: { action: string; before: MembershipRow; after: object | null },
  ): Promise<void> {
    const { userId } = before;
    await this.audit.record(tx, { action, resourceType: 'member', resourceId: userId, before: { ...placeOf(before), userId }, after });
    await this.bus.publish(tx, ACCESS_TOPIC, `user:${userId}`);
  }
}

function placeOf({ role, status }: Place): Pick<Place, 'role' | 'status'> {
  return { role, status };
}

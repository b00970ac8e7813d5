import type { Permission } from '../../../platform/access/permissions.js';
import { LastOwner, MemberOutranksYou, OwnerProtected } from '../organizations.errors.js';
import { missingPermissions, permissionsOf } from '../roles/role-rules.js';
import type { MembershipRow } from './members.repository.js';

/** Who changes a member, as the database says it now. */
export interface Changer {
  readonly userId: string;
  readonly isOwner: boolean;
  readonly held: ReadonlySet<Permission>;
}

/** Nobody touches a member who may do more than they: only owners change owners, and the same holds for every other role. */
export function assertMayChange(changer: Changer, target: MembershipRow): void {
  if (changer.userId === target.userId) return;
  if (target.role === 'owner' && !changer.isOwner) throw OwnerProtected();
  const missing = missingPermissions(permissionsOf(target), changer.held);
  if (missing.length > 0)
    throw MemberOutranksYou({ detail: `You do not hold: ${missing.join(', ')}.`, extra: { missingPermissions: missing } });
}

/** True for a membership that keeps an organization owned. */
export function isActiveOwner(member: Pick<MembershipRow, 'role' | 'status'>): boolean {
  return member.role === 'owner' && member.status === 'active';
}

/** Refuses a change that would leave the organization without an active owner; `members` must hold all active owners, locked. */
export function assertOwnerRemains(
  members: readonly MembershipRow[],
  target: MembershipRow,
  after: Pick<MembershipRow, 'role' | 'status'> | undefined,
): void {
  if (!isActiveOwner(target) || (after && isActiveOwner(after))) return;
  const others = members.filter((member) => isActiveOwner(member) && member.userId !== target.userId);
  if (others.length === 0) throw LastOwner({ detail: 'Make somebody else an owner first: POST /api/v1/organization/transfer.' });
}

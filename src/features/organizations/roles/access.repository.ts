import type { Tx } from '../../../platform/database/tx.js';
import type { HeldRole } from './role-rules.js';

/** All that decides what a member may do. */
export interface AccessRow extends HeldRole {
  readonly membershipStatus: 'active' | 'inactive';
  readonly organizationStatus: 'active' | 'deactivated';
  readonly isAccountActive: boolean;
}

const FACTS = `
  select m.role, r.permissions as "customPermissions", m.status as "membershipStatus", o.status as "organizationStatus",
    coalesce(u.is_active, false) as "isAccountActive"
  from memberships m
  join organizations o on o.id = m.organization_id
  left join roles r on r.organization_id = m.organization_id and r.id = m.custom_role_id
  left join user_directory u on u.id = m.user_id
  where m.organization_id = $1 and m.user_id = $2`;

export function accessFactsOf(tx: Tx, userId: string): Promise<AccessRow | undefined> {
  return tx.first<AccessRow>(FACTS, [tx.scope.organizationId, userId]);
}

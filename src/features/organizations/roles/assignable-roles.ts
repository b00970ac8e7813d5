import { Injectable } from '@nestjs/common';
import { didYouMean } from '../../../shared/did-you-mean.js';
import { type Permission, SYSTEM_ROLES } from '../../../platform/access/permissions.js';
import type { Tx } from '../../../platform/database/tx.js';
import { ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { RoleExceedsYours } from '../organizations.errors.js';
import { isSystemRole, missingPermissions, permissionsOf } from './role-rules.js';
import { customRoles, findRoleByKey, heldRole } from './roles.repository.js';

/** A role that can be given: its key, and for a custom role its id. */
export interface AssignableRole {
  readonly role: string;
  readonly customRoleId: string | null;
  readonly permissions: readonly Permission[];
}

/** Finds roles by their key, and says who may give them. */
@Injectable()
export class AssignableRoles {
  /** The role of a key in the organization of the transaction; undefined when there is none. */
  async find(tx: Tx, key: string): Promise<AssignableRole | undefined> {
    if (isSystemRole(key)) return { role: key, customRoleId: null, permissions: permissionsOf({ role: key, customPermissions: null }) };
    const custom = await findRoleByKey(tx, key);
    return (
      custom && { role: key, customRoleId: custom.id, permissions: permissionsOf({ role: key, customPermissions: custom.permissions }) }
    );
  }

  /** The role of a key, or the answer which keys there are. */
  async require(tx: Tx, key: string): Promise<AssignableRole> {
    const role = await this.find(tx, key);
    if (role) return role;
    const keys = [...SYSTEM_ROLES, ...(await customRoles(tx)).map((custom) => custom.key)];
    const near = didYouMean(key, keys);
    throw ValidationFailed({
      errors: [
        {
          pointer: '/role',
          code: 'one-of',
          message: `must be one of: ${keys.join(', ')}`,
          validOptions: keys,
          ...(near ? { didYouMean: near } : {}),
        },
      ],
    });
  }

  /**
   * What the caller may give on: what their role allows now, read again because a grant may be seconds old, and no more than the
   * credential carries, because an API key may hold less than its person.
   */
  async heldByCaller(tx: Tx): Promise<ReadonlySet<Permission>> {
    const { actor, permissions } = tx.scope;
    if (actor.type === 'system') return new Set(permissionsOf({ role: 'owner', customPermissions: null }));
    const held = await heldRole(tx, actor.userId);
    return new Set(held ? permissionsOf(held).filter((permission) => permissions.has(permission)) : []);
  }
}

/** Refuses to give what somebody does not hold. */
export function assertMayGive(permissions: readonly Permission[], held: ReadonlySet<Permission>): void {
  const missing = missingPermissions(permissions, held);
  if (missing.length === 0) return;
  throw RoleExceedsYours({ detail: `You do not hold: ${missing.join(', ')}.`, extra: { missingPermissions: missing } });
}

import { Injectable } from '@nestjs/common';
import { ACCESS_TOPIC } from '../../../platform/access/access.module.js';
import { isPermission, type Permission, PERMISSIONS, SYSTEM_ROLES } from '../../../platform/access/permissions.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict, NotFound, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../../platform/http/shapes/builders.js';
import { newId } from '../../../shared/ids.js';
import { AuditTrail } from '../../audit/index.js';
import { RoleInUse, RoleKeyTaken, RoleLimit } from '../organizations.errors.js';
import { Refusals } from '../refusals.js';
import { assertMayGive, AssignableRoles } from './assignable-roles.js';
import { isSystemRole, missingPermissions, permissionsOf, roleKeyOf } from './role-rules.js';
import { customRoles, deleteRole, insertRole, lockRole, lockRoleList, type RoleRow, updateRole, usesOfRole } from './roles.repository.js';
import type { CreateRole, PermissionView, RoleView, UpdateRole } from './roles.shapes.js';
import { SYSTEM_ROLE_TEXTS } from './system-roles.js';

const MAX_CUSTOM_ROLES = 100;

/** The roles of an organization: those every organization has, and its own. */
@Injectable()
export class RolesService {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly roles: AssignableRoles,
    private readonly refusals: Refusals,
  ) {}

  async list(scope: Scope): Promise<PageOf<RoleView>> {
    const custom = await this.db.read(scope, customRoles);
    const items = [...systemRoleViews(scope.permissions), ...custom.map((role) => viewOf(role, scope.permissions))];
    return { items, nextCursor: null };
  }

  /** Every permission there is, with the roles that hold it. */
  catalogue(scope: Scope): PageOf<PermissionView> {
    const items = PERMISSIONS.map((permission) => {
      const [resource, action] = permission.split(':');
      const roles = SYSTEM_ROLES.filter((role) => permissionsOf({ role, customPermissions: null }).includes(permission));
      return { permission, resource, action, roles, isHeld: scope.permissions.has(permission) };
    });
    return { items, nextCursor: null };
  }

  create(scope: Scope, input: CreateRole): Promise<RoleView> {
    return this.guarded(scope, undefined, async (tx) => {
      const held = await this.roles.heldByCaller(tx);
      assertMayGive(input.permissions, held);
      await lockRoleList(tx);
      if ((await customRoles(tx)).length >= MAX_CUSTOM_ROLES)
        throw RoleLimit({ detail: `An organization has at most ${MAX_CUSTOM_ROLES} roles of its own.` });
      const name = input.name.trim();
      const made = {
        id: newId(),
        key: freeKey(name),
        name,
        description: input.description?.trim() ?? '',
        permissions: sorted(input.permissions),
      };
      const role = await insertRole(tx, made, this.now());
      await this.audit.record(tx, { action: 'role.created', resourceType: 'role', resourceId: role.id, before: null, after: role });
      return viewOf(role, held);
    });
  }

  update(scope: Scope, id: string, patch: UpdateRole): Promise<RoleView> {
    return this.guarded(scope, id, async (tx) => {
      const held = await this.roles.heldByCaller(tx);
      const before = await this.changeable(tx, id, held);
      if (scope.ifMatch !== undefined && scope.ifMatch !== before.version)
        throw EditConflict({ detail: `The role is at version ${before.version} now.` });
      const permissions = patch.permissions ? sorted(patch.permissions) : before.permissions;
      assertMayGive(permissions.filter(isPermission), held);
      const description = patch.description === null ? '' : (patch.description?.trim() ?? before.description);
      const after = await updateRole(tx, { id, name: patch.name?.trim() ?? before.name, description, permissions }, this.now());
      await this.audit.record(tx, { action: 'role.updated', resourceType: 'role', resourceId: id, before, after });
      await this.bus.publish(tx, ACCESS_TOPIC, `organization:${scope.organizationId}`);
      return viewOf(after, held);
    });
  }

  remove(scope: Scope, id: string): Promise<void> {
    return this.guarded(scope, id, async (tx) => {
      const role = await this.changeable(tx, id, await this.roles.heldByCaller(tx));
      const { members, invitations } = await usesOfRole(tx, role, this.now());
      if (members + invitations > 0) {
        throw RoleInUse({
          detail: `Members with it: ${members}; open invitations: ${invitations}. Give them another role first.`,
          extra: { members, invitations },
        });
      }
      await deleteRole(tx, id);
      await this.audit.record(tx, { action: 'role.deleted', resourceType: 'role', resourceId: id, before: role, after: null });
    });
  }

  private guarded<T>(scope: Scope, id: string | undefined, body: (tx: Tx) => Promise<T>): Promise<T> {
    const attempt = { resourceType: 'role', ...(id ? { resourceId: id } : {}) } as const;
    return this.refusals.recorded(scope, attempt, () => this.db.write(scope, body));
  }

  /** A role that allows more than the caller may do cannot be weakened by them either. */
  private async changeable(tx: Tx, id: string, held: ReadonlySet<Permission>): Promise<RoleRow> {
    const role = await lockRole(tx, id);
    if (!role) throw NotFound();
    assertMayGive(role.permissions.filter(isPermission), held);
    return role;
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}

function freeKey(name: string): string {
  const key = roleKeyOf(name);
  if (key === undefined)
    throw ValidationFailed({
      errors: [{ pointer: '/name', code: 'format', message: 'must have at least two Latin letters or digits, beginning with a letter' }],
    });
  if (isSystemRole(key))
    throw RoleKeyTaken({
      detail: 'Every organization has a role of this name.',
      errors: [{ pointer: '/name', code: 'role-name-taken', message: 'is the name of a system role' }],
    });
  return key;
}

/** In the order of the catalogue, so that the same set is always the same list. */
function sorted(permissions: readonly Permission[]): Permission[] {
  return PERMISSIONS.filter((permission) => permissions.includes(permission));
}

function viewOf(role: RoleRow, held: ReadonlySet<Permission>): RoleView {
  const permissions = role.permissions.filter(isPermission);
  const { id, key, name, description, version } = role;
  return {
    id,
    key,
    kind: 'custom',
    name,
    description,
    permissions,
    isAssignable: missingPermissions(permissions, held).length === 0,
    version,
  };
}

function systemRoleViews(held: ReadonlySet<Permission>): RoleView[] {
  return SYSTEM_ROLES.map((key) => {
    const permissions = permissionsOf({ role: key, customPermissions: null });
    return {
      id: null,
      key,
      kind: 'system',
      ...SYSTEM_ROLE_TEXTS[key],
      permissions,
      isAssignable: missingPermissions(permissions, held).length === 0,
      version: null,
    };
  });
}

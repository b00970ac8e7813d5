import { isPermission, type Permission, ROLE_PERMISSIONS, SYSTEM_ROLES, type SystemRole } from '../../../platform/access/permissions.js';

/** A role as a membership carries it: a system role, or a key of a custom role with its permissions. */
export interface HeldRole {
  readonly role: string;
  readonly customPermissions: readonly string[] | null;
}

const system: ReadonlySet<string> = new Set(SYSTEM_ROLES);

export function isSystemRole(role: string): role is SystemRole {
  return system.has(role);
}

/** What a role allows now: a permission that the code no longer knows, or a role nobody knows, allows nothing. */
export function permissionsOf({ role, customPermissions }: HeldRole): Permission[] {
  if (customPermissions) return customPermissions.filter(isPermission);
  return isSystemRole(role) ? [...ROLE_PERMISSIONS[role]] : [];
}

/** Those of the wanted permissions that somebody does not hold, and so cannot give or take. */
export function missingPermissions(wanted: readonly Permission[], held: ReadonlySet<Permission>): Permission[] {
  return wanted.filter((permission) => !held.has(permission));
}

/** The key of a custom role by its name: "Deal Desk (EMEA)" becomes "deal-desk-emea"; undefined when nothing is left of it. */
export function roleKeyOf(name: string): string | undefined {
  const key = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  return key.length >= 2 ? key : undefined;
}

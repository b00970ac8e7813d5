/** Every permission there is, as `resource:action`. A new one is a reviewed line here and in the roles below. */
export const PERMISSIONS = [
  'organization:read',
  'organization:update',
  'organization:transfer',
  'organization:deactivate',
  'members:read',
  'members:manage',
  'roles:read',
  'roles:manage',
  'invitations:read',
  'invitations:manage',
  'api-keys:manage',
  'ai:read',
  'ai:manage',
  'assistant:use',
  'audit:read',
  'audit:export',
  'audit:verify',
  'files:read',
  'files:create',
  'files:update',
  'files:delete',
  'jobs:read',
  'jobs:cancel',
  'jobs:manage',
  'pipelines:read',
  'pipelines:manage',
  'analytics:read',
  'leads:read',
  'leads:create',
  'leads:update',
  'leads:delete',
  'leads:import',
  'leads:export',
  'leads:merge',
  'scoring:manage',
  'crm:configure',
  'webhooks:manage',
  'activities:read',
  'activities:create',
  'activities:update',
  'activities:delete',
  'companies:read',
  'companies:create',
  'companies:update',
  'companies:delete',
  'contacts:read',
  'contacts:create',
  'contacts:update',
  'contacts:delete',
  'custom-fields:read',
  'custom-fields:manage',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** Roles every organization has; custom roles are sets of permissions the maker holds. */
export const SYSTEM_ROLES = ['owner', 'admin', 'manager', 'finance', 'approver', 'member', 'viewer', 'external'] as const;

export type SystemRole = (typeof SYSTEM_ROLES)[number];

const VIEW: readonly Permission[] = [
  'organization:read',
  'members:read',
  'roles:read',
  'files:read',
  'jobs:read',
  'pipelines:read',
  'analytics:read',
  'leads:read',
  'activities:read',
  'companies:read',
  'contacts:read',
  'custom-fields:read',
  'assistant:use',
];
const WORK: readonly Permission[] = [
  ...VIEW,
  'files:create',
  'files:update',
  'leads:create',
  'leads:update',
  'activities:create',
  'activities:update',
  'companies:create',
  'companies:update',
  'contacts:create',
  'contacts:update',
  'jobs:cancel',
  'api-keys:manage',
];
const LEAD: readonly Permission[] = [
  ...WORK,
  'ai:read',
  'files:delete',
  'leads:delete',
  'activities:delete',
  'companies:delete',
  'contacts:delete',
  'custom-fields:manage',
  'leads:import',
  'leads:export',
  'leads:merge',
  'scoring:manage',
  'crm:configure',
  'invitations:read',
  'pipelines:manage',
];
const ADMIN: readonly Permission[] = PERMISSIONS.filter(
  (permission) => permission !== 'organization:transfer' && permission !== 'organization:deactivate',
);

/** What each role may do. Unknown means denied. */
export const ROLE_PERMISSIONS: Readonly<Record<SystemRole, readonly Permission[]>> = {
  owner: PERMISSIONS,
  admin: ADMIN,
  manager: LEAD,
  finance: [...VIEW, 'ai:read', 'jobs:cancel', 'files:create', 'leads:export', 'audit:read'],
  approver: [...VIEW, 'jobs:cancel', 'files:create'],
  member: WORK,
  viewer: VIEW,
  external: ['organization:read'],
};

const known: ReadonlySet<string> = new Set(PERMISSIONS);

export function isPermission(text: string): text is Permission {
  return known.has(text);
}

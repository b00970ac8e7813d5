import { PERMISSIONS, type Permission } from '../../../platform/access/permissions.js';
import { mergePatchOf } from '../../../platform/http/shapes/builders.js';
import { Bool, Id, Int, ListOf, OneOf, Text } from '../../../platform/http/shapes/fields.js';

const KINDS = ['system', 'custom'] as const;
const PERMISSION_LIST = { max: PERMISSIONS.length, unique: true, example: ['leads:read', 'leads:update'] } as const;

export class CreateRole {
  @Text({ min: 2, max: 60, example: 'Deal desk', description: 'Its key is made of it and stays when the name changes.' })
  name: string;

  @Text({ max: 300, optional: true, example: 'Checks prices before a proposal goes out.' })
  description?: string;

  @ListOf(PERMISSIONS, { ...PERMISSION_LIST, min: 1, description: 'A part of what you may do yourself.' })
  permissions: Permission[];
}

export class UpdateRole extends mergePatchOf(CreateRole) {}

export class RoleView {
  @Id({ nullable: true, description: 'Null for the roles every organization has; those cannot be changed.' })
  id: string | null;

  @Text({ max: 60, example: 'deal-desk', description: 'What members and invitations carry as their role.' })
  key: string;

  @OneOf(KINDS)
  kind: (typeof KINDS)[number];

  @Text({ max: 60, example: 'Deal desk' })
  name: string;

  @Text({ max: 300, example: 'Checks prices before a proposal goes out.' })
  description: string;

  @ListOf(PERMISSIONS, PERMISSION_LIST)
  permissions: Permission[];

  @Bool({ description: 'Whether you may give this role: it allows nothing that you may not do yourself.' })
  isAssignable: boolean;

  @Int({ nullable: true, example: 1, description: 'Null for the roles every organization has.' })
  version: number | null;
}

export class PermissionView {
  @OneOf(PERMISSIONS, { example: 'leads:delete' })
  permission: Permission;

  @Text({ max: 60, example: 'leads' })
  resource: string;

  @Text({ max: 60, example: 'delete' })
  action: string;

  @ListOf('text', { max: 20, description: 'System roles that hold it.', example: ['owner', 'admin', 'manager'] })
  roles: string[];

  @Bool({ description: 'Whether you hold it.' })
  isHeld: boolean;
}

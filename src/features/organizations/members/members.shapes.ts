import { SYSTEM_ROLES, type SystemRole } from '../../../platform/access/permissions.js';
import { Email, Id, Instant, Int, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { PageQuery } from '../organizations.shapes.js';

const STATUSES = ['active', 'inactive'] as const;
const ROLE = { min: 2, max: 60, example: 'manager' } as const;
const ROLES_BELOW_OWNER = SYSTEM_ROLES.filter((role) => role !== 'owner');

export class MemberView {
  @Id({ description: 'Id of the person.' })
  id: string;

  @Text({ max: 200, example: 'Ana Reis' })
  name: string;

  @Email()
  email: string;

  @Text({ ...ROLE, description: 'Key of a system role or of a custom role.' })
  role: string;

  @OneOf(STATUSES, { description: 'An inactive member keeps their place and their role, and can do nothing here.' })
  status: (typeof STATUSES)[number];

  @Instant()
  joinedAt: string;

  @Instant()
  updatedAt: string;

  @Int({ example: 1 })
  version: number;
}

export class ListMembers extends PageQuery {
  @Text({ min: 1, max: 100, optional: true, description: 'Part of a name or of an address.', example: 'ana' })
  q?: string;

  @Text({ ...ROLE, optional: true, description: 'Only members with this role.' })
  role?: string;

  @OneOf(STATUSES, { optional: true })
  status?: (typeof STATUSES)[number];
}

export class UpdateMember {
  @Text({ ...ROLE, description: 'Key of a system role or of a custom role; see GET /api/v1/roles.' })
  role: string;
}

export class TransferOwnership {
  @Id({ description: 'The active member who becomes an owner.' })
  userId: string;

  @OneOf(ROLES_BELOW_OWNER, { optional: true, description: 'Your own role afterwards; admin when not said.', example: 'admin' })
  myRoleAfter?: Exclude<SystemRole, 'owner'>;
}

export class OwnershipTransferred {
  @Nested(() => MemberView)
  owner: MemberView;

  @Nested(() => MemberView)
  formerOwner: MemberView;
}

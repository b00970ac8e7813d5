import { PERMISSIONS, type Permission } from '../../../platform/access/permissions.js';
import { Bool, Id, ListOf, ListOfShape, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { ACCESS_STEPS, type AccessStep } from './access-explanation.js';

export class OwnAccess {
  @Id()
  organizationId: string;

  @Id()
  userId: string;

  @OneOf(['user', 'api-key', 'assistant', 'job', 'system', 'anonymous'], { description: 'What the request was made with.' })
  actorType: string;

  @Text({ max: 60, nullable: true, example: 'manager', description: 'Key of your role; null when you have none any more.' })
  role: string | null;

  @ListOf(PERMISSIONS, {
    max: PERMISSIONS.length,
    example: ['leads:read', 'leads:update'],
    description: 'What this credential may do now.',
  })
  permissions: Permission[];
}

export class ExplainAccess {
  @OneOf(PERMISSIONS, { example: 'leads:delete' })
  permission: Permission;

  @Id({ optional: true, description: 'A member; yourself when not given. Others need members:manage.' })
  userId?: string;
}

export class AccessStepView {
  @OneOf(ACCESS_STEPS)
  step: AccessStep;

  @Bool()
  passed: boolean;

  @Text({ max: 300, example: 'The role manager does not hold audit:read.' })
  detail: string;
}

export class AccessExplanation {
  @OneOf(PERMISSIONS, { example: 'audit:read' })
  permission: Permission;

  @Id()
  userId: string;

  @Bool()
  isAllowed: boolean;

  @Text({ max: 300, example: 'Denied: The role manager does not hold audit:read.' })
  summary: string;

  @Text({ max: 60, example: 'manager' })
  role: string;

  @ListOfShape(() => AccessStepView, { description: 'What is asked, in order; all must pass.' })
  steps: AccessStepView[];

  @ListOf('text', { max: 200, description: 'Keys of roles that hold the permission.', example: ['owner', 'admin'] })
  rolesThatAllow: string[];
}

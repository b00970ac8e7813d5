import { Email, Id, Instant, Int, ListOfShape, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { PageQuery } from '../organizations.shapes.js';

const STATUSES = ['pending', 'accepted', 'revoked', 'expired'] as const;
const ROLE = {
  min: 2,
  max: 60,
  example: 'member',
  description: 'Key of a system role or of a custom role; see GET /api/v1/roles.',
} as const;

export class CreateInvitation {
  @Email()
  email: string;

  @Text(ROLE)
  role: string;
}

export class CreateInvitations {
  @ListOfShape(() => CreateInvitation, { min: 1, max: 100 })
  items: CreateInvitation[];
}

export class InvitationView {
  @Id()
  id: string;

  @Email()
  email: string;

  @Text(ROLE)
  role: string;

  @OneOf(STATUSES)
  status: (typeof STATUSES)[number];

  @Int({ example: 0, description: 'How often it was sent again.' })
  resends: number;

  @Instant({ description: 'When it was last asked to be sent.' })
  lastRequestedAt: string;

  @Instant()
  expiresAt: string;

  @Id({ description: 'Who answers for it; their rights count when it is accepted.' })
  invitedBy: string;

  @Instant()
  createdAt: string;

  @Instant({ nullable: true })
  acceptedAt: string | null;

  @Int({ example: 1 })
  version: number;
}

export class RefusedInvitation {
  @Text({ max: 100, example: 'already-member' })
  code: string;

  @Text({ max: 200, example: 'This person is already a member' })
  title: string;

  @Text({ max: 1000, optional: true })
  detail?: string;
}

export class InvitationResult {
  @Int({ example: 0, description: 'Place in the list that was sent, from 0.' })
  index: number;

  @Text({ max: 254, example: 'ana@example.com' })
  email: string;

  @OneOf(['invited', 'refused'])
  outcome: 'invited' | 'refused';

  @Nested(() => InvitationView, { nullable: true })
  invitation: InvitationView | null;

  @Nested(() => RefusedInvitation, { nullable: true })
  problem: RefusedInvitation | null;
}

export class InvitationResults {
  @Int({ example: 9 })
  invited: number;

  @Int({ example: 1 })
  refused: number;

  @ListOfShape(() => InvitationResult)
  results: InvitationResult[];
}

export class ListInvitations extends PageQuery {
  @OneOf(STATUSES, { optional: true })
  status?: (typeof STATUSES)[number];
}

const TOKEN = { min: 1, max: 200, example: 'inv_AZNvLnwae1KcHl1qHwssPQ.tZ1pX0rJm0m3kPpCkXgYb4m9dQh0J5m2o1yYkq3c8aE' } as const;

export class AcceptInvitation {
  @Text({ ...TOKEN, secret: true, description: 'The token of the link in the mail.' })
  token: string;
}

export class InvitationAccepted {
  @Id()
  organizationId: string;

  @Text({ max: 300, example: 'Call POST /api/v1/auth/switch with this organization to work in it.' })
  nextStep: string;
}

export class PreviewInvitation {
  @Text({ ...TOKEN, description: 'The token of the link in the mail.' })
  token: string;
}

export class InvitationPreview {
  @Text({ max: 254, example: 'a***@example.com', description: 'Whom it is for, masked.' })
  email: string;

  @Text({ max: 120, example: 'Acme Robotics' })
  organizationName: string;

  @Text(ROLE)
  role: string;

  @Instant()
  expiresAt: string;
}

import { Bool, Id, Instant, Int, JsonObject, Nested, OneOf, Text } from '../../platform/http/shapes/fields.js';
import { pageOf } from '../../platform/http/shapes/builders.js';

const ACTOR_TYPES = ['user', 'api-key', 'assistant', 'job', 'system', 'anonymous'];
const HEX = /^[0-9a-f]{64}$/;

/** What narrows the trail; everything given must hold. */
export class AuditFilter {
  @Text({ min: 1, max: 100, optional: true, description: 'Exactly this action.', example: 'lead.updated' })
  action?: string;

  @Id({ optional: true, description: 'Done by this user, key or job; for a user also what their keys and jobs did.' })
  actorId?: string;

  @Text({ min: 1, max: 100, optional: true, description: 'With `resourceId` this is the history of one resource.', example: 'lead' })
  resourceType?: string;

  @Text({ min: 1, max: 200, optional: true, example: '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3d' })
  resourceId?: string;

  @Instant({ optional: true, description: 'At this moment or later.' })
  from?: string;

  @Instant({ optional: true, description: 'Before this moment.', example: '2026-11-22T00:00:00.000Z' })
  to?: string;

  @Text({
    min: 2,
    max: 100,
    optional: true,
    description: 'Stands somewhere in the action, the resource type or the resource id.',
    example: 'import',
  })
  q?: string;
}

export class ListAuditEvents extends AuditFilter {
  @Text({ min: 1, max: 1000, optional: true, description: '`nextCursor` of the page before.' })
  cursor?: string;

  @Int({ min: 1, max: 100, default: 50, optional: true, example: 50 })
  limit?: number;
}

export class ListAuditCheckpoints {
  @Text({ min: 1, max: 1000, optional: true, description: '`nextCursor` of the page before.' })
  cursor?: string;

  @Int({ min: 1, max: 100, default: 50, optional: true, example: 50 })
  limit?: number;
}

/** One thing that happened. */
export class AuditEventView {
  @Text({ max: 19, description: 'Number of the event; not the order of the chain, which is `seq`.', example: '4711' })
  id: string;

  @Instant()
  occurredAt: string;

  @OneOf(ACTOR_TYPES, { description: 'Who acted.' })
  actorType: string;

  @Id({ nullable: true, description: 'The user, key or job; null for the system and for people who are not logged in.' })
  actorId: string | null;

  @Id({ nullable: true, description: 'The person behind the actor.' })
  userId: string | null;

  @Text({ max: 100, example: 'lead.updated' })
  action: string;

  @Text({ max: 100, example: 'lead' })
  resourceType: string;

  @Text({ max: 200, nullable: true, example: '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3d' })
  resourceId: string | null;

  @JsonObject({ nullable: true, description: 'What was there before; secrets are struck out.', example: { name: 'Ana' } })
  before: object | null;

  @JsonObject({ nullable: true, description: 'What is there since.', example: { name: 'Anna' } })
  after: object | null;

  @Text({ max: 200, nullable: true, example: '4bf92f3577b34da6a3ce929d0e0e4736' })
  requestId: string | null;

  @Text({ max: 100, nullable: true, description: 'Address of the caller.', example: '203.0.113.7' })
  address: string | null;

  @Instant({ nullable: true, description: 'When `before` and `after` were erased on request.', example: null })
  erasedAt: string | null;

  @Int({ nullable: true, description: 'Place in the chain; null until the event is sealed, about half a second later.', example: 128 })
  seq: number | null;

  @Text({
    max: 64,
    nullable: true,
    description: 'HMAC over this event and the one before it.',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  hash: string | null;
}

/** An event with everything that its seal is made of. */
export class ExportedAuditEvent extends AuditEventView {
  @Text({ max: 64, nullable: true })
  prevHash: string | null;

  @Text({ max: 64, nullable: true })
  detailsDigest: string | null;
}

/** A signed statement that the chain once reached this row. Keep it elsewhere: it shows a chain that was cut. */
export class AuditCheckpointView {
  @Id()
  organizationId: string;

  @Int({ min: 1, example: 1000 })
  seq: number;

  @Text({
    max: 64,
    pattern: HEX,
    expected: '64 hexadecimal digits',
    description: 'Hash of that row.',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  hash: string;

  @Instant()
  at: string;

  @Text({
    max: 64,
    pattern: HEX,
    expected: '64 hexadecimal digits',
    example: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
  })
  signature: string;
}

export class VerifyAudit {
  @Nested(() => AuditCheckpointView, {
    optional: true,
    description: 'A checkpoint exported earlier: then a tail cut together with everything about it is found too.',
  })
  checkpoint?: AuditCheckpointView;
}

/** The first place where the chain is not what was sealed. */
export class AuditFaultView {
  @Int({ description: 'Place in the chain.', example: 17 })
  seq: number;

  @Text({ max: 19, nullable: true, description: 'The event, if it is there.', example: '4711' })
  id: string | null;

  @Text({ max: 40, example: 'changed' })
  reason: string;

  @Text({ max: 300, example: 'The row was altered after it was sealed, or was never sealed.' })
  detail: string;
}

export class AuditReportView {
  @Bool({ description: 'Whether every sealed event is as it was sealed, and none is missing.', example: true })
  ok: boolean;

  @Int({ description: 'Events checked: all, or those before the first bad one.', example: 128 })
  rows: number;

  @Int({ description: 'Events whose details were erased on request.', example: 0 })
  erased: number;

  @Int({ description: 'Events not sealed yet.', example: 0 })
  unsealed: number;

  @Nested(() => AuditFaultView, { nullable: true })
  firstBad: AuditFaultView | null;
}

export const AuditEventPage = pageOf(AuditEventView);
export const AuditCheckpointPage = pageOf(AuditCheckpointView);

import { Id, Instant, Int, OneOf, Text } from '../../../../platform/http/shapes/fields.js';
import { mergePatchOf } from '../../../../platform/http/shapes/builders.js';

export const ACTIVITY_KINDS = ['call', 'meeting', 'email'] as const;

export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

const DIRECTIONS = ['inbound', 'outbound'] as const;

type Direction = (typeof DIRECTIONS)[number];

const SUBJECT = { max: 200, example: 'First call about the offer' } as const;
const DETAILS = { max: 20_000, example: 'Asked for a lower price for more than 50 seats.' } as const;
const OUTCOME = { max: 200, description: 'What came of it, in your own words.', example: 'Sends the contract to their lawyers' } as const;
const DURATION = { min: 0, max: 10_080, description: 'In minutes.', example: 25 } as const;

/** Something that happened with a lead. */
export class ActivityView {
  @Id() id: string;
  @Id() leadId: string;
  @OneOf(ACTIVITY_KINDS) kind: ActivityKind;
  @OneOf(DIRECTIONS, { nullable: true, description: 'Who began it: they (inbound) or you (outbound).' }) direction: Direction | null;
  @Text(SUBJECT) subject: string;
  @Text({ ...DETAILS, nullable: true }) details: string | null;
  @Text({ ...OUTCOME, nullable: true }) outcome: string | null;
  @Instant({ description: 'When it began.' }) occurredAt: string;
  @Int({ ...DURATION, nullable: true }) durationMinutes: number | null;
  @Id({ nullable: true, description: 'Who wrote it down; null when the system did.' }) authorId: string | null;
  @Int({ min: 1, description: 'Counts changes; the ETag is made of it.', example: 1 }) version: number;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

export class LogActivity {
  @OneOf(ACTIVITY_KINDS) kind: ActivityKind;
  @OneOf(DIRECTIONS, { optional: true, description: 'Who began it: they (inbound) or you (outbound).' }) direction?: Direction;
  @Text({ ...SUBJECT, min: 1 }) subject: string;
  @Text({ ...DETAILS, optional: true }) details?: string;
  @Text({ ...OUTCOME, optional: true }) outcome?: string;
  @Instant({ optional: true, description: 'When it began; now when left out.' }) occurredAt?: string;
  @Int({ ...DURATION, optional: true }) durationMinutes?: number;
}

/** A merge patch: what is left out stays, null clears. */
export class UpdateActivity extends mergePatchOf(LogActivity) {}

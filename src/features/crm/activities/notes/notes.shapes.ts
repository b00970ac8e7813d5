import { Id, Instant, Int, Text } from '../../../../platform/http/shapes/fields.js';

const BODY = { min: 1, max: 10_000, example: 'Wants the offer in writing before Friday.' } as const;

export class NoteView {
  @Id() id: string;
  @Id() leadId: string;
  @Text(BODY) body: string;
  @Id({ nullable: true, description: 'Who wrote it; null when the system did.' }) authorId: string | null;
  @Int({ min: 1, description: 'Counts changes; the ETag is made of it.', example: 1 }) version: number;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

export class WriteNote {
  @Text(BODY) body: string;
}

/** A page of a list that has no filters. */
export class EntryPageQuery {
  @Text({ max: 4096, optional: true, description: '`nextCursor` of the page before.', example: 'eyJ' }) cursor?: string;
  @Int({ min: 1, max: 100, default: 50, optional: true, description: 'How many at most.', example: 50 }) limit?: number;
}

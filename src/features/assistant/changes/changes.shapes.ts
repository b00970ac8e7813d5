import { Id, Instant, Int, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { CHANGE_STATES, type ChangeState } from './change-states.js';

/** Something the assistant did for you. */
export class ChangeView {
  @Id() id: string;
  @Id() conversationId: string;
  @Text({ max: 100, example: 'update_lead_status' }) tool: string;
  @Text({ max: 500, example: 'Moved John Smith from Interest to Closed win' }) summary: string;
  @Int({ min: 0, description: 'How many leads it touched.', example: 1 }) leadCount: number;
  @OneOf(CHANGE_STATES, { example: 'done' }) state: ChangeState;
  @Instant() createdAt: string;
  @Instant({ description: 'Until when it can be undone.' }) undoableUntil: string;
  @Instant({ nullable: true, example: null }) undoneAt: string | null;
}

export class ChangesQuery {
  @Id({ optional: true, description: 'Only what was done in this conversation.' }) conversationId?: string;
  @Text({ max: 4096, optional: true, description: '`nextCursor` of the page before.', example: 'eyJ' }) cursor?: string;
  @Int({ min: 1, max: 100, default: 50, optional: true, description: 'How many at most.', example: 50 }) limit?: number;
}

import { Id, Instant, Int, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { LONGEST_ANSWER, TurnResult } from '../turns/chat.shapes.js';

const TITLE = { max: 255, example: 'Leads of last week' } as const;

export class CreateConversation {
  @Text({
    ...TITLE,
    min: 1,
    pattern: /\S/,
    expected: 'some text',
    optional: true,
    description: 'The first message makes one when left out.',
  })
  title?: string;
}

export class RenameConversation {
  @Text({ ...TITLE, min: 1, pattern: /\S/, expected: 'some text' }) title: string;
}

export class ConversationView {
  @Id() id: string;
  @Text(TITLE) title: string;
  @Int({ min: 0, description: 'How many messages it has.', example: 8 }) messageCount: number;
  @Int({ min: 1, description: 'Counts changes of the title; the ETag is made of it.', example: 1 }) version: number;
  @Instant() createdAt: string;
  @Instant({ description: 'When something was last said.' }) updatedAt: string;
}

export class MessageView {
  @Id() id: string;
  @OneOf(['user', 'assistant']) author: 'user' | 'assistant';
  @Text({ max: LONGEST_ANSWER, example: 'Move John Smith to closed win' }) content: string;
  @Id({ description: 'The task that answers it, or did.' }) taskId: string;
  @Nested(() => TurnResult, { nullable: true, description: 'Of an answer: the tools that were called and what was done.' })
  result: TurnResult | null;
  @Instant() createdAt: string;
}

export class ConversationsQuery {
  @Text({ max: 4096, optional: true, description: '`nextCursor` of the page before.', example: 'eyJ' }) cursor?: string;
  @Int({ min: 1, max: 100, default: 50, optional: true, description: 'How many at most.', example: 50 }) limit?: number;
}

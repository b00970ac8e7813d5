import { Bool, Id, Instant, Int, JsonObject, ListOf, ListOfShape, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';

/** Longest message, in characters. */
export const LONGEST_MESSAGE = 4_000;
/** Longest answer, in characters. */
export const LONGEST_ANSWER = 20_000;

export const TASK_STATES = ['PENDING', 'PROCESSING', 'SUCCESS', 'FAILURE', 'CANCELLED'] as const;

export type TaskState = (typeof TASK_STATES)[number];

export class SendMessage {
  @Text({
    min: 1,
    max: LONGEST_MESSAGE,
    pattern: /\S/,
    expected: 'some text',
    description: 'What you want to know or to have done, in your own words.',
    example: 'Move John Smith to closed win',
  })
  message: string;
  @Id({ optional: true, description: 'Left out, a conversation is made and titled by the message.' }) conversationId?: string;
}

export class ChatAccepted {
  @Id({ description: 'Look at /api/v1/chat/tasks/{taskId}, or follow /api/v1/chat/tasks/{taskId}/events.' }) taskId: string;
  @Id() conversationId: string;
  @OneOf(TASK_STATES) status: TaskState;
}

export class ToolCallView {
  @Text({ max: 100, example: 'update_lead_status' }) tool: string;
  @JsonObject({ description: 'As they were given.', example: { leadId: '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3d', status: 'closed-win' } })
  arguments: object;
  @JsonObject({
    description:
      '`ok` says whether it was done; then `result` is there, otherwise `error` with `code` and `message`, and nothing was changed.',
    example: { ok: true, result: { name: 'John Smith', status: 'closed-win' } },
  })
  outcome: object;
}

export class PlanLine {
  @Id() leadId: string;
  @Text({ max: 200, example: 'John Smith' }) name: string;
  @Text({ max: 300, description: 'The lead with its company.', example: 'John Smith (Acme)' }) lead: string;
  @Text({ max: 1_000, description: 'What would change, in plain words.', example: 'status: Interest → Closed win' }) change: string;
}

/** A change that waits for a yes. */
export class PlanOffer {
  @Id() id: string;
  @Text({ max: 300, example: 'Delete 1 lead' }) title: string;
  @Int({ min: 1, description: 'How many leads it touches.', example: 1 }) leadCount: number;
  @ListOfShape(() => PlanLine, { description: 'The first 20 leads.' }) lines: PlanLine[];
  @Text({
    max: 100,
    description: 'For POST /api/v1/chat/plans/{id}/confirm; good for you, this conversation and exactly this content.',
    example: 'q1w2e3',
  })
  token: string;
  @Instant({ description: 'Until when it can be confirmed.' }) expiresAt: string;
}

/** Something that was done and can be taken back. */
export class ChangeOffer {
  @Id({ description: 'For POST /api/v1/assistant/changes/{id}/undo.' }) id: string;
  @Text({ max: 500, example: 'Moved John Smith to Closed win' }) summary: string;
  @Instant({ description: 'Until when it can be undone.' }) undoableUntil: string;
}

export class TurnResult {
  @Text({ max: LONGEST_ANSWER, example: 'I moved John Smith from Interest to Closed win.' }) answer: string;
  @Text({ max: 100, description: 'Who answered: `local`, or the model.', example: 'local' }) engine: string;
  @Bool({ description: 'True when the engine that was chosen could not answer and the local one did.', example: false })
  isFallback: boolean;
  @ListOfShape(() => ToolCallView, { description: 'Every call of a tool, in order.' }) toolCalls: ToolCallView[];
  @Nested(() => PlanOffer, { nullable: true, description: 'What waits for your yes.' }) plan: PlanOffer | null;
  @ListOfShape(() => ChangeOffer, { description: 'What was done; each can be undone for 24 hours.' }) changes: ChangeOffer[];
  @ListOf('text', { max: 10, maxLength: 200, description: 'What you might say next.', example: ['undo'] }) suggestions: string[];
}

export class TaskError {
  @Text({ max: 100, example: 'timed-out' }) code: string;
  @Text({ max: 1000, example: 'The job took too long and was stopped.' }) message: string;
}

export class ChatTask {
  @Id() id: string;
  @Id() conversationId: string;
  @OneOf(TASK_STATES, { example: 'SUCCESS' }) status: TaskState;
  @Nested(() => TurnResult, { nullable: true, description: 'The answer, once the status is SUCCESS.' }) result: TurnResult | null;
  @Nested(() => TaskError, { nullable: true, description: 'Why there is no answer.' }) error: TaskError | null;
  @Instant() createdAt: string;
  @Instant({ nullable: true }) finishedAt: string | null;
}

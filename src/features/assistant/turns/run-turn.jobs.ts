import { Id } from '../../../platform/http/shapes/fields.js';
import { job } from '../../../platform/messaging/definitions.js';

export class RunTurnPayload {
  @Id() conversationId: string;
}

/** Answers one message. The turn has the id of its job. */
export const RunTurn = job({
  name: 'assistant.run-turn',
  queue: 'assistant',
  payload: RunTurnPayload,
  attempts: 4,
  timeoutMs: 180_000,
  backoff: { baseMs: 500, maxMs: 10_000 },
});

import { Id, Int, Text } from '../../../platform/http/shapes/fields.js';
import { job } from '../../../platform/messaging/definitions.js';

/** Order keys longer than this make a column crowded. */
export const CROWDED_LENGTH = 40;

export class RebalanceColumnPayload {
  @Id() pipelineId: string;
  @Text({ max: 80 }) status: string;
  @Int({ min: 0, description: 'How often the column was put in order before; the job is for this time only.' }) epoch: number;
}

/** Gives the crowded places of a column short order keys again. */
export const RebalanceColumn = job({
  name: 'crm.rebalance-column',
  queue: 'default',
  payload: RebalanceColumnPayload,
  attempts: 5,
  timeoutMs: 60_000,
  once: ({ pipelineId, status, epoch }) => `${pipelineId}-${status}-${epoch}`,
});

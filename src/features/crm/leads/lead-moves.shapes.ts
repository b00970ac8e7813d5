import { Id, Text } from '../../../platform/http/shapes/fields.js';
import { REASON, REASON_NOTE } from './lead-requests.shapes.js';

export class TransferLead {
  @Id({ description: 'The pipeline it goes to.' }) pipelineId: string;
  @Text({ min: 1, max: 80, optional: true, description: 'Key or name of a stage there; the first one when left out.', example: 'interest' })
  status?: string;
  @Text(REASON) reason?: string;
  @Text(REASON_NOTE) reasonNote?: string;
}

import { Id } from '../../../platform/http/shapes/fields.js';

export class BoardEventsQuery {
  @Id({ optional: true, description: 'Events of this pipeline alone; of all when left out.' }) pipelineId?: string;
}

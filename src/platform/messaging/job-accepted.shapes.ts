import { Id } from '../http/shapes/fields.js';

/** The answer of a route that starts long work: 202, with the address of the job as `Location`. */
export class JobAccepted {
  @Id({ description: 'Follow it at /api/v1/jobs/{jobId}, or live at /api/v1/jobs/{jobId}/events.' })
  jobId: string;
}

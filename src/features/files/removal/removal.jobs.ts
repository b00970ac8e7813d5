import { Id, OneOf } from '../../../platform/http/shapes/fields.js';
import { job, schedule } from '../../../platform/messaging/definitions.js';

/** Which objects of a file go: all of them, or only what its presigned URL may have written. */
export class RemoveContentPayload {
  @Id() fileId: string;
  @OneOf(['all', 'upload']) what: 'all' | 'upload';
}

export const RemoveContent = job({
  name: 'files.remove-content',
  queue: 'default',
  payload: RemoveContentPayload,
  attempts: 12,
  timeoutMs: 60_000,
});

/** Uploads nobody finished. */
export const SweepUploads = schedule({ name: 'files.sweep-uploads', every: 900, timeoutMs: 300_000 });

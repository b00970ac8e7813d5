import { Id } from '../../../platform/http/shapes/fields.js';
import { job } from '../../../platform/messaging/definitions.js';

export class CheckUploadPayload {
  @Id() fileId: string;
}

/** Checks an upload that is too large to be read while the caller waits. A lease that a dead worker left ends after five minutes. */
export const CheckUpload = job({
  name: 'files.check-upload',
  queue: 'default',
  payload: CheckUploadPayload,
  attempts: 8,
  timeoutMs: 900_000,
  backoff: { baseMs: 5_000, maxMs: 300_000 },
});

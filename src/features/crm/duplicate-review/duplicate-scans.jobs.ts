import { Id } from '../../../platform/http/shapes/fields.js';
import { job } from '../../../platform/messaging/definitions.js';

export class DuplicateScanPayload {
  @Id() scanId: string;
}

const HOUR_MS = 3_600_000;

/** Compares all leads of an organization; goes on behind the last committed batch when it is run again. */
export const ScanForDuplicates = job({
  name: 'crm.scan-for-duplicates',
  queue: 'imports',
  payload: DuplicateScanPayload,
  attempts: 5,
  timeoutMs: 4 * HOUR_MS,
});

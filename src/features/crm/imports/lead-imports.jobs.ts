import { Id } from '../../../platform/http/shapes/fields.js';
import { job } from '../../../platform/messaging/definitions.js';

export class LeadImportPayload {
  @Id() importId: string;
}

const HOUR_MS = 3_600_000;

/** Reads a file and makes leads of its rows; goes on behind the last committed batch when it is run again. */
export const RunLeadImport = job({
  name: 'crm.import-leads',
  queue: 'imports',
  payload: LeadImportPayload,
  attempts: 5,
  timeoutMs: 4 * HOUR_MS,
});

/** Takes back what an import did. */
export const UndoLeadImport = job({
  name: 'crm.undo-lead-import',
  queue: 'imports',
  payload: LeadImportPayload,
  attempts: 5,
  timeoutMs: 4 * HOUR_MS,
});

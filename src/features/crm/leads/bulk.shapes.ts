import { Bool, Id, Int, ListOfShape, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { MoveLead, UpdateLead } from './lead-requests.shapes.js';

export const BULK_OPERATIONS = ['update', 'move', 'delete', 'restore'] as const;

export type BulkOperationName = (typeof BULK_OPERATIONS)[number];

export class BulkOperation {
  @OneOf(BULK_OPERATIONS) op: BulkOperationName;
  @Id() id: string;
  @Int({ min: 1, optional: true, description: 'Version you read; when it is another one by now, the operation fails.', example: 3 })
  version?: number;
  @Nested(() => UpdateLead, { optional: true, description: 'For `update`: a merge patch.' }) changes?: UpdateLead;
  @Nested(() => MoveLead, { optional: true, description: 'For `move`: where to.' }) to?: MoveLead;
}

export class BulkLeads {
  @ListOfShape(() => BulkOperation, { min: 1, max: 1000, description: 'Done in this order.' }) operations: BulkOperation[];
  @Bool({ optional: true, description: 'True: all or none. Otherwise those that fail leave the others done.', example: false })
  atomic?: boolean;
}

export class BulkFailure {
  @Text({ max: 100, description: 'Code of the problem, as the single routes answer it.', example: 'lead-not-found' }) code: string;
  @Int({ example: 404 }) status: number;
  @Text({ max: 300, example: 'There is no such lead' }) title: string;
  @Text({ max: 1000, nullable: true, example: null }) detail: string | null;
}

export class BulkItemResult {
  @OneOf(BULK_OPERATIONS) op: BulkOperationName;
  @Id() id: string;
  @Bool({ example: true }) ok: boolean;
  @Int({ min: 1, nullable: true, description: 'Version after the operation; null when it failed or deleted the lead.', example: 4 })
  version: number | null;
  @Nested(() => BulkFailure, { nullable: true, description: 'Why it failed.' }) problem: BulkFailure | null;
}

export class BulkResult {
  @Int({ min: 0, example: 2 }) succeeded: number;
  @Int({ min: 0, example: 0 }) failed: number;
  @ListOfShape(() => BulkItemResult, { description: 'One for each operation, in the same order.' }) results: BulkItemResult[];
}

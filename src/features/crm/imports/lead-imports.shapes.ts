import { Bool, Decimal, Id, Instant, Int, ListOf, ListOfShape, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { JobAccepted } from '../../../platform/messaging/job-accepted.shapes.js';
import {
  IMPORT_OUTCOMES,
  IMPORT_STATES,
  type ImportOutcome,
  type ImportState,
  ON_DUPLICATE,
  ON_ERROR,
  type OnDuplicate,
  type OnError,
} from './lead-import.js';
import { LeadImportMapping, NATURAL_KEY } from './mapping.shapes.js';

export class LeadImportCounts {
  @Int({ min: 0, description: 'Rows with content, the heading not counted.', example: 1000 }) read: number;
  @Int({ min: 0, example: 900 }) created: number;
  @Int({ min: 0, example: 60 }) updated: number;
  @Int({ min: 0, description: 'Rows that say what is known already.', example: 20 }) unchanged: number;
  @Int({ min: 0, description: 'Rows left out because of `onDuplicate: skip`.', example: 5 }) duplicate: number;
  @Int({ min: 0, description: 'Rows with a fault; see the report.', example: 15 }) failed: number;
}

export class LeadImportUndone {
  @Int({ min: 0, description: 'Leads that were created and are deleted again.', example: 899 }) deleted: number;
  @Int({ min: 0, description: 'Leads that have the values they had before.', example: 60 }) restored: number;
  @Int({ min: 0, description: 'Leads that somebody changed since, and which were left as they are.', example: 1 }) kept: number;
}

export class LeadImportError {
  @Text({ max: 80, example: 'file-not-found' }) code: string;
  @Text({ max: 500, example: 'The file was deleted.' }) message: string;
}

export class LeadImportAccepted extends JobAccepted {
  @Id({ description: 'The import, at /api/v1/lead-imports/{importId}.' }) importId: string;
}

/** An import and how far it is. */
export class LeadImportView {
  @Id() id: string;
  @OneOf(IMPORT_STATES, {
    description: 'stopped: it met a fault and was to stop there. Rows before that, or before it was cancelled, are imported.',
    example: 'finished',
  })
  state: ImportState;
  @Bool({ description: 'Nothing was written but the report.', example: false }) dryRun: boolean;
  @Id() fileId: string;
  @Text({ max: 255, example: 'leads.csv' }) fileName: string;
  @Id() pipelineId: string;
  @Nested(() => LeadImportMapping) mapping: LeadImportMapping;
  @Text({ ...NATURAL_KEY, nullable: true }) naturalKey: string | null;
  @OneOf(ON_DUPLICATE) onDuplicate: OnDuplicate;
  @OneOf(ON_ERROR) onError: OnError;
  @Nested(() => LeadImportCounts) counts: LeadImportCounts;
  @Int({
    min: 0,
    nullable: true,
    description: 'Likely duplicates found; null until they were looked for.',
    example: 12,
  })
  duplicatePairs: number | null;
  @Nested(() => LeadImportUndone, { nullable: true }) undone: LeadImportUndone | null;
  @Int({
    min: 0,
    nullable: true,
    description: 'Rows read, checked and written per second; the search for duplicates comes after that.',
    example: 4200,
  })
  rowsPerSecond: number | null;
  @Nested(() => LeadImportError, { nullable: true }) error: LeadImportError | null;
  @Id() jobId: string;
  @Id({ nullable: true }) undoJobId: string | null;
  @Id() createdBy: string;
  @Instant() createdAt: string;
  @Instant({ nullable: true }) startedAt: string | null;
  @Instant({ nullable: true }) finishedAt: string | null;
}

export class LeadImportRowError {
  @Text({ max: 300, nullable: true, description: 'Column of the file; null when the row as a whole is at fault.', example: 'E-mail' })
  column: string | null;
  @Text({ max: 60, example: 'email-invalid' }) code: string;
  @Text({ max: 1000, example: '"ana@" is not an e-mail address.' }) message: string;
  @Text({ max: 200, optional: true, example: 'ana@' }) value?: string;
  @Text({ max: 255, optional: true, example: 'Interest' }) didYouMean?: string;
}

/** What became of one row. */
export class LeadImportRow {
  @Int({ min: 1, description: 'Line of the file on which the row begins, from 1.', example: 2 }) line: number;
  @OneOf(IMPORT_OUTCOMES) outcome: ImportOutcome;
  @Id({ nullable: true, description: 'The lead; null for a failed row and for one a dry run would create.' }) leadId: string | null;
  @Text({ max: 200, nullable: true, example: 'Ana Duarte' }) name: string | null;
  @ListOfShape(() => LeadImportRowError) errors: LeadImportRowError[];
  @OneOf(['deleted', 'restored', 'kept'], { nullable: true, description: 'What undoing did to the lead.' }) undone: string | null;
}

export class DuplicateFactor {
  @Text({ max: 120, example: 'email' }) field: string;
  @OneOf(['exact', 'close', 'similar', 'different']) level: string;
  @Decimal({ description: 'In bits: above zero speaks for one person, below zero against.', example: 11.4 }) weight: number;
  @Text({ max: 2000, example: 'ana@example.com' }) left: string;
  @Text({ max: 2000, example: 'ana@example.com' }) right: string;
  @Text({ max: 300, example: 'E-mail is the same' }) explanation: string;
}

/** Two leads that are probably one person. */
export class LeadImportDuplicate {
  @Int({ min: 1, description: 'Line of the row.', example: 12 }) line: number;
  @Id({ nullable: true, description: 'Null in a dry run for a lead that does not exist.' }) leadId: string | null;
  @Int({ min: 1, nullable: true, description: 'Line of the other row; null when the other lead was there before.', example: 40 })
  otherLine: number | null;
  @Id({ nullable: true }) otherLeadId: string | null;
  @Decimal({ min: 0, max: 1, description: 'Probability that they are one person.', example: 0.998 }) score: number;
  @ListOfShape(() => DuplicateFactor, { description: 'Why, most telling first.' }) factors: DuplicateFactor[];
}

/** What a file looks like, and how it could be read. */
export class SuggestedMapping {
  @ListOf('text', { max: 500, maxLength: 300, example: ['Name', 'E-mail'] }) headers: string[];
  @ListOfShape(() => SampleRow, { description: 'The first rows.' }) sample: SampleRow[];
  @Nested(() => LeadImportMapping) mapping: LeadImportMapping;
  @Text({ ...NATURAL_KEY, nullable: true }) naturalKey: string | null;
}

export class SampleRow {
  @Int({ min: 1, example: 2 }) line: number;
  @ListOf('text', { max: 500, maxLength: 32_768, example: ['Ana Duarte', 'ana@example.com'] }) cells: string[];
}

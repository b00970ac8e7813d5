import { Bool, Decimal, Id, Instant, Int, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { JobAccepted } from '../../../platform/messaging/job-accepted.shapes.js';
import { SCAN_PHASES, SCAN_STATES, type ScanPhase, type ScanState } from './duplicate-scan.js';

export class StartDuplicateScan {
  @Decimal({
    min: 0.05,
    max: 0.9999,
    optional: true,
    description: 'Least probability of a pair that is shown. 0.5, when left out, makes the fewest mistakes.',
    example: 0.5,
  })
  threshold?: number;
}

export class DuplicateScanAccepted extends JobAccepted {
  @Id({ description: 'The scan, at /api/v1/lead-duplicate-scans/{scanId}.' }) scanId: string;
}

export class DuplicateScanError {
  @Text({ max: 80, example: 'job-failed' }) code: string;
  @Text({ max: 500, example: 'The job failed too often.' }) message: string;
}

/** A scan of all leads and how far it is. */
export class DuplicateScanView {
  @Id() id: string;
  @OneOf(SCAN_STATES, { example: 'finished' }) state: ScanState;
  @OneOf(SCAN_PHASES, { description: 'What it is at, or was at when it ended.', example: 'done' }) phase: ScanPhase;
  @Decimal({ min: 0, max: 1, description: 'Least probability of a pair that is shown.', example: 0.5 }) threshold: number;
  @Int({ min: 0, description: 'Leads there were when it began.', example: 1000 }) leadCount: number;
  @Int({ min: 0, description: 'Leads that are done in this phase.', example: 1000 }) doneCount: number;
  @Int({ min: 0, description: 'Pairs that were compared in detail.', example: 9800 }) comparedPairs: number;
  @Int({ min: 0, description: 'Pairs that are likely one person.', example: 498 }) pairCount: number;
  @Int({ min: 0, description: 'Groups for review.', example: 498 }) clusterCount: number;
  @Bool({ description: 'There were more pairs than anybody reads: only the strongest were grouped.', example: false }) truncated: boolean;
  @Nested(() => DuplicateScanError, { nullable: true }) error: DuplicateScanError | null;
  @Id() jobId: string;
  @Id() createdBy: string;
  @Instant() createdAt: string;
  @Instant({ nullable: true }) startedAt: string | null;
  @Instant({ nullable: true }) finishedAt: string | null;
}

export class DuplicateScansQuery {
  @Text({ max: 4096, optional: true, description: '`nextCursor` of the page before.', example: 'eyJ' }) cursor?: string;
  @Int({ min: 1, max: 100, default: 50, optional: true, description: 'How many at most.', example: 50 }) limit?: number;
}

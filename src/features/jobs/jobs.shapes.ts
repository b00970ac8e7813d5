import { Int, Instant, Id, JsonObject, Nested, OneOf, Text } from '../../platform/http/shapes/fields.js';
import { pageOf } from '../../platform/http/shapes/builders.js';
import { QUEUES } from '../../platform/messaging/definitions.js';

export const JOB_STATES = ['PENDING', 'PROCESSING', 'SUCCESS', 'FAILURE', 'CANCELLED'] as const;

export type JobState = (typeof JOB_STATES)[number];

export class JobProgress {
  @Int({ min: 0, example: 1200 }) done: number;
  @Int({ min: 0, description: '0 while nobody knows yet.', example: 5000 }) total: number;
  @Text({ max: 200, nullable: true, description: 'What it is doing.', example: 'Looking for duplicates' }) note: string | null;
}

export class JobErrorView {
  @Text({ max: 100, example: 'timed-out' }) code: string;
  @Text({ max: 1000, example: 'The job took too long and was stopped.' }) message: string;
}

export class JobView {
  @Id() id: string;
  @Text({ max: 200, description: 'What kind of work it is.', example: 'crm.import-leads' }) name: string;
  @OneOf(QUEUES) queue: string;
  @OneOf(JOB_STATES, { example: 'PROCESSING' }) state: JobState;
  @Nested(() => JobProgress, { nullable: true }) progress: JobProgress | null;
  @JsonObject({ nullable: true, description: 'What the job gave back, once its state is SUCCESS.', example: { imported: 5000 } }) result:
    object | null;
  @Nested(() => JobErrorView, { nullable: true, description: 'Why the last attempt failed.' }) error: JobErrorView | null;
  @Int({ min: 0, description: 'How often it was tried.', example: 1 }) attempts: number;
  @Id({ nullable: true, description: 'The person who started it; null for the system.' }) createdBy: string | null;
  @Instant() createdAt: string;
  @Instant({ description: 'It does not start earlier.' }) runAt: string;
  @Instant({ nullable: true }) startedAt: string | null;
  @Instant({ nullable: true }) finishedAt: string | null;
  @Instant({ nullable: true, description: 'When somebody asked to cancel it.' }) cancelRequestedAt: string | null;
}

export class JobsQuery {
  @OneOf(JOB_STATES, { optional: true }) state?: JobState;
  @Text({ max: 200, optional: true, description: 'Only jobs of this name.', example: 'crm.import-leads' }) name?: string;
  @Text({ max: 1000, optional: true, description: '`nextCursor` of the page before.', example: 'AbC' }) cursor?: string;
  @Int({ min: 1, max: 100, optional: true, default: 50, example: 50 }) limit?: number;
}

export const JobViewPage = pageOf(JobView);

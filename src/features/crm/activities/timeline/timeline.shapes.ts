import { Id, Instant, JsonObject, ListOf, Nested, OneOf, Text } from '../../../../platform/http/shapes/fields.js';
import { AttachmentView } from '../attachments/attachments.shapes.js';
import { ActivityView } from '../logged/logged.shapes.js';
import { EntryPageQuery, NoteView } from '../notes/notes.shapes.js';
import { TaskView } from '../tasks/tasks.shapes.js';

export const TIMELINE_TYPES = ['note', 'task', 'activity', 'attachment', 'stage', 'change'] as const;

export type TimelineType = (typeof TIMELINE_TYPES)[number];

const ACTORS = ['user', 'api-key', 'assistant', 'job', 'system', 'anonymous'] as const;

/** What happened to the lead itself, from the audit trail. */
export class LeadChange {
  @Text({ max: 100, example: 'lead.updated' }) action: string;
  @OneOf(ACTORS, { description: 'Who acted: a person, or something on their behalf.' }) actorType: string;
  @JsonObject({ nullable: true, description: 'The fields that changed, as they were.', example: { company: null } }) before: object | null;
  @JsonObject({ nullable: true, description: 'The same fields, as they are since.', example: { company: 'Duarte & Filhos' } }) after:
    object | null;
}

/** One thing in the history of a lead; of the parts below exactly one is there. */
export class TimelineItem {
  @OneOf(TIMELINE_TYPES) type: TimelineType;
  @Text({ max: 40, description: 'Id of the note, task, activity or attachment; number of the event in the audit trail for the others.' })
  id: string;
  @Instant({ description: 'When it was written, or when it happened.' }) at: string;
  @Id({ nullable: true, description: 'The person behind it; null when there is none.' }) userId: string | null;
  @Nested(() => NoteView, { nullable: true }) note: NoteView | null;
  @Nested(() => TaskView, { nullable: true }) task: TaskView | null;
  @Nested(() => ActivityView, { nullable: true }) activity: ActivityView | null;
  @Nested(() => AttachmentView, { nullable: true }) attachment: AttachmentView | null;
  @Nested(() => LeadChange, { nullable: true, description: 'A move on the board (`stage`) or any other change of the lead (`change`).' })
  change: LeadChange | null;
}

export class TimelineQuery extends EntryPageQuery {
  @ListOf(TIMELINE_TYPES, {
    max: TIMELINE_TYPES.length,
    min: 1,
    unique: true,
    optional: true,
    description: 'Only these, separated by commas; all when left out.',
    example: ['note', 'stage'],
  })
  types?: TimelineType[];
}

import { Id, Instant, Int, LocalDate, OneOf, Text, TimeZone } from '../../../../platform/http/shapes/fields.js';
import { mergePatchOf } from '../../../../platform/http/shapes/builders.js';
import { EntryPageQuery } from '../notes/notes.shapes.js';
import { DUE_FILTERS, type DueFilter, PRIORITIES, type Priority } from './task.js';
import { Assignee, ReminderOffsets } from './task-fields.js';

const TITLE = { max: 200, example: 'Send the offer' } as const;
const DETAILS = { max: 10_000, example: 'With the discount we spoke of.' } as const;

export class TaskView {
  @Id() id: string;
  @Id() leadId: string;
  @Text(TITLE) title: string;
  @Text({ ...DETAILS, nullable: true }) description: string | null;
  @Instant({ nullable: true, description: 'From when on it is overdue; for a task due on a day the end of that day.' }) dueAt:
    string | null;
  @LocalDate({ nullable: true, description: 'The day it is due on, when it is due on a day and not at a moment.', example: null }) dueOn:
    string | null;
  @TimeZone({ nullable: true, description: 'Where that day is counted.', example: null }) timeZone: string | null;
  @ReminderOffsets() reminders: number[];
  @Id({ nullable: true, description: 'Member who is to do it.' }) assigneeId: string | null;
  @OneOf(PRIORITIES, { example: 'normal' }) priority: Priority;
  @Instant({ nullable: true, example: null }) doneAt: string | null;
  @Id({ nullable: true, description: 'Who said that it is done.', example: null }) doneBy: string | null;
  @Instant({ nullable: true, description: 'When the assignee was last reminded.', example: null }) remindedAt: string | null;
  @Id({ nullable: true, description: 'Who made it; null when the system did.' }) authorId: string | null;
  @Int({ min: 1, description: 'Counts changes; the ETag is made of it.', example: 1 }) version: number;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

/** A task in a list over many leads. */
export class TaskOfLead extends TaskView {
  @Text({ max: 200, example: 'Ana Duarte' }) leadName: string;
}

export class CreateTask {
  @Text({ ...TITLE, min: 1 }) title: string;
  @Text({ ...DETAILS, optional: true }) description?: string;
  @Instant({ optional: true, description: 'The moment it is due; or give `dueOn`.', example: '2026-12-01T16:00:00Z' }) dueAt?: string;
  @LocalDate({ optional: true, description: 'The day it is due; or give `dueAt`.', example: '2026-12-01' }) dueOn?: string;
  @TimeZone({
    optional: true,
    description: 'Where `dueOn` is counted; the zone of the organization when left out.',
    example: 'Europe/Lisbon',
  })
  timeZone?: string;
  @ReminderOffsets({ optional: true }) reminders?: number[];
  @Id({ optional: true, description: 'Member who is to do it; you when left out.' }) assigneeId?: string;
  @OneOf(PRIORITIES, { optional: true, description: 'Normal when left out.', example: 'high' }) priority?: Priority;
}

/** A merge patch: what is left out stays, null clears. */
export class UpdateTask extends mergePatchOf(CreateTask) {}

export class ListTasksQuery extends EntryPageQuery {
  @Assignee({ optional: true, description: 'Only tasks of this member (`me` for yourself), or of nobody (`none`).' }) assignee?: string;
  @OneOf(DUE_FILTERS, {
    optional: true,
    description:
      'Only tasks that are overdue, due today, or due within seven days from today on; days are those of the organization. Only for open tasks.',
    example: 'today',
  })
  due?: DueFilter;
  @OneOf(['open', 'done'], { optional: true, description: 'Open tasks, soonest due first (default), or done ones, last done first.' })
  state?: 'open' | 'done';
  @OneOf(PRIORITIES, { optional: true, example: 'high' }) priority?: Priority;
}

import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../../platform/database/tx.js';
import type { PageOf } from '../../../../platform/http/shapes/builders.js';
import { sqlSelectList } from '../../../../platform/http/shapes/schema.js';
import { KeysetLists, type ListOrder } from '../../records/keyset-list.js';
import { RecordStore } from '../../records/record-store.js';
import { AUTHOR } from '../entry-rules.js';
import type { EntryPageQuery } from '../notes/notes.shapes.js';
import type { Days } from './task.js';
import { type ListTasksQuery, TaskOfLead, TaskView } from './tasks.shapes.js';

const COLUMNS = {
  id: 'r.id',
  leadId: 'r.lead_id',
  title: 'r.title',
  description: 'r.description',
  dueAt: 'r.due_at',
  dueOn: 'r.due_on',
  timeZone: 'r.time_zone',
  reminders: 'r.reminders',
  assigneeId: 'r.assignee_id',
  priority: 'r.priority',
  doneAt: 'r.done_at',
  doneBy: 'r.done_by',
  remindedAt: 'r.reminded_at',
  authorId: AUTHOR,
  version: 'r.version',
  createdAt: 'r.created_at',
  updatedAt: 'r.updated_at',
};
export const TASK_LIST = sqlSelectList(TaskView, COLUMNS);
const LISTED = sqlSelectList(TaskOfLead, { ...COLUMNS, leadName: 'l.name' });

const DUE = `coalesce(r.due_at, 'infinity'::timestamptz)`;
const SOONEST_DUE: ListOrder = { column: DUE, type: 'timestamptz', direction: 'asc' };
const LAST_DONE: ListOrder = { column: 'r.done_at', type: 'timestamptz', direction: 'desc' };

/** What a task list asks for, with "me" and days made plain. */
export interface TaskQuestion extends Pick<ListTasksQuery, 'cursor' | 'limit' | 'priority'> {
  readonly isDone: boolean;
  /** A member, null for tasks of nobody, undefined for all. */
  readonly assigneeId: string | null | undefined;
  readonly overdueAt: string | undefined;
  readonly days: Days | undefined;
  readonly context: readonly unknown[];
}

const TASK_COLUMNS = [
  'title',
  'description',
  'due_at',
  'due_on',
  'time_zone',
  'reminders',
  'assignee_id',
  'priority',
  'done_at',
  'done_by',
] as const;

/** The values of a task's columns, in their order. */
export function taskValues(task: Omit<TaskView, 'id' | 'leadId' | 'remindedAt' | 'authorId' | 'version' | 'createdAt' | 'updatedAt'>) {
  const { title, description, dueAt, dueOn, timeZone, reminders, assigneeId, priority, doneAt, doneBy } = task;
  return [title, description, dueAt, dueOn, timeZone, reminders, assigneeId, priority, doneAt, doneBy];
}

/** Questions about tasks. */
@Injectable()
export class TasksRepository extends RecordStore<TaskView> {
  constructor(private readonly lists: KeysetLists) {
    super({ table: 'lead_tasks', view: TASK_LIST, resource: 'task', columns: TASK_COLUMNS, ofLead: true });
  }

  /** Newest first, done ones too. */
  ofLead(tx: Tx, leadId: string, { cursor, limit }: EntryPageQuery): Promise<PageOf<TaskView>> {
    return this.lists.page<TaskView>(tx, {
      view: TASK_LIST,
      from: 'lead_tasks r',
      conditions: ['r.lead_id = $2', 'r.deleted_at is null'],
      values: [tx.scope.organizationId, leadId],
      order: { column: 'r.created_at', type: 'timestamptz', direction: 'desc' },
      context: ['tasks of lead', leadId],
      cursor,
      limit,
    });
  }

  /** Tasks over all leads that are not deleted. */
  list(tx: Tx, question: TaskQuestion): Promise<PageOf<TaskOfLead>> {
    const { isDone, context, cursor, limit } = question;
    const values: unknown[] = [tx.scope.organizationId];
    return this.lists.page<TaskOfLead>(tx, {
      view: LISTED,
      from: 'lead_tasks r join leads l on l.organization_id = r.organization_id and l.id = r.lead_id and l.deleted_at is null',
      conditions: ['r.deleted_at is null', `r.done_at is ${isDone ? 'not ' : ''}null`, ...filters(question, values)],
      values,
      order: isDone ? LAST_DONE : SOONEST_DUE,
      context,
      cursor,
      limit,
    });
  }
}

function filters({ assigneeId, priority, overdueAt, days }: TaskQuestion, values: unknown[]): string[] {
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions: string[] = [];
  if (assigneeId === null) conditions.push('r.assignee_id is null');
  else if (assigneeId !== undefined) conditions.push(`r.assignee_id = ${parameter(assigneeId)}`);
  if (priority !== undefined) conditions.push(`r.priority = ${parameter(priority)}`);
  if (overdueAt !== undefined) conditions.push(`${DUE} <= ${parameter(overdueAt)}::timestamptz`);
  if (days) {
    const [from, to, first, last] = [days.from, days.to, days.first, days.last].map(parameter);
    // A day may be that of another zone: the index is asked for a day more on either side, and the rest is judged row by row.
    conditions.push(
      `${DUE} between ${from}::timestamptz - interval '1 day' and ${to}::timestamptz + interval '1 day'`,
      `case when r.due_on is null then r.due_at >= ${from}::timestamptz and r.due_at < ${to}::timestamptz
        else r.due_on between ${first}::date and ${last}::date end`,
    );
  }
  return conditions;
}

import { Injectable } from '@nestjs/common';
import { Clock } from '../../../../platform/clock/clock.js';
import { Database } from '../../../../platform/database/database.js';
import type { Scope } from '../../../../platform/database/scope.js';
import type { Tx } from '../../../../platform/database/tx.js';
import { InvalidParameters, ValidationFailed } from '../../../../platform/http/problems/core-problems.js';
import type { PageOf } from '../../../../platform/http/shapes/builders.js';
import { newId, NIL_ID } from '../../../../shared/ids.js';
import { MemberDirectory } from '../../../organizations/index.js';
import { LeadNotFound } from '../../leads/leads.errors.js';
import { changeRecord, isSame, removeRecord } from '../../records/record-change.js';
import { AssigneeUnknown, DueAmbiguous, TaskNotFound } from '../activities.errors.js';
import { knowLead } from '../lead-entry-list.js';
import type { EntryPageQuery } from '../notes/notes.shapes.js';
import { daysFrom, type Due, dueAfter, type GivenDue, NOT_DUE, reminderTimes } from './task.js';
import { TaskRemindersRepository } from './task-reminders.repository.js';
import { TasksRepository, taskValues } from './tasks.repository.js';
import type { CreateTask, ListTasksQuery, TaskOfLead, TaskView, UpdateTask } from './tasks.shapes.js';

interface TaskChange {
  readonly id: string;
  readonly patch?: object;
  /** What the audit trail calls it. */
  readonly verb?: string;
  readonly to: (current: TaskView, tx: Tx) => TaskView | Promise<TaskView>;
}

/** Tasks of leads. Whoever may change tasks may change those of others too: a team shares its work. */
@Injectable()
export class TasksService {
  constructor(
    private readonly db: Database,
    private readonly tasks: TasksRepository,
    private readonly reminders: TaskRemindersRepository,
    private readonly members: MemberDirectory,
    private readonly clock: Clock,
  ) {}

  /** Tasks over all leads. */
  list(scope: Scope, query: ListTasksQuery): Promise<PageOf<TaskOfLead>> {
    const { assignee, due, state = 'open', cursor, limit, priority } = query;
    if (due !== undefined && state === 'done') {
      throw InvalidParameters({ errors: [{ parameter: 'due', code: 'not-together', message: 'only goes with open tasks' }] });
    }
    const assigneeId = assignee === 'me' ? scope.actor.userId : assignee === 'none' ? null : assignee;
    return this.db.read(scope, async (tx) => {
      const now = this.clock.now();
      const days = due === 'today' || due === 'week' ? daysFrom(now, due === 'today' ? 1 : 7, await this.members.timeZone(tx)) : undefined;
      return this.tasks.list(tx, {
        isDone: state === 'done',
        assigneeId,
        overdueAt: due === 'overdue' ? now.toISOString() : undefined,
        days,
        priority,
        cursor,
        limit,
        context: ['tasks', assigneeId ?? String(assigneeId), due ?? '', state, priority ?? ''],
      });
    });
  }

  ofLead(scope: Scope, leadId: string, query: EntryPageQuery): Promise<PageOf<TaskView>> {
    return this.db.read(scope, async (tx) => {
      const page = await this.tasks.ofLead(tx, leadId, query);
      if (page.items.length === 0) await knowLead(tx, leadId);
      return page;
    });
  }

  add(scope: Scope, leadId: string, input: CreateTask): Promise<TaskView> {
    return this.db.write(scope, (tx) => this.addIn(tx, { ...input, leadId }));
  }

  async get(scope: Scope, id: string): Promise<TaskView> {
    const found = await this.db.read(scope, (tx) => this.tasks.find(tx, id));
    if (!found) throw TaskNotFound();
    return found;
  }

  update(scope: Scope, id: string, patch: UpdateTask): Promise<TaskView> {
    return this.changing(scope, { id, patch, to: (current, tx) => this.patched(tx, current, patch) });
  }

  /** Says that a task is done; what is done already stays as it is. */
  finish(scope: Scope, id: string): Promise<TaskView> {
    const done = { doneAt: this.clock.now().toISOString(), doneBy: scope.actor.userId };
    return this.changing(scope, { id, verb: 'done', to: (current) => (current.doneAt === null ? { ...current, ...done } : current) });
  }

  reopen(scope: Scope, id: string): Promise<TaskView> {
    return this.changing(scope, { id, verb: 'reopened', to: (current) => ({ ...current, doneAt: null, doneBy: null }) });
  }

  remove(scope: Scope, id: string): Promise<void> {
    return this.db.write(scope, (tx) => this.removeIn(tx, id, scope.ifMatch));
  }

  /** Adds a task in a transaction that is open, which must be one of `db.write`. */
  async addIn(tx: Tx, { leadId, ...input }: CreateTask & { leadId: string }): Promise<TaskView> {
    // Said first, so that nothing is learned of an organization by asking about its leads.
    if (input.assigneeId !== undefined || input.dueOn !== undefined) await knowLead(tx, leadId);
    const due = await this.dueAfter(tx, NOT_DUE, input);
    const { userId } = tx.scope.actor;
    const assigneeId = input.assigneeId ?? (userId === NIL_ID ? null : userId);
    if (input.assigneeId !== undefined) await this.knowAssignee(tx, input.assigneeId);
    const task = {
      title: input.title.trim(),
      description: input.description?.trim() || null,
      ...due,
      reminders: falling(input.reminders ?? []),
      assigneeId,
      priority: input.priority ?? 'normal',
      doneAt: null,
      doneBy: null,
    };
    remindable(due, task.reminders);
    const made = await this.tasks.insert(tx, { id: newId(), leadId, values: taskValues(task) });
    if (!made) throw LeadNotFound();
    if (made.reminders.length > 0) await this.syncReminders(tx, made);
    return made;
  }

  /** Puts a task away in a transaction that is open. */
  async removeIn(tx: Tx, id: string, ifMatch?: number): Promise<void> {
    await removeRecord(tx, this.tasks, { id, ifMatch, missing: TaskNotFound });
    await this.reminders.sync(tx, id, [], this.now());
  }

  private changing(scope: Scope, { id, patch = {}, verb, to }: TaskChange): Promise<TaskView> {
    return this.db.write(scope, async (tx) => {
      let before: TaskView | undefined;
      const after = await changeRecord(tx, this.tasks, {
        id,
        patch,
        verb,
        ifMatch: scope.ifMatch,
        missing: TaskNotFound,
        values: async (current) => {
          before = current;
          const wanted = taskValues(await to(current, tx));
          return isSame(wanted, taskValues(current)) ? undefined : wanted;
        },
      });
      if (before && remindersDiffer(before, after)) await this.syncReminders(tx, after);
      return after;
    });
  }

  private async patched(tx: Tx, current: TaskView, patch: UpdateTask): Promise<TaskView> {
    const due = await this.dueAfter(tx, current, patch);
    const { title, description, reminders, assigneeId, priority } = patch;
    if (assigneeId && assigneeId !== current.assigneeId) await this.knowAssignee(tx, assigneeId);
    const after: TaskView = {
      ...current,
      ...due,
      title: title?.trim() ?? current.title,
      description: description === undefined ? current.description : description?.trim() || null,
      // A task that is not due any more reminds of nothing.
      reminders: reminders === undefined ? (due.dueAt === null ? [] : current.reminders) : falling(reminders ?? []),
      assigneeId: assigneeId === undefined ? current.assigneeId : assigneeId,
      priority: priority === undefined ? current.priority : (priority ?? 'normal'),
    };
    remindable(due, after.reminders);
    return after;
  }

  /** The organization's zone is read only when a day is given. */
  private async dueAfter(tx: Tx, current: Due, given: GivenDue): Promise<Due> {
    const zone = given.dueOn || given.timeZone !== undefined ? await this.members.timeZone(tx) : 'UTC';
    const { dueAt, dueOn, timeZone } = given;
    const due = dueAfter(current, { dueAt, dueOn, timeZone }, zone);
    if ('code' in due) throw due.code === 'range' ? ValidationFailed({ errors: [due] }) : DueAmbiguous({ errors: [due] });
    return { dueAt: due.dueAt, dueOn: due.dueOn, timeZone: due.timeZone };
  }

  private async knowAssignee(tx: Tx, assigneeId: string): Promise<void> {
    if (await this.members.isActiveMember(tx, assigneeId)) return;
    const message = 'is not an active member; GET /members lists them';
    throw AssigneeUnknown({ errors: [{ pointer: '/assigneeId', code: 'assignee-unknown', message }] });
  }

  private syncReminders(tx: Tx, task: TaskView): Promise<void> {
    const wanted = task.doneAt === null ? reminderTimes(task, task.reminders) : [];
    return this.reminders.sync(tx, task.id, wanted, this.now());
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}

/** The first to be sent comes first. */
const falling = (minutes: readonly number[]): number[] => [...minutes].sort((a, b) => b - a);

function remindable({ dueAt }: Due, reminders: readonly number[]): void {
  if (reminders.length === 0 || dueAt !== null) return;
  throw ValidationFailed({
    errors: [{ pointer: '/reminders', code: 'needs-due', message: 'only go with a task that is due: give dueAt or dueOn' }],
  });
}

function remindersDiffer(before: TaskView, after: TaskView): boolean {
  const facts = ({ dueAt, dueOn, timeZone, reminders, doneAt }: TaskView): unknown[] => [dueAt, dueOn, timeZone, reminders, doneAt];
  return (before.reminders.length > 0 || after.reminders.length > 0) && !isSame(facts(before), facts(after));
}

import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../../platform/database/tx.js';
import { auditCte, auditParameters } from '../../../audit/index.js';

/** One reminder of a task. */
export interface Reminder {
  readonly taskId: string;
  readonly remindAt: string;
}

/** What a reminder says, when it still is to be sent. */
export interface ReminderFacts {
  readonly title: string;
  readonly leadName: string;
  readonly dueAt: string;
  readonly dueOn: string | null;
  readonly timeZone: string | null;
  readonly assigneeId: string;
  readonly email: string;
  readonly name: string;
}

// A reminder that was sent stays as long as it is wanted, so that it is not sent again; what is past when it is wished for is never sent.
const SYNC = `with wanted as (select t.minutes, t.at from unnest($3::int[], $4::timestamptz[]) as t(minutes, at)),
  gone as (
    delete from task_reminders d where d.organization_id = $1 and d.task_id = $2
      and not exists (select from wanted w where w.minutes = d.offset_minutes and w.at = d.remind_at))
  insert into task_reminders (organization_id, task_id, offset_minutes, remind_at)
  select $1, $2, w.minutes, w.at from wanted w where w.at > $5::timestamptz
  on conflict do nothing`;

// For the sweep: organizations that have something to send.
const DUE_ORGANIZATIONS = `select distinct organization_id as id from (
    select r.organization_id from task_reminders r where r.queued_at is null and r.remind_at <= $1 order by r.remind_at limit 2000) due`;

// Whoever marks a reminder owns it; another worker passes over it.
const CLAIM = `with due as (
    select r.task_id, r.offset_minutes, r.remind_at from task_reminders r
    where r.organization_id = $1 and r.queued_at is null and r.remind_at <= $2 order by r.remind_at limit 500 for update skip locked)
  update task_reminders r set queued_at = $2 from due
  where r.organization_id = $1 and r.task_id = due.task_id and r.offset_minutes = due.offset_minutes and r.remind_at = due.remind_at
  returning r.task_id as "taskId", r.remind_at as "remindAt"`;

const FACTS = `select t.title, l.name as "leadName", t.due_at as "dueAt", t.due_on as "dueOn", t.time_zone as "timeZone",
    t.assignee_id as "assigneeId", u.email, u.name
  from lead_tasks t
  join leads l on l.organization_id = t.organization_id and l.id = t.lead_id and l.deleted_at is null
  join user_directory u on u.id = t.assignee_id and u.is_active
  where t.organization_id = $1 and t.id = $2 and t.done_at is null and t.deleted_at is null
    and exists (select from task_reminders r where r.organization_id = $1 and r.task_id = $2 and r.remind_at = $3)`;

const REMINDED = `with t as (
    update lead_tasks r set reminded_at = $3 where r.organization_id = $1 and r.id = $2 returning r.id, r.assignee_id, r.reminded_at),
  a as (${auditCte({
    from: 't',
    first: 4,
    action: `'task.reminded'`,
    resourceType: `'task'`,
    resourceId: 't.id',
    before: 'null::jsonb',
    after: `jsonb_build_object('assigneeId', t.assignee_id, 'remindedAt', t.reminded_at)`,
  })})
  select id from t`;

/** Reminders that wait to be sent. */
@Injectable()
export class TaskRemindersRepository {
  /** Makes the waiting reminders of a task those that are wanted. */
  async sync(tx: Tx, taskId: string, wanted: readonly { minutes: number; at: string }[], now: string): Promise<void> {
    const [minutes, times] = [wanted.map((one) => one.minutes), wanted.map((one) => one.at)];
    await tx.query(SYNC, [tx.scope.organizationId, taskId, minutes, times, now]);
  }

  /** Needs the transaction of `db.asSystem`. */
  async dueOrganizations(tx: Tx, now: string): Promise<string[]> {
    return (await tx.query<{ id: string }>(DUE_ORGANIZATIONS, [now])).map(({ id }) => id);
  }

  claim(tx: Tx, now: string): Promise<Reminder[]> {
    return tx.query<Reminder>(CLAIM, [tx.scope.organizationId, now]);
  }

  /** Undefined when the task is done, gone or due at another time by now, or nobody is to do it. */
  facts(tx: Tx, { taskId, remindAt }: Reminder): Promise<ReminderFacts | undefined> {
    return tx.first<ReminderFacts>(FACTS, [tx.scope.organizationId, taskId, remindAt]);
  }

  async reminded(tx: Tx, taskId: string, now: string): Promise<void> {
    await tx.query(REMINDED, [tx.scope.organizationId, taskId, now, ...auditParameters(tx.scope)]);
  }
}

import { Id, Instant } from '../../../../platform/http/shapes/fields.js';
import { job, schedule } from '../../../../platform/messaging/definitions.js';

export class RemindOfTaskPayload {
  @Id() taskId: string;
  @Instant() remindAt: string;
}

/** Sends one reminder to the assignee of a task. */
export const RemindOfTask = job({
  name: 'crm.remind-of-task',
  queue: 'mail',
  payload: RemindOfTaskPayload,
  attempts: 8,
  timeoutMs: 30_000,
});

/** Looks for reminders whose time has come: a row waits for them, not a timer, so a restart loses none. */
export const QueueReminders = schedule({ name: 'crm.queue-reminders', every: 15 });

import { Injectable } from '@nestjs/common';
import { Clock } from '../../../../platform/clock/clock.js';
import { Database } from '../../../../platform/database/database.js';
import { type Scope, systemScope } from '../../../../platform/database/scope.js';
import { Mailer } from '../../../../platform/mail/mailer.js';
import { Handles, type JobContext } from '../../../../platform/messaging/handles.js';
import { Jobs } from '../../../../platform/messaging/jobs.js';
import { MemberDirectory } from '../../../organizations/index.js';
import { TaskRemindersRepository, type Reminder, type ReminderFacts } from './task-reminders.repository.js';
import { QueueReminders, RemindOfTask, type RemindOfTaskPayload } from './tasks.jobs.js';

const MOST_ROUNDS = 20;

/** Reminds people of their tasks: each reminder is claimed once and becomes one job, whose mail carries the job's id. */
@Injectable()
export class TaskReminders {
  constructor(
    private readonly db: Database,
    private readonly reminders: TaskRemindersRepository,
    private readonly members: MemberDirectory,
    private readonly jobs: Jobs,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  /** Queues every reminder whose time has come; any number of workers may do so at once. */
  @Handles(QueueReminders)
  async queueDue({ scope, signal }: Pick<JobContext, 'scope' | 'signal'>): Promise<{ queued: number }> {
    const now = this.clock.now().toISOString();
    let queued = 0;
    const failures: Error[] = [];
    for (let round = 0; round < MOST_ROUNDS && !signal.aborted; round++) {
      const organizations = await this.db.asSystem('find due reminders', scope, (tx) => this.reminders.dueOrganizations(tx, now));
      let found = 0;
      for (const id of organizations) {
        // What is wrong with one organization must not keep the others from being reminded.
        const claimed = await this.queueIn(systemScope(scope.requestId, id), now).catch((error: Error) => void failures.push(error));
        found += claimed ?? 0;
      }
      // Nothing claimed: there was nothing, or another worker is at it.
      if (found === 0) break;
      queued += found;
    }
    if (failures[0]) throw failures[0];
    return { queued };
  }

  @Handles(RemindOfTask)
  async remind(context: JobContext<RemindOfTaskPayload>): Promise<{ sent: boolean }> {
    const { scope, payload, jobId } = context;
    const found = await this.db.read(scope, async (tx) => {
      const facts = await this.reminders.facts(tx, payload);
      return facts && (await this.members.isActiveMember(tx, facts.assigneeId))
        ? { facts, timeZone: await this.members.timeZone(tx) }
        : undefined;
    });
    if (!found) return { sent: false };
    const { name, title, leadName, email } = found.facts;
    await this.mailer.send('task-reminder', email, { name, title, leadName, due: dueText(found.facts, found.timeZone) }, jobId);
    await this.db.write(scope, async (tx) => {
      if (await context.once(tx)) await this.reminders.reminded(tx, payload.taskId, this.clock.now().toISOString());
    });
    return { sent: true };
  }

  private queueIn(scope: Scope, now: string): Promise<number> {
    return this.db.write(scope, async (tx) => {
      const claimed: Reminder[] = await this.reminders.claim(tx, now);
      for (const { taskId, remindAt } of claimed) await this.jobs.enqueue(tx, RemindOfTask, { taskId, remindAt }, { visible: false });
      return claimed.length;
    });
  }
}

/** When a task is due, in words: a day as it is, a moment in the zone of the organization. */
export function dueText({ dueAt, dueOn }: Pick<ReminderFacts, 'dueAt' | 'dueOn'>, timeZone: string): string {
  if (dueOn !== null)
    return new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' }).format(new Date(`${dueOn}T00:00:00Z`));
  const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone }).format(new Date(dueAt));
  return `${moment} (${timeZone})`;
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemScope } from '../../src/platform/database/scope.js';
import { TasksService } from '../../src/features/crm/activities/tasks/tasks.service.js';
import { TaskReminders } from '../../src/features/crm/activities/tasks/task-reminders.js';
import { newId } from '../../src/shared/ids.js';
import { ManualClock } from '../../src/platform/clock/clock.js';
import { auditOf, type Caller, callerOf } from '../crm/caller.js';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';

/** The time that tasks and reminders see; sessions go by that of the machine. */
function turn(on: TestApp, to: ManualClock): void {
  for (const part of [on.nest.get(TasksService), on.nest.get(TaskReminders)]) Object.assign(part, { clock: to });
}

let app: TestApp;
let clock: ManualClock;
let actor: TestActor;
let api: Caller;
let leadId: string;

beforeAll(async () => {
  app = await startTestApp();
  turn(app, (clock = new ManualClock(new Date())));
});
afterAll(() => app.close());
beforeEach(async () => {
  clock.set(new Date());
  actor = await makeOrganization(app, { timeZone: 'Pacific/Auckland' });
  api = callerOf(app, actor.token);
  leadId = (await api.lead({ name: 'Ana Duarte' })).id;
});

const inMinutes = (minutes: number): string => new Date(clock.now().getTime() + minutes * 60_000).toISOString();
const task = async (body: object) => (await api.post(`/leads/${leadId}/tasks`, { title: 'Call', ...body })).json;

describe('when a task is due', () => {
  it('is a moment, or a day in the zone of the organization or another', async () => {
    expect(await task({ dueOn: '2030-01-02' })).toMatchObject({
      dueOn: '2030-01-02',
      timeZone: 'Pacific/Auckland',
      dueAt: '2030-01-02T11:00:00.000Z',
    });
    const berlin = await task({ dueOn: '2030-07-01', timeZone: 'Europe/Berlin' });
    expect(berlin).toMatchObject({ timeZone: 'Europe/Berlin', dueAt: '2030-07-01T22:00:00.000Z' });
    const moment = await api.patch(`/tasks/${berlin.id}`, { dueAt: '2030-01-01T00:00:00Z' }, '"v1"');
    expect(moment.json).toMatchObject({ dueAt: '2030-01-01T00:00:00.000Z', dueOn: null, timeZone: null });
    const day = await api.patch(`/tasks/${berlin.id}`, { dueOn: '2030-01-05' }, '"v2"');
    expect(day.json).toMatchObject({ dueOn: '2030-01-05', timeZone: 'Pacific/Auckland' });
    const moved = await api.patch(`/tasks/${berlin.id}`, { timeZone: 'UTC' }, '"v3"');
    expect(moved.json).toMatchObject({ dueAt: '2030-01-06T00:00:00.000Z', timeZone: 'UTC' });
    expect((await api.patch(`/tasks/${berlin.id}`, { dueAt: null }, '"v4"')).json).toMatchObject({
      dueAt: null,
      dueOn: null,
      timeZone: null,
    });
  });

  it('may be any day that can be counted to its end; another is refused with the field', async () => {
    for (const [body, pointer] of [
      [{ dueOn: '9999-12-31' }, '/dueOn'],
      [{ dueOn: '9999-12-30', timeZone: 'Pacific/Pago_Pago' }, undefined],
      [{ dueOn: '0001-01-01', timeZone: 'Pacific/Auckland', reminders: [43_200] }, undefined],
      [{ dueAt: '0001-01-01T00:00:00Z', reminders: [43_200, 0] }, undefined],
      [{ dueAt: '9999-12-31T23:59:59Z', reminders: [0] }, undefined],
    ] as const) {
      const { status, json } = await api.post(`/leads/${leadId}/tasks`, { title: 'Call', ...body });
      expect([body, status, json.errors?.[0]?.pointer]).toEqual([body, pointer ? 422 : 201, pointer]);
    }
    const made = await task({ dueOn: '2030-01-01' });
    expect((await api.patch(`/tasks/${made.id}`, { dueOn: '9999-12-31' }, '"v1"')).status).toBe(422);
  });

  it('is said in one way, and reminders need it', async () => {
    const both = await api.post(`/leads/${leadId}/tasks`, { title: 'x', dueOn: '2030-01-02', dueAt: '2030-01-02T00:00:00Z' });
    expect(both.json).toMatchObject({ status: 422, code: 'due-ambiguous', errors: [{ pointer: '/dueOn' }] });
    expect((await task({ timeZone: 'UTC' })).errors).toMatchObject([{ pointer: '/timeZone' }]);
    expect((await task({ dueAt: '2030-01-02T00:00:00Z', timeZone: 'UTC' })).errors).toMatchObject([{ pointer: '/timeZone' }]);
    expect((await task({ reminders: [5] })).errors).toMatchObject([{ pointer: '/reminders', code: 'needs-due' }]);
    for (const reminders of [[1, 1], [-1], [1.5], [50_000], [1, 2, 3, 4, 5, 6], 'soon']) {
      expect((await task({ dueOn: '2030-01-02', reminders })).errors).toMatchObject([{ pointer: '/reminders' }]);
    }
    const { id } = await task({ dueOn: '2030-01-02', reminders: [5] });
    expect((await api.patch(`/tasks/${id}`, { dueOn: null }, '"v1"')).json).toMatchObject({ dueAt: null, reminders: [] });
  });
});

describe('the assignee of a task', () => {
  it('is whoever makes it, or a member who works here now', async () => {
    const member = await addMember(app, actor);
    expect(await task({})).toMatchObject({ assigneeId: actor.userId });
    const { id } = await task({ assigneeId: member.userId });
    const stranger = await makeOrganization(app);
    for (const assigneeId of [newId(), stranger.userId]) {
      expect(await task({ assigneeId })).toMatchObject({ status: 422, code: 'assignee-unknown' });
      expect((await api.patch(`/tasks/${id}`, { assigneeId }, '"v1"')).json).toMatchObject({ status: 422, code: 'assignee-unknown' });
    }
    expect((await api.patch(`/tasks/${id}`, { assigneeId: null }, '"v1"')).json).toMatchObject({ assigneeId: null });
  });
});

describe('doing a task', () => {
  it('is said once, and can be taken back', async () => {
    const { id } = await task({ dueAt: inMinutes(60), priority: 'high' });
    const done = await api.post(`/tasks/${id}/done`);
    expect(done.json).toMatchObject({ doneAt: clock.now().toISOString(), doneBy: actor.userId, version: 2 });
    clock.advance({ minutes: 5 });
    expect((await api.post(`/tasks/${id}/done`)).json).toEqual(done.json);
    expect((await api.get('/tasks?state=done')).json.items).toMatchObject([{ id, leadName: 'Ana Duarte' }]);
    expect((await api.get('/tasks')).json.items).toEqual([]);
    expect((await api.post(`/tasks/${id}/reopen`, undefined, { 'if-match': '"v1"' })).status).toBe(412);
    expect((await api.post(`/tasks/${id}/reopen`)).json).toMatchObject({ doneAt: null, doneBy: null, version: 3 });
    expect((await auditOf(app, id)).map(({ action }) => action)).toEqual(['task.created', 'task.done', 'task.reopened']);
    for (const verb of ['done', 'reopen']) expect((await api.post(`/tasks/${newId()}/${verb}`)).json.code).toBe('task-not-found');
  });
});

describe('my tasks', () => {
  it('are those due, by days of the organization', async () => {
    // In Auckland it is 10:00 on 15 January 2030.
    clock.set('2030-01-14T21:00:00Z');
    const ids: Record<string, string> = {};
    const make = async (name: string, body: object) => (ids[name] = (await task({ title: name, ...body })).id);
    await make('late', { dueAt: '2030-01-14T10:59:59Z' });
    await make('yesterday', { dueOn: '2030-01-14' });
    await make('this morning', { dueAt: '2030-01-14T11:00:00Z' });
    await make('tonight', { dueAt: '2030-01-15T10:59:59Z' });
    await make('today', { dueOn: '2030-01-15' });
    await make('today elsewhere', { dueOn: '2030-01-15', timeZone: 'America/Los_Angeles' });
    await make('midnight', { dueAt: '2030-01-15T11:00:00Z' });
    await make('last day', { dueOn: '2030-01-21' });
    await make('next week', { dueOn: '2030-01-22' });
    await make('some day', {});
    const member = await addMember(app, actor);
    await make('not mine', { dueOn: '2030-01-15', assigneeId: member.userId });
    const names = async (query: string): Promise<string[]> => {
      const found: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page = await api.get(`/tasks?limit=2&${query}${cursor ? `&cursor=${cursor}` : ''}`);
        if (page.status !== 200) throw new Error(page.text);
        found.push(...page.json.items.map(({ title }: { title: string }) => title));
        cursor = page.json.nextCursor;
      }
      return found;
    };
    expect(await names('assignee=me&due=overdue')).toEqual(['late', 'yesterday', 'this morning']);
    expect(await names('assignee=me&due=today')).toEqual(['this morning', 'tonight', 'today', 'today elsewhere']);
    expect(await names('assignee=me&due=week')).toEqual(
      ['this morning', 'tonight', 'today', 'midnight', 'today elsewhere', 'last day'].sort((a, b) => order(a) - order(b)),
    );
    expect(await names('due=today')).toHaveLength(5);
    expect(await names(`assignee=${member.userId}`)).toEqual(['not mine']);
    expect(await names('assignee=none')).toEqual([]);
    expect((await names('assignee=me')).slice(-2)).toEqual(['next week', 'some day']);
    expect(await names('priority=urgent')).toEqual([]);
    await api.delete(`/leads/${leadId}`);
    expect(await names('')).toEqual([]);
    for (const query of ['assignee=you', 'due=soon', 'due=today&state=done', 'cursor=x'])
      expect((await api.get(`/tasks?${query}`)).status).toBe(400);

    // By the moment each is overdue from; equal moments by id.
    function order(name: string): number {
      return ['this morning', 'tonight', 'today', 'midnight', 'today elsewhere', 'last day'].indexOf(name);
    }
  });
});

describe('reminders', () => {
  const SENT = `select mail_to as to, subject, text from captured_mails where subject like 'Reminder: %' and mail_to = $1 order by captured_at`;
  const mails = async (to: string) => (await app.database.owner.query<{ subject: string; text: string }>(SENT, [to])).rows;
  const look = (on: TestApp = app) =>
    on.nest.get(TaskReminders).queueDue({ scope: systemScope('test'), signal: new AbortController().signal });
  /** Waits until no reminder is on its way. */
  const settled = async (): Promise<void> => {
    for (let tries = 0; tries < 200; tries++) {
      // The schedule of the app may have claimed some a moment ago, in a transaction that is still open.
      const { rows } = await app.database.owner.query(
        `select 1 from jobs where name = 'crm.remind-of-task' and state in ('PENDING', 'PROCESSING')
         union all select 1 from task_reminders where queued_at is null and remind_at <= $1`,
        [clock.now().toISOString()],
      );
      if (rows.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('reminders do not come to an end');
  };
  const after = async (minutes: number): Promise<string[]> => {
    clock.advance({ minutes });
    await look();
    await settled();
    return (await mails(actor.email)).map(({ subject }) => subject);
  };

  it('are sent once when their time has come, and say what is due', async () => {
    const { id } = await task({ title: 'Call Ana', dueAt: inMinutes(120), reminders: [60, 10] });
    expect(await after(59)).toEqual([]);
    expect(await after(2)).toEqual(['Reminder: Call Ana']);
    expect(await after(1)).toHaveLength(1);
    expect(await after(49)).toHaveLength(2);
    expect(await after(600)).toHaveLength(2);
    expect((await mails(actor.email))[0]?.text).toMatch(/“Call Ana” for Ana Duarte is due .*\(Pacific\/Auckland\)/s);
    expect((await api.get(`/tasks/${id}`)).json.remindedAt).not.toBeNull();
    expect((await auditOf(app, id)).filter(({ action }) => action === 'task.reminded')).toHaveLength(2);
  });

  it('of a task due on a day count back from nine in the morning there', async () => {
    clock.set('2030-01-14T00:00:00Z');
    await task({ title: 'By day', dueOn: '2030-01-15', reminders: [0] });
    // 9:00 in Auckland is 20:00 UTC of the day before.
    expect(await after(19 * 60 + 59)).toEqual([]);
    expect(await after(1)).toEqual(['Reminder: By day']);
    expect((await mails(actor.email))[0]?.text).toMatch(/is due Tuesday,? 15 January 2030/);
  });

  it('move with the task, and are not sent for what is past', async () => {
    const { id } = await task({ dueAt: inMinutes(60), reminders: [30, 90] });
    await api.patch(`/tasks/${id}`, { dueAt: inMinutes(600) }, '"v1"');
    expect(await after(60)).toEqual([]);
    expect(await after(450)).toHaveLength(1);
    await api.patch(`/tasks/${id}`, { dueAt: inMinutes(1000) }, '*');
    expect(await after(0)).toHaveLength(1);
    await api.patch(`/tasks/${id}`, { title: 'Renamed' }, '*');
    expect(await after(975)).toEqual(['Reminder: Call', 'Reminder: Renamed', 'Reminder: Renamed']);
  });

  it('are not sent for what is done or gone, nor twice for what was opened again', async () => {
    const [done, gone, again] = [
      await task({ dueAt: inMinutes(60), reminders: [30] }),
      await task({ dueAt: inMinutes(60), reminders: [30] }),
      await task({ title: 'Again', dueAt: inMinutes(60), reminders: [50, 30] }),
    ];
    expect(await after(15)).toEqual(['Reminder: Again']);
    await api.post(`/tasks/${done.id}/done`);
    await api.delete(`/tasks/${gone.id}`);
    await api.post(`/tasks/${again.id}/done`);
    await api.post(`/tasks/${again.id}/reopen`);
    expect(await after(40)).toEqual(['Reminder: Again', 'Reminder: Again']);
  });

  it('that were queued already are not sent once the task is done, nobody is to do it, or the lead is gone', async () => {
    const made = [];
    for (let n = 0; n < 4; n++) made.push(await task({ dueAt: inMinutes(60), reminders: [30] }));
    const leaving = await addMember(app, actor);
    await api.patch(`/tasks/${made[1].id}`, { assigneeId: null }, '"v1"');
    await api.patch(`/tasks/${made[2].id}`, { assigneeId: leaving.userId }, '"v1"');
    await app.database.owner.query(`update memberships set status = 'inactive' where user_id = $1`, [leaving.userId]);
    clock.advance({ minutes: 31 });
    const handler = app.nest.get(TaskReminders);
    const remindAt = new Date(Date.parse(made[0].dueAt) - 30 * 60_000).toISOString();
    const remind = (taskId: string) =>
      handler.remind({ scope: systemScope('test', actor.organizationId), payload: { taskId, remindAt }, jobId: newId() } as never);
    await api.post(`/tasks/${made[0].id}/done`);
    await api.delete(`/leads/${leadId}`);
    for (const { id } of made) expect(await remind(id)).toEqual({ sent: false });
    expect(await mails(leaving.email)).toEqual([]);
  });

  it('are sent once by two processes that look at the same time, and by one that starts later', async () => {
    const second = await startTestApp({}, { database: app.database });
    turn(second, clock);
    try {
      const ids: string[] = [];
      for (let n = 0; n < 12; n++) ids.push((await task({ title: `Task ${n}`, dueAt: inMinutes(60), reminders: [30] })).id);
      clock.advance({ minutes: 31 });
      await Promise.all([look(), look(second), look(), look(second)]);
      await settled();
      expect(new Set((await mails(actor.email)).map(({ subject }) => subject)).size).toBe(12);
      expect(await mails(actor.email)).toHaveLength(12);
      for (const id of ids) expect((await auditOf(app, id)).filter(({ action }) => action === 'task.reminded')).toHaveLength(1);
      const { rows } = await app.database.owner.query(
        `select 1 from jobs where name = 'crm.remind-of-task' and payload->>'taskId' = any($1)`,
        [ids],
      );
      expect(rows).toHaveLength(12);
    } finally {
      await second.close();
    }
    // What came due while nothing ran is found by whatever runs next.
    const { id } = await task({ title: 'While away', dueAt: inMinutes(60), reminders: [30] });
    clock.advance({ minutes: 500 });
    const third = await startTestApp({}, { database: app.database });
    turn(third, clock);
    try {
      await look(third);
      await settled();
      expect((await auditOf(app, id)).filter(({ action }) => action === 'task.reminded')).toHaveLength(1);
    } finally {
      await third.close();
    }
  });
});

import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JobContext } from '../../src/platform/messaging/handles.js';
import { systemScope } from '../../src/platform/database/scope.js';
import { TurnUpkeep } from '../../src/features/assistant/turns/turn-upkeep.js';
import { TurnEnds } from '../../src/features/assistant/turns/turn-ends.js';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { callTools, never, say, VendorServer } from '../harness/vendors/vendor-server.js';
import { type Talker, talkerOf } from './chatting.js';

interface Event {
  readonly id: number;
  readonly event: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly data: any;
}

const MODEL = { AI_CHAT_ENGINES: 'openai', AI_RETRIES: '0', SHUTDOWN_GRACE_SECONDS: '2' };

function parsed(text: string): Event[] {
  return text
    .split('\n\n')
    .filter((block) => block.startsWith('id:'))
    .map((block) => {
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
      return { id: Number(field('id')), event: field('event'), data: JSON.parse(field('data')) };
    });
}

async function follow(who: Talker, taskId: string, lastEventId?: number): Promise<Event[]> {
  const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) };
  return parsed((await who.call('GET', `/chat/tasks/${taskId}/events`, undefined, headers)).text);
}

async function eventually(what: string, is: () => boolean | Promise<boolean>): Promise<void> {
  const until = Date.now() + 15_000;
  while (!(await is())) {
    if (Date.now() > until) throw new Error(`it never came about: ${what}`);
    await wait(10);
  }
}

describe('turns', () => {
  /** Answers without a model, and a process beside it that only takes requests. */
  let app: TestApp;
  let api: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    api = await startTestApp({ ROLE: 'api' }, { database: app.database });
  });
  afterAll(async () => {
    await api.close();
    await app.close();
  });

  it('are followed live from any process, and again from where one was', async () => {
    const me = talkerOf(api, (await makeOrganization(app)).token);
    const { taskId } = await me.send('create a lead Ana Duarte. help');
    const events = await follow(me, taskId);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, at) => at + 1));
    expect(events[0]).toMatchObject({ event: 'tool', data: { tool: 'create_lead', outcome: { ok: true } } });
    const { result, ...task } = (await me.call('GET', `/chat/tasks/${taskId}`)).json;
    expect(events.at(-1)).toMatchObject({ event: 'done', data: { ...task, result: { answer: result.answer } } });
    const tokens = events.filter(({ event }) => event === 'token').map(({ data }) => data.text);
    expect(tokens.length).toBeGreaterThan(3);
    expect(tokens.join('')).toBe(result.answer);
    expect(await follow(me, taskId, 3)).toEqual(events.slice(3));
    const last = events.length;
    expect(await follow(me, taskId, last)).toEqual([expect.objectContaining({ id: last, event: 'done' })]);
    expect((await talkerOf(app, (await makeOrganization(app)).token).call('GET', `/chat/tasks/${taskId}/events`)).status).toBe(404);
  });

  it('of one conversation run one after the other, those of two beside each other', async () => {
    const me = talkerOf(api, (await makeOrganization(app)).token);
    const { json } = await me.call('POST', '/conversations', {});
    me.conversationId = json.id;
    const messages = ['create a lead Ana Duarte', 'move her to Closed win', 'undo'];
    const tasks = [];
    for (const message of messages) tasks.push(await me.send(message));
    const answers = await Promise.all(tasks.map(({ taskId }) => me.done(taskId)));
    expect(answers.map(({ answer }) => answer.slice(0, 30))).toEqual([
      'I created Ana Duarte in Intere',
      'I moved Ana Duarte from Intere',
      'I have undone this: Moved Ana ',
    ]);
    const both = await Promise.all(['create a lead Bo Lind', 'create a lead Cy Young'].map((text) => me.send(text)));
    await Promise.all(both.map(({ taskId }) => me.done(taskId)));
    const said = (await me.call('GET', `/conversations/${me.conversationId}/messages`)).json.items;
    expect(said.filter((item: { author: string }) => item.author === 'assistant')).toHaveLength(5);
    expect((await me.call('GET', '/leads')).json.items).toHaveLength(3);
  });

  it('are no longer told piece by piece after a week, and still answered', async () => {
    const me = talkerOf(app, (await makeOrganization(app)).token);
    const { taskId } = await me.say('help');
    const age = `update assistant_turn_events set created_at = now() - interval '8 days' where turn_id = $1`;
    await app.database.owner.query(age, [taskId]);
    const context = { scope: systemScope('test'), signal: new AbortController().signal } as JobContext;
    expect(await app.nest.get(TurnUpkeep).forget(context)).toMatchObject({ removed: expect.any(Number) });
    expect(await follow(me, taskId)).toEqual([
      expect.objectContaining({ event: 'done', data: expect.objectContaining({ status: 'SUCCESS' }) }),
    ]);
  });

  it('go on after what was done when an attempt breaks off', async () => {
    const me = talkerOf(api, (await makeOrganization(app)).token);
    const ends = app.nest.get(TurnEnds);
    const finish = ends.finish.bind(ends);
    let broken = 0;
    ends.finish = (turn, answer) => {
      if (turn.message.startsWith('create') && broken++ < 2) return Promise.reject(new Error('the process died here'));
      return finish(turn, answer);
    };
    const said = await me.say('create a lead Ana Duarte. Set her value to 500 EUR. Delete her.').finally(() => (ends.finish = finish));
    expect(broken).toBe(3);
    expect(said.result).toMatchObject({ changes: [{ summary: 'Created Ana Duarte' }, {}], plan: { title: 'Delete Ana Duarte' } });
    const [lead, ...more] = (await me.call('GET', '/leads')).json.items;
    expect([lead.version, more]).toEqual([2, []]);
    const events = await follow(me, said.taskId);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, at) => at + 1));
    expect(events.filter(({ event }) => event === 'tool')).toHaveLength(said.result.toolCalls.length);
    expect((await me.say('yes')).answer).toContain('Deleted Ana Duarte.');
  });
});

describe('turns with a slow model', () => {
  let vendors: VendorServer;
  /** Takes requests; the others work. */
  let front: TestApp;
  let workers: TestApp[];

  const startWorker = () => startTestApp({ ...vendors.environment, ...MODEL, ROLE: 'worker' }, { database: front.database });
  const asked = () => vendors.asked('openai.chat');

  beforeAll(async () => {
    vendors = await VendorServer.start();
    front = await startTestApp({ ...vendors.environment, ...MODEL, ROLE: 'api' });
    workers = [await startWorker()];
  }, 60_000);
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await front.close();
    await vendors.close();
  }, 60_000);
  afterEach(() => vendors.reset());

  it('are cancelled, keep what was done, and let the next one run', async () => {
    const me = talkerOf(front, (await makeOrganization(front)).token);
    vendors.script('openai.chat', callTools({ name: 'create_lead', arguments: { name: 'Ana Duarte' } }), never(), say('Yes?'));
    const { taskId } = await me.send('make a lead for Ana');
    const queued = await me.send('hello');
    await eventually('the model was asked twice', () => asked().length === 2);
    expect((await me.call('GET', `/chat/tasks/${queued.taskId}`)).json).toMatchObject({ result: null });
    expect((await me.call('POST', `/chat/tasks/${taskId}/cancel`)).status).toBe(200);
    expect(await me.done(taskId)).toMatchObject({ status: 'CANCELLED', result: null });
    expect((await follow(me, taskId)).at(-1)).toMatchObject({ event: 'done', data: { status: 'CANCELLED' } });
    expect((await me.done(queued.taskId)).answer).toBe('Yes?');
    expect((await me.call('POST', `/chat/tasks/${taskId}/cancel`)).json.code).toBe('chat-task-finished');
    expect((await me.call('GET', '/assistant/changes')).json.items).toMatchObject([{ summary: 'Created Ana Duarte' }]);
  });

  it('wait in a short line, and end with their conversation', async () => {
    vendors.always('openai.chat', () => never());
    const me = talkerOf(front, (await makeOrganization(front)).token);
    const tasks = [];
    for (let i = 0; i < 3; i++) tasks.push(await me.send(`message ${i}`));
    const refused = await me.call('POST', '/chat', { message: 'one more', conversationId: me.conversationId });
    expect(refused.json).toMatchObject({ status: 409, code: 'conversation-busy' });
    await eventually('the model was asked', () => asked().length === 1);
    expect((await me.call('DELETE', `/conversations/${me.conversationId}`)).status).toBe(204);
    await eventually('the request was given up', () => asked()[0]?.isAborted === true);
    for (const { taskId } of tasks) expect((await me.call('GET', `/chat/tasks/${taskId}`)).status).toBe(404);
    expect(asked()).toHaveLength(1);
  });

  it('are finished by another process when theirs stops in the middle, and no tool runs twice', async () => {
    const me = talkerOf(front, (await makeOrganization(front)).token);
    vendors.script('openai.chat', callTools({ name: 'create_lead', arguments: { name: 'Ana Duarte' } }), never(), say('She is in.'));
    const { taskId } = await me.send('make a lead for Ana');
    await eventually('the model was asked twice', () => asked().length === 2);
    const [first] = workers as [TestApp];
    workers = [await startWorker()];
    await first.close();
    const said = await me.done(taskId);
    expect(said.result).toMatchObject({ answer: 'She is in.', changes: [{ summary: 'Created Ana Duarte' }], toolCalls: [{}] });
    expect((await me.call('GET', '/leads')).json.items).toHaveLength(1);
    const told = asked().at(-1)?.body.messages as { role: string }[];
    expect(told.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
    const events = await follow(me, taskId);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, at) => at + 1));
  }, 60_000);
});

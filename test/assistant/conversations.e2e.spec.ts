import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditOf } from '../crm/caller.js';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { type Talker, talkerOf } from './chatting.js';

describe('conversations', () => {
  let app: TestApp;
  let actor: TestActor;
  let me: Talker;

  beforeAll(async () => {
    app = await startTestApp();
    actor = await makeOrganization(app);
    me = talkerOf(app, actor.token);
  });
  afterAll(() => app.close());

  it('are made, listed, renamed and deleted, and audited', async () => {
    const made = await me.call('POST', '/conversations', { title: 'Mine' });
    expect(made.status).toBe(201);
    const { id } = made.json;
    expect(made.headers['location']).toBe(`/api/v1/conversations/${id}`);
    const renamed = await me.call('PATCH', `/conversations/${id}`, { title: 'Ours' }, { 'if-match': '"v1"' });
    expect(renamed.json).toMatchObject({ title: 'Ours', version: 2, messageCount: 0 });
    expect((await me.call('PATCH', `/conversations/${id}`, { title: 'Late' }, { 'if-match': '"v1"' })).status).toBe(412);
    expect((await me.call('PATCH', `/conversations/${id}`, { title: '  ' })).status).toBe(422);
    expect((await me.call('DELETE', `/conversations/${id}`)).status).toBe(204);
    for (const method of ['GET', 'DELETE'] as const) expect((await me.call(method, `/conversations/${id}`)).status).toBe(404);
    expect((await me.call('PATCH', `/conversations/${id}`, { title: 'x' })).status).toBe(404);
    expect((await me.call('POST', `/conversations/${id}/clear`)).status).toBe(404);
    expect((await auditOf(app, id)).map(({ action }) => action)).toEqual([
      'conversation.created',
      'conversation.renamed',
      'conversation.deleted',
    ]);
  });

  it('are titled by their first message, and keep a title of their own', async () => {
    const long = 'Please tell me everything you know about the leads of last week';
    const { conversationId } = await talkerOf(app, actor.token).say(long);
    const title = async (id: string) => (await me.call('GET', `/conversations/${id}`)).json.title;
    expect(await title(conversationId)).toBe(`${long.slice(0, 47)}...`);
    for (const [given, after] of [
      [undefined, 'help'],
      ['New Chat', 'help'],
      ['Leads', 'Leads'],
    ] as const) {
      const { id } = (await me.call('POST', '/conversations', given === undefined ? {} : { title: given })).json;
      await me.say('help', id);
      expect(await title(id)).toBe(after);
    }
  });

  it('are listed page by page, the last used first, and their messages in order', async () => {
    const one = talkerOf(app, (await makeOrganization(app)).token);
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push((await one.call('POST', '/conversations', { title: `C${i}` })).json.id);
    const [first = ''] = ids;
    await one.say('help', first);
    const page = (await one.call('GET', '/conversations?limit=2')).json;
    expect(page.items.map((item: { id: string }) => item.id)).toEqual([first, ids[2]]);
    const rest = (await one.call('GET', `/conversations?limit=2&cursor=${page.nextCursor}`)).json;
    expect(rest.items.map((item: { id: string }) => item.id)).toEqual([ids[1]]);
    expect(rest.nextCursor).toBeNull();
    await one.say('hello', first);
    const messages = (await one.call('GET', `/conversations/${first}/messages?limit=3`)).json;
    expect(messages.items.map((item: { author: string }) => item.author)).toEqual(['user', 'assistant', 'user']);
    const more = (await one.call('GET', `/conversations/${first}/messages?limit=3&cursor=${messages.nextCursor}`)).json;
    expect(more.items).toMatchObject([{ author: 'assistant', result: { engine: 'local' } }]);
    expect((await one.call('GET', `/conversations?cursor=${messages.nextCursor}`)).json.code).toBe('invalid-cursor');
    expect((await one.call('GET', `/conversations/${first}/messages?cursor=x`)).json.code).toBe('invalid-cursor');
  });

  it('are nobody else’s, not even of the same organization', async () => {
    const said = await talkerOf(app, actor.token).say('create a lead Ana Duarte');
    const [change] = said.result.changes;
    for (const stranger of [await addMember(app, actor, 'admin'), await makeOrganization(app)]) {
      const other = talkerOf(app, stranger.token);
      const calls = [
        other.call('GET', `/conversations/${said.conversationId}`),
        other.call('GET', `/conversations/${said.conversationId}/messages`),
        other.call('POST', '/chat', { message: 'help', conversationId: said.conversationId }),
        other.call('GET', `/chat/tasks/${said.taskId}`),
        other.call('GET', `/chat/tasks/${said.taskId}/events`),
        other.call('POST', `/chat/tasks/${said.taskId}/cancel`),
        other.call('GET', `/assistant/changes/${change.id}`),
        other.call('POST', `/assistant/changes/${change.id}/undo`),
      ];
      expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(calls.map(() => 404));
      expect((await other.call('GET', '/conversations')).json.items).toEqual([]);
      expect((await other.call('GET', `/assistant/changes?conversationId=${said.conversationId}`)).json.items).toEqual([]);
    }
  });

  it('forget what was spoken of when they are cleared, and drop the plan', async () => {
    const one = talkerOf(app, (await makeOrganization(app)).token);
    await one.lead({ name: 'Ana Duarte' });
    await one.say('delete Ana Duarte');
    expect((await one.call('POST', `/conversations/${one.conversationId}/clear`)).json).toMatchObject({ messageCount: 2 });
    expect((await one.say('yes')).answer).toContain('nothing waiting');
    expect((await one.say('move him to Closed win')).answer).toContain('I do not know whom you mean');
    expect((await one.call('GET', '/leads?limit=1')).json.items).toHaveLength(1);
  });

  it('take a message once for one Idempotency-Key, and none that is empty or too long', async () => {
    const one = talkerOf(app, (await makeOrganization(app)).token);
    const headers = { 'idempotency-key': 'once' };
    const [first, second] = [
      await one.call('POST', '/chat', { message: 'create a lead Ana' }, headers),
      await one.call('POST', '/chat', { message: 'create a lead Ana' }, headers),
    ];
    expect(first.headers['location']).toBe(`/api/v1/chat/tasks/${first.json.taskId}`);
    expect(second.json).toEqual(first.json);
    await one.done(first.json.taskId);
    expect((await one.call('GET', '/leads')).json.items).toHaveLength(1);
    for (const message of ['', '   ', 'x'.repeat(4001)]) expect((await one.call('POST', '/chat', { message })).status).toBe(422);
    expect((await one.call('POST', '/chat', { message: 'x'.repeat(4000) })).status).toBe(202);
  });

  it('are not for who may not use the assistant', async () => {
    const outside = talkerOf(app, (await addMember(app, actor, 'external')).token);
    expect((await outside.call('POST', '/chat', { message: 'help' })).json.code).toBe('permission-denied');
    expect((await outside.call('GET', '/conversations')).status).toBe(403);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addMember, makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { demote, type Talker, talkerOf } from './chatting.js';

/** Whatever version it has. */
const ANY = { 'if-match': '*' };

describe('undoing what the assistant did', () => {
  let app: TestApp;
  let actor: TestActor;
  let me: Talker;

  beforeAll(async () => {
    app = await startTestApp();
    actor = await makeOrganization(app);
    me = talkerOf(app, actor.token);
  });
  afterAll(() => app.close());

  const undo = (id: string, who: Talker = me) => who.call('POST', `/assistant/changes/${id}/undo`);
  const lead = async (id: string) => (await me.call('GET', `/leads/${id}`)).json;
  async function changed(message: string): Promise<{ id: string; leadId: string }> {
    const { result, answer } = await me.say(message);
    if (result.changes.length === 0) throw new Error(answer);
    const [change] = result.changes;
    return { id: change.id, leadId: result.toolCalls.at(-1).outcome.result.lead.id };
  }

  it('gives every kind of change back, once', async () => {
    const created = await changed('create a lead Ida Vale from Acme, ida@acme.example');
    const { leadId } = created;
    const facts = await lead(leadId);
    const done = [
      await changed('set the value of Ida Vale to 500 EUR'),
      await changed('move Ida Vale to Closed win'),
      await changed('tag Ida Vale as vip'),
      await changed('add a note to Ida Vale: call back'),
      await changed('add a task to Ida Vale: send the offer tomorrow'),
    ];
    expect(await lead(leadId)).toMatchObject({ value: { amountMinor: '50000' }, status: 'closed-win', tags: ['vip'] });
    expect((await me.call('GET', `/leads/${leadId}/notes`)).json.items).toMatchObject([{ body: 'call back' }]);
    expect((await me.call('GET', `/leads/${leadId}/tasks`)).json.items).toHaveLength(1);
    for (const { id } of done) {
      expect((await undo(id)).json).toMatchObject({ id, state: 'undone' });
      expect((await undo(id)).json.code).toBe('change-undone');
    }
    const { version, updatedAt, ...same } = facts;
    expect(await lead(leadId)).toMatchObject(same);
    expect((await me.call('GET', `/leads/${leadId}/notes`)).json.items).toEqual([]);
    expect((await me.call('GET', `/leads/${leadId}/tasks`)).json.items).toEqual([]);
    expect((await undo(created.id)).status).toBe(200);
    expect((await me.call('GET', `/leads/${leadId}`)).status).toBe(404);
    expect([version, typeof updatedAt]).toEqual([1, 'string']);
  });

  it('gives custom fields back, those that were there and those that were not', async () => {
    const one = talkerOf(app, (await makeOrganization(app)).token);
    const { id } = await one.lead({ name: 'Ana Duarte', attributes: { customer_number: 'K-1' } });
    await one.lead({ name: 'Bo Lind', attributes: { sales_region: 'South' } });
    await one.say('set the customer number of Ana Duarte to K-2');
    await one.say('set the sales region of Ana Duarte to North');
    expect((await one.call('GET', `/leads/${id}`)).json.attributes).toEqual({ customer_number: 'K-2', sales_region: 'North' });
    for (const attributes of [{ customer_number: 'K-2' }, { customer_number: 'K-1' }]) {
      await one.say('undo');
      expect((await one.call('GET', `/leads/${id}`)).json.attributes).toEqual(attributes);
    }
  });

  it('goes backwards, message by message', async () => {
    const one = talkerOf(app, (await makeOrganization(app)).token);
    await one.say('create a lead Bo Lind');
    await one.say('move Bo Lind to Closed win');
    expect((await one.say('undo')).answer).toContain('Moved Bo Lind');
    expect((await one.say('undo')).answer).toContain('Created Bo Lind');
    expect((await one.say('undo')).answer).toContain('There is nothing to undo');
  });

  it('is done once by many at once', async () => {
    const { id } = await changed('create a lead Cy Many');
    const answers = await Promise.all([undo(id), undo(id), undo(id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  it('is refused when somebody has changed the lead since, and says what differs', async () => {
    const { id, leadId } = await changed('create a lead Di Changed');
    const set = await changed('set the value of Di Changed to 10 EUR');
    // Another field than the one that was set stands in nobody's way.
    await me.call('PATCH', `/leads/${leadId}`, { notes: 'somebody was here' }, ANY);
    expect((await undo(set.id)).status).toBe(200);
    const refused = await undo(id);
    expect(refused.json).toMatchObject({
      code: 'change-overwritten',
      detail: '“Created Di Changed” cannot be undone: Di Changed is not as it was left, its notes was changed since.',
      differences: [{ leadId, field: 'notes', expected: null, current: 'somebody was here' }],
    });
    expect((await me.call('GET', `/assistant/changes/${id}`)).json.state).toBe('done');
    expect((await me.say('undo')).answer).toContain('cannot be undone');
    await me.call('DELETE', `/leads/${leadId}`);
    expect((await undo(id)).json.detail).toContain('it was deleted since');
  });

  it('is refused for what was brought back since, and for all of many leads when one of them differs', async () => {
    const one = talkerOf(app, (await makeOrganization(app)).token);
    const ids = [(await one.lead({ name: 'Ann Two' })).id, (await one.lead({ name: 'Ben Two' })).id];
    await one.say('delete Ann Two and Ben Two');
    const [deleted] = (await one.say('yes')).result.changes;
    for (const id of ids) expect((await one.call('POST', `/leads/${id}/restore`)).status).toBe(200);
    const refused = await undo(deleted.id, one);
    expect(refused.json.detail).toMatch(/(Ann|Ben) Two and 1 more is not as it was left, it was brought back since\.$/);
    await one.say('move all leads in Interest to Closed win');
    const [moved] = (await one.say('yes')).result.changes;
    await one.call('PUT', `/leads/${ids[0]}/status`, { status: 'closed-lost' }, ANY);
    expect((await undo(moved.id, one)).json).toMatchObject({
      code: 'change-overwritten',
      differences: [{ leadId: ids[0], field: 'status' }],
    });
    expect((await one.call('GET', `/leads/${ids[1]}`)).json.status).toBe('closed-win');
  });

  it('is refused after a day', async () => {
    const { id } = await changed('create a lead Ed Old');
    await app.database.owner.query(`update assistant_changes set undoable_until = now() - interval '1 second' where id = $1`, [id]);
    expect((await undo(id)).json.code).toBe('change-too-old');
  });

  it('takes the permission it took to do it', async () => {
    const member = await addMember(app, actor, 'member');
    const who = talkerOf(app, member.token);
    const { result } = await who.say('create a lead Flo Demoted');
    await demote(app, actor, member, 'viewer');
    expect((await undo(result.changes[0].id, who)).json).toMatchObject({ code: 'permission-denied', permission: 'leads:create' });
    const said = await who.say('create a lead Gus Denied');
    expect(said.answer).toContain('You do not have the permission leads:create');
  });

  it('is possible after the conversation is gone, and listed page by page', async () => {
    const one = talkerOf(app, (await makeOrganization(app)).token);
    await one.say('create a lead Ann Gone');
    await one.say('create a lead Ben Gone');
    expect((await one.call('DELETE', `/conversations/${one.conversationId}`)).status).toBe(204);
    const page = (await one.call('GET', '/assistant/changes?limit=1')).json;
    expect(page.items).toMatchObject([{ summary: 'Created Ben Gone', state: 'done', leadCount: 1 }]);
    const rest = (await one.call('GET', `/assistant/changes?limit=1&cursor=${page.nextCursor}`)).json;
    expect(rest.items).toMatchObject([{ summary: 'Created Ann Gone' }]);
    expect((await undo(rest.items[0].id, one)).status).toBe(200);
    expect((await one.call('GET', '/assistant/changes?cursor=x')).json.code).toBe('invalid-cursor');
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { type Talker, talkerOf } from './chatting.js';

/** Whatever version it has. */
const ANY = { 'if-match': '*' };

describe('several sentences in one message', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  const talker = async (): Promise<{ actor: TestActor; me: Talker }> => {
    const actor = await makeOrganization(app);
    return { actor, me: talkerOf(app, actor.token) };
  };
  const statusOf = async (me: Talker, id: string): Promise<string> => (await me.call('GET', `/leads/${id}`)).json.status;
  const refuseDuplicates = async (me: Talker): Promise<void> => {
    const { status, text } = await me.call('PUT', '/crm/settings', { onDuplicate: 'refuse' }, ANY);
    if (status !== 200) throw new Error(text);
  };

  it('stop at the first that fails: "him" is not who was spoken of before', async () => {
    const { me } = await talker();
    const old = await me.lead({ name: 'Old Focus' });
    await me.lead({ name: 'Ann Taken', company: 'Acme Ltd', email: 'ann@acme.example' });
    await refuseDuplicates(me);
    await me.say('show Old Focus');
    const said = await me.say('Create a lead Ann Taken from Acme Ltd, ann@acme.example. Move him to Closed win. Tag Old Focus as vip.');
    expect(said.result.changes).toEqual([]);
    expect(await statusOf(me, old.id)).toBe('interest');
    expect((await me.call('GET', `/leads/${old.id}`)).json.tags).toEqual([]);
    expect(said.answer).toContain('the rest of your message');
  });

  it('stop at a name nobody has, and at a status there is none of', async () => {
    const { me } = await talker();
    const old = await me.lead({ name: 'Old Focus' });
    const unknown = await me.say('Add a note to Xerxes Quill: hello. Move Old Focus to Closed win.');
    expect(unknown.answer).toContain('I know no lead called “Xerxes Quill”');
    expect(unknown.answer).toContain('the rest of your message');
    expect(await statusOf(me, old.id)).toBe('interest');
    const done = await me.say('Move Old Focus to Closed win. Add a note to him: paid. Thanks!');
    expect(done.result.changes).toHaveLength(2);
    expect(done.answer).not.toContain('the rest of your message');
  });

  it('are not about an old lead after a search that found nobody for certain', async () => {
    const { me } = await talker();
    const old = await me.lead({ name: 'Old Focus' });
    await me.say('show Old Focus');
    await me.say('find Xerxes Quill');
    const said = await me.say('move him to Closed win');
    expect(said.result.changes).toEqual([]);
    expect(await statusOf(me, old.id)).toBe('interest');
  });

  it('finds those who fit best, and no other', async () => {
    const { me } = await talker();
    for (const name of ['John Smith', 'Jane Smith', 'Johnny Smithson', 'Maria Silva']) await me.lead({ name, company: 'Acme' });
    expect((await me.say('find John Smith')).answer).toBe('I found John Smith (Acme): Interest.');
    expect((await me.say('find Smith')).answer).toMatch(/^I found 2 leads for “Smith”:\n1\. J\w+ Smith \(Acme\): Interest\n2\. J\w+ Smith/);
    const slip = await me.say('find Jonh Smith');
    expect(slip.answer).toMatch(/^I found John Smith \(Acme\): Interest\.\n\nLess alike: .*Jane Smith/);
    expect(slip.result.toolCalls[0].outcome.result.items).toHaveLength(1);
    const near = await me.say('find Marya Silvo');
    expect(near.answer).toMatch(/^Nobody is called “Marya Silvo”\. The nearest:\n1\. Maria Silva/);
    expect((await me.say('move him to Closed win')).result.changes).toEqual([]);
    expect((await me.say('find Acme')).answer).toContain('I found 4 leads');
  });

  it('knows by name whom a pending plan is about', async () => {
    const { me } = await talker();
    const { id } = await me.lead({ name: 'Jane Smith', company: 'Acme' });
    await me.lead({ name: 'Mary Major' });
    await me.say('delete Jane Smith');
    const other = await me.say('yes, delete Mary Major');
    expect(other.result.changes).toEqual([]);
    await me.say('delete Jane Smith');
    expect((await me.say('yes, delete Jane Smith')).result.changes).toMatchObject([{ summary: 'Deleted Jane Smith (Acme)' }]);
    expect((await me.call('GET', `/leads/${id}`)).status).toBe(404);
  });

  it('takes no yes to something else for a yes to the plan', async () => {
    const { me } = await talker();
    const { id } = await me.lead({ name: 'Jane Smith' });
    await me.say('move all leads in Interest to Closed win');
    for (const other of ['yes, delete him', 'yes, delete Jane Smith', 'yes, move these to Closed lost'])
      expect((await me.say(other)).result.changes).toEqual([]);
    expect(await statusOf(me, id)).toBe('interest');
    expect((await me.say('yes, move these to Closed win')).result.changes).toHaveLength(1);
    expect(await statusOf(me, id)).toBe('closed-win');
    await me.say('delete Jane Smith');
    expect((await me.say('yes, move her')).result.changes).toEqual([]);
    expect((await me.say('yes')).result.changes).toMatchObject([{ summary: 'Deleted Jane Smith' }]);
  });

  it('makes no lead that is there already where the organization refuses that, and says so where it only warns', async () => {
    const { me } = await talker();
    await me.lead({ name: 'Ann Taken', company: 'Acme Ltd', email: 'ann@acme.example' });
    const warned = await me.say('create a lead Ann Taken from Acme Ltd, ann@acme.example');
    expect(warned.answer).toContain('It may be the same person as Ann Taken, who is here already.');
    expect((await me.say('undo')).answer).toContain('Created Ann Taken');
    await refuseDuplicates(me);
    const refused = await me.say('create a lead Ann Taken from Acme Ltd, ann@acme.example');
    expect(refused.result.changes).toEqual([]);
    expect(refused.answer).toBe('I did not create Ann Taken: that seems to be Ann Taken, who is here already.');
    expect(refused.result.toolCalls[0].outcome.error).toMatchObject({ code: 'lead-already-exists', leads: [{ name: 'Ann Taken' }] });
    expect((await me.call('GET', '/leads')).json.items).toHaveLength(1);
    expect((await me.say('create a lead Ben Other from Wayne Ltd')).result.changes).toHaveLength(1);
  });

  it('takes a move back although the stage has rules, and to where the card was', async () => {
    const { me } = await talker();
    const ids: string[] = [];
    for (const name of ['Ann One', 'Ben Two', 'Cy Three']) ids.push((await me.lead({ name })).id);
    const order = async (): Promise<string[]> => {
      const { columns } = (await me.call('GET', '/leads/board')).json;
      return columns[0].cards.map(({ id }: { id: string }) => id);
    };
    const before = await order();
    const { pipelineId } = (await me.call('GET', '/leads/board')).json;
    const rules = { allowedFrom: ['meeting-booked'], requiredFields: ['value'] };
    expect((await me.call('PATCH', `/pipelines/${pipelineId}/stages/interest`, rules, ANY)).status).toBe(200);
    await me.say('move Ann One to Closed win');
    expect((await me.say('move Ann One to Interest')).result.changes).toEqual([]);
    await me.say('undo');
    const names = new Map([
      [ids[0], 'Ann One'],
      [ids[1], 'Ben Two'],
      [ids[2], 'Cy Three'],
    ]);
    for (const id of before) {
      await me.say(`move ${names.get(id)} to Closed win`);
      await me.say('undo');
      expect(await order()).toEqual(before);
    }
    await me.say('move all leads in Interest to Closed win');
    await me.say('yes');
    await me.say('undo');
    expect(await order()).toEqual(before);
    // One neighbour is gone: beside the other. Both: at the end.
    await me.say(`move ${names.get(before[1])} to Closed win`);
    await me.call('DELETE', `/leads/${before[2]}`);
    await me.say('undo');
    expect(await order()).toEqual(before.slice(0, 2));
    await me.say(`move ${names.get(before[0])} to Closed win`);
    await me.call('DELETE', `/leads/${before[1]}`);
    const last = (await me.lead({ name: 'Di Four', value: { amountMinor: '100', currency: 'EUR' } })).id;
    await me.say('undo');
    expect(await order()).toEqual([last, before[0]]);
  });

  it('meters a turn of the local engine, once, and audits it', async () => {
    const { actor, me } = await talker();
    await me.say('create a lead Ann Metered worth 5 EUR');
    const { rows: calls } = await app.database.owner.query(
      `select id, feature, task, engine, model, status, prompt_name, cost_micros::text as cost, tokens_in, tokens_out, is_fallback, duration_ms, user_id
       from ai_calls where organization_id = $1`,
      [actor.organizationId],
    );
    expect(calls).toMatchObject([
      { feature: 'assistant', task: 'converse', engine: 'local', status: 'succeeded', cost: '0', is_fallback: false },
    ]);
    expect(calls[0].duration_ms).toBeGreaterThanOrEqual(0);
    const usage = await me.call('GET', '/ai/usage');
    expect(usage.text).toContain('"assistant"');
    const { rows: audited } = await app.database.owner.query(
      `select after from audit_events where organization_id = $1 and action = 'ai.called'`,
      [actor.organizationId],
    );
    expect(audited).toMatchObject([{ after: { feature: 'assistant', task: 'converse', engine: 'local', costMicros: '0' } }]);
    expect(JSON.stringify(audited)).not.toContain('Metered');
  });
});

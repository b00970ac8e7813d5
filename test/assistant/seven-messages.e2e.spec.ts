import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditOf } from '../crm/caller.js';
import { makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { type Said, talkerOf } from './chatting.js';

describe('the seven-message conversation, without a model', () => {
  let app: TestApp;
  let actor: TestActor;

  beforeAll(async () => {
    app = await startTestApp();
    actor = await makeOrganization(app);
  });
  afterAll(() => app.close());

  const tools = ({ result }: Said): string[] => result.toolCalls.map(({ tool }: { tool: string }) => tool);

  it('creates, finds, sets, moves, deletes after a yes, and undoes', async () => {
    const me = talkerOf(app, actor.token);

    const created = await me.say('Create a lead John Smith from Acme, john@acme.example, worth 5000 EUR');
    expect(created).toMatchObject({ status: 'SUCCESS', answer: expect.stringContaining('I created John Smith (Acme) in Interest') });
    expect(created.result).toMatchObject({ engine: 'local', isFallback: false, plan: null });
    const { id } = created.result.toolCalls[0].outcome.result.lead;
    expect((await me.call('GET', `/leads/${id}`)).json).toMatchObject({
      company: 'Acme',
      email: 'john@acme.example',
      value: { amountMinor: '500000', currency: 'EUR' },
    });

    const found = await me.say('find jon smiht');
    expect(found.answer).toBe('I found John Smith (Acme): Interest, €5,000.00.');
    expect(tools(found)).toEqual(['search_leads']);

    const set = await me.say('set his value to 7.5k');
    expect(set.answer).toContain('I changed John Smith (Acme): the value is now €7,500.00 (was €5,000.00).');

    const moved = await me.say('move John Smith to closed win');
    expect(moved.answer).toBe('I moved John Smith (Acme) from Interest to Closed win.');
    expect(moved.result.changes).toMatchObject([{ summary: 'Moved John Smith from Interest to Closed win' }]);

    const asked = await me.say('delete John Smith');
    expect(asked.answer).toContain('John Smith (Acme): would be deleted (Closed win, €7,500.00)');
    expect(asked.result.plan).toMatchObject({ title: 'Delete John Smith (Acme)', leadCount: 1, lines: [{ leadId: id }] });
    expect((await me.call('GET', `/leads/${id}`)).status).toBe(200);

    const declined = await me.say('no');
    expect(declined.answer).toContain('I dropped the plan');
    expect((await me.call('GET', `/leads/${id}`)).status).toBe(200);

    await me.say('delete john smith');
    const confirmed = await me.say('yes');
    expect(confirmed.answer).toBe('Deleted John Smith (Acme). You can undo it for 24 hours.');
    expect((await me.call('GET', `/leads/${id}`)).status).toBe(404);

    const undone = await me.say('undo');
    expect(undone.answer).toBe('I have undone this: Deleted John Smith (Acme).');
    expect((await me.call('GET', `/leads/${id}`)).json).toMatchObject({ name: 'John Smith', status: 'closed-win' });

    const trail = await auditOf(app, id);
    expect(trail.map(({ action }) => action)).toEqual(['lead.created', 'lead.updated', 'lead.moved', 'lead.deleted', 'lead.restored']);
    expect(new Set(trail.map((event) => event.actor_type))).toEqual(new Set(['assistant']));
    const { rows } = await app.database.owner.query('select distinct actor_id, user_id from audit_events where resource_id = $1', [id]);
    expect(rows).toEqual([{ actor_id: me.conversationId, user_id: actor.userId }]);
  });

  it('does several things said in one message, in their order', async () => {
    const me = talkerOf(app, (await makeOrganization(app)).token);
    const said = await me.say('Create a lead Ana Duarte. Move her to Meeting booked. How many leads per status?');
    expect(said.answer).toContain('I created Ana Duarte');
    expect(said.answer).toContain('I moved Ana Duarte from Interest to Meeting booked.');
    expect(said.answer).toContain('Meeting booked: 1');
    expect(said.result.changes).toHaveLength(2);
  });

  it('asks which one, and goes on with the one that is chosen', async () => {
    const me = talkerOf(app, (await makeOrganization(app)).token);
    const [first, second] = [
      await me.lead({ name: 'John Smith', company: 'Acme' }),
      await me.lead({ name: 'John Smith', company: 'Duarte' }),
    ];
    for (const [answer, lead] of [
      ['2', 1],
      ['Duarte', 2],
    ] as const) {
      const asked = await me.say('set the value of John Smith to 100 EUR');
      expect(asked.answer).toMatch(/^Which John Smith do you mean\?\n1\. John Smith \((Acme|Duarte)\)\n2\. /);
      expect(asked.result.changes).toEqual([]);
      const chosen = await me.say(answer);
      expect(chosen.answer).toMatch(lead === 2 ? /John Smith \(Duarte\)/ : /John Smith/);
    }
    const values = await Promise.all([first, second].map(async ({ id }) => (await me.call('GET', `/leads/${id}`)).json.value));
    expect(values).toContainEqual({ amountMinor: '10000', currency: 'EUR' });
    // Something else than an answer lets the question go.
    await me.say('set the value of John Smith to 5 EUR');
    await me.say('help');
    expect((await me.say('2')).result.changes).toEqual([]);
  });

  it('changes nothing for a name that is not sure, says who comes nearest, and goes on after a yes', async () => {
    const me = talkerOf(app, (await makeOrganization(app)).token);
    const { id } = await me.lead({ name: 'Jake Miller' });
    const asked = await me.say('move Jane Miller to Closed win');
    expect(asked.answer).toContain('I know no lead called “Jane Miller”, so nothing was changed. Did you mean Jake Miller?');
    expect((await me.call('GET', `/leads/${id}`)).json).toMatchObject({ status: 'interest', version: 1 });
    expect((await me.say('yes')).answer).toContain('I moved Jake Miller from Interest to Closed win.');
    expect((await me.say('move Zebedee Quartz to Closed win')).answer).toContain('I know no lead called “Zebedee Quartz”');
    expect((await me.say('move him to Interest')).answer).toContain('I moved Jake Miller');
  });

  it('says how an ambiguous amount was read, by the country of the organization', async () => {
    for (const [country, value] of [
      ['PT', '100000'],
      ['US', '100'],
    ] as const) {
      const me = talkerOf(app, (await makeOrganization(app, { country, baseCurrency: 'EUR' })).token);
      const { id } = await me.lead({ name: 'John Smith' });
      const said = await me.say('set the value of John Smith to 1.000');
      expect(said.answer).toMatch(/I read "1\.000" as/);
      expect((await me.call('GET', `/leads/${id}`)).json.value).toEqual({ amountMinor: value, currency: 'EUR' });
    }
  });

  it('does nothing when nothing waits, and says so', async () => {
    const me = talkerOf(app, (await makeOrganization(app)).token);
    expect((await me.say('yes')).answer).toContain('There is nothing waiting for a yes, so nothing was changed.');
    expect((await me.say('no')).answer).toContain('There was nothing waiting for an answer.');
    expect((await me.say('undo')).answer).toContain('There is nothing to undo in this conversation.');
    expect((await me.say('help')).answer).toContain('For example:');
    expect((await me.call('GET', '/assistant/changes')).json.items).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { type Talker, talkerOf } from './chatting.js';

const money = (amountMinor: string, currency = 'EUR') => ({ amountMinor, currency });

describe('what the local engine answers', () => {
  let app: TestApp;
  let owner: TestActor;

  beforeAll(async () => {
    app = await startTestApp();
    owner = await makeOrganization(app, { baseCurrency: 'EUR' });
  });
  afterAll(() => app.close());

  /** The same leads for every conversation, each in an organization of its own. */
  async function someone(): Promise<Talker> {
    owner = await makeOrganization(app, { baseCurrency: 'EUR' });
    const me = talkerOf(app, owner.token);
    await me.lead({
      name: 'Ana Duarte',
      company: 'Duarte & Filhos',
      email: 'ana@duarte.example',
      phone: '+351 21 000 0000',
      value: money('1250000'),
      source: 'website',
      tags: ['vip'],
      notes: 'Likes tea.',
      ownerId: owner.userId,
      attributes: { customer_number: 'K-1' },
    });
    await me.lead({ name: 'Bo Lind', company: 'Lindgren', value: money('90000', 'USD'), status: 'meeting-booked' });
    await me.lead({ name: 'Cy Young', company: 'Lindgren', status: 'meeting-booked' });
    await me.lead({ name: 'John Smith', company: 'Acme', source: 'fair' });
    await me.lead({ name: 'John Smith', company: 'Duarte & Filhos' });
    return me;
  }

  async function conversation(me: Talker, lines: readonly (readonly [string, ...string[]])[]): Promise<void> {
    for (const [message, ...parts] of lines) {
      const { answer } = await me.say(message);
      for (const part of parts) expect(`${message}\n${answer}`).toContain(part);
    }
  }

  it('to questions', async () => {
    const me = await someone();
    await conversation(me, [
      ['find john', 'I found 2 leads for “john”:', '1. John Smith (', '2. John Smith ('],
      ['find zzzzqqq', 'I found no lead for “zzzzqqq”.'],
      [
        'show Ana Duarte',
        'Ana Duarte (Duarte & Filhos)',
        'value: €12,500.00',
        'owner: Robin',
        'tags: vip',
        'custom fields: customer_number K-1',
      ],
      ["what is Ana Duarte's phone?", 'The phone of Ana Duarte (Duarte & Filhos) is +351 21 000 0000.'],
      ['what is the email of Bo Lind?', 'Bo Lind (Lindgren) has no e-mail.'],
      ["Ana Duarte's customer number", 'The customer number of Ana Duarte (Duarte & Filhos) is K-1.'],
      ['who owns Ana Duarte?', 'The owner of Ana Duarte (Duarte & Filhos) is Robin'],
      [
        'list leads in Meeting booked',
        '2 leads:',
        '1. Cy Young (Lindgren): Meeting booked',
        '2. Bo Lind (Lindgren): Meeting booked, $900.00',
      ],
      ['list leads over 5000 EUR', '1 lead:', 'Ana Duarte'],
      ['list my leads', '1 lead:', 'Ana Duarte'],
      ['list leads without email', '4 leads:'],
      ['list leads in Closed lost', 'No lead fits that.'],
      ['how many leads do we have?', '5 leads.'],
      ['how many leads in Closed lost?', 'No lead fits that.'],
      ['how many leads per owner?', '5 leads by owner:', 'nobody: 4'],
      ['how many leads per source?', 'fair: 1\nwebsite: 1\nnone: 3'],
      ['total value per status', '€12,500.00 and $900.00 in all:', 'Interest: €12,500.00 (3 leads)', 'Meeting booked: $900.00 (2 leads)'],
      ['total value of leads in Closed lost', 'No lead fits that.'],
      ['total value', '5 leads, worth €12,500.00 and $900.00.'],
      ['show 0195f2e0-7c1a-7b52-9c1e-5d6a1f0b2c3d', 'There is no such lead.'],
    ]);
    const { json } = await me.call('GET', '/leads?limit=100');
    expect(json.items.map(({ version }: { version: number }) => version)).toEqual([1, 1, 1, 1, 1]);
  });

  it('to changes, by name, e-mail, phone and company', async () => {
    const me = await someone();
    const stages = [{ name: 'Applied' }, { name: 'Hired', kind: 'won' }];
    const { id } = (await me.call('POST', '/pipelines', { name: 'Hiring', stages })).json;
    await me.lead({ name: 'Eve Adams', pipelineId: id });
    await conversation(me, [
      ['move ana@duarte.example to Meeting booked', 'I moved Ana Duarte (Duarte & Filhos) from Interest to Meeting booked.'],
      ['move +351210000000 to Proposal sent', 'I moved Ana Duarte (Duarte & Filhos) from Meeting booked to Proposal sent.'],
      ['move the lead from Acme to Proposal sent', 'I moved John Smith (Acme) from Interest to Proposal sent.'],
      ['move the Lindgren lead to Interest', 'Which Lindgren do you mean?', '1. Cy Young (Lindgren)', '2. Bo Lind (Lindgren)'],
      ['1', 'I moved Cy Young (Lindgren) from Meeting booked to Interest.'],
      ['move nobody@x.example to Interest', 'I know no lead with the e-mail nobody@x.example.'],
      ['move Eve Adams to Proposal sent', 'The pipeline of Eve Adams has no status “Proposal sent”. It has Applied and Hired.'],
      ['move Eve Adams to Hired', 'I moved Eve Adams from Applied to Hired.'],
      ['move Eve Adams to Hired', 'Eve Adams is in Hired already.'],
      ['set the company of Bo Lind to Lindgren', 'Bo Lind (Lindgren) is like that already; nothing was changed.'],
      ['clear the company of Bo Lind', 'the company is now none (was Lindgren).'],
      ['remove the tag vip from Ana Duarte', 'the tags are now none (was vip).'],
      ['assign Bo Lind to me', 'the owner is now Robin'],
      ['unassign Bo Lind', 'the owner is now none (was Robin'],
      ['add a task: water the plants', 'Which lead is the task “Water the plants” for?'],
      ['create a lead Ana Duarte', 'I created Ana Duarte in Interest. It may be the same person as Ana Duarte, who is here already.'],
      ['create a lead Kim Ode worth 5 EUR, phone +351 21 000 0001, source fair', 'worth €5.00', 'phone +351 21 000 0001', 'source fair'],
    ]);
  });

  it('by the rules of the stages, which an undo need not keep', async () => {
    const me = talkerOf(app, (await makeOrganization(app)).token);
    const stages = [
      { name: 'In', allowedFrom: ['won-over'] },
      { name: 'Call', allowedFrom: ['in'], requiredFields: ['phone'] },
      { name: 'Won over', kind: 'won' },
    ];
    const { id } = (await me.call('POST', '/pipelines', { name: 'Ruled', stages })).json;
    const lead = await me.lead({ name: 'Eve Adams', pipelineId: id });
    await conversation(me, [
      ['move Eve Adams to Call', 'phone'],
      ['set the phone of Eve Adams to +351 21 000 0002', 'the phone is now'],
      ['move Eve Adams to Call', 'I moved Eve Adams from In to Call.'],
      ['move Eve Adams to In', 'Call'],
      ['undo', 'I have undone this: Moved Eve Adams from In to Call.'],
    ]);
    expect((await me.call('GET', `/leads/${lead.id}`)).json).toMatchObject({ status: 'in', phone: '+351 21 000 0002' });
  });

  it('to what it does not understand, or must not do', async () => {
    const me = await someone();
    await conversation(me, [
      ['hello', 'Hello!'],
      ['thanks', 'You are welcome.'],
      ['bye', 'Goodbye!'],
      ['set the value of Bo Lind to abc', '"abc" is not an amount of money.'],
      ['move Bo Lind to Nowhere', 'There is no status "Nowhere".', 'Closed win'],
      ['what is the weather?', 'nothing was changed.', 'You could say, for example:'],
      ["don't delete Bo Lind", 'nothing was changed.'],
      ['create a lead Kim with email foo', '"foo" is not an e-mail address.'],
      ['move all of them to Proposal sent', 'I have not listed any leads yet'],
    ]);
    expect((await me.call('GET', '/assistant/changes')).json.items).toEqual([]);
  });

  it('about leads that are gone, and to who may not see any', async () => {
    const me = await someone();
    const { id } = await me.lead({ name: 'Flo Gone' });
    await me.say('find Flo Gone');
    await me.call('DELETE', `/leads/${id}`);
    expect((await me.say('move her to Closed win')).answer).toBe('Flo Gone is not there any more.');
    const { json } = await me.call('POST', '/api-keys', { name: 'Only talk', scopes: ['assistant:use'] });
    const blind = talkerOf(app, json.key);
    const denied = 'You do not have the permission leads:read';
    await conversation(blind, [
      ['find Ana', denied],
      ['show Ana Duarte', denied],
      ['list leads in Interest', denied],
      ['how many leads do we have?', denied],
      ['total value', denied],
      ['move ana@duarte.example to Closed win', denied],
      ['delete all leads in Interest', denied],
      ['undo', denied],
    ]);
    expect((await blind.call('GET', '/leads')).status).toBe(403);
  });

  it('to wishes for many leads', async () => {
    const me = await someone();
    await conversation(me, [
      ['list leads in Meeting booked', '2 leads:'],
      ['move all of them to Proposal sent', 'Move 2 leads to Proposal sent?', 'status: Meeting booked → Proposal sent'],
      ['yes', 'Moved 2 leads to Proposal sent.'],
      ['move all leads in Proposal sent to Proposal sent', 'All of them are in “Proposal sent” already.'],
      ['delete Bo Lind and Cy Young', 'Delete 2 leads?', 'Bo Lind (Lindgren): would be deleted (Proposal sent, $900.00)'],
      ['no', 'I dropped the plan “Delete 2 leads”.'],
      ['delete John Smith and Bo Lind', 'Which John Smith do you mean?'],
      ['the Acme one', 'Delete 2 leads?', 'John Smith (Acme)', 'Bo Lind (Lindgren)'],
      ['no', 'I dropped the plan'],
      ['delete John Smith', 'Which John Smith do you mean?'],
      ['yes', 'Which one?'],
      ['no', 'All right, nothing was changed.'],
      ['tag all leads in Interest as cold', 'Change 3 leads?', 'tags: vip → vip, cold'],
      ['yes', 'Changed 3 leads.'],
      ['tag all leads in Interest as cold', 'All of them are like that already.'],
      ['undo', 'Changed 3 leads'],
      ['move all leads in Closed lost to Interest', 'No lead fits that.'],
      ['delete all leads in Closed lost', 'No lead fits that'],
    ]);
    const tags = (await me.call('GET', '/leads?limit=100')).json.items.flatMap((lead: { tags: string[] }) => lead.tags);
    expect(tags).toEqual(['vip']);
  });

  it('when there are more leads than fit an answer', async () => {
    const me = talkerOf(app, (await makeOrganization(app)).token);
    const operations = Array.from({ length: 105 }, (_, at) => me.lead({ name: `Many N${at}` }));
    const [{ id } = { id: '' }] = await Promise.all(operations);
    await conversation(me, [
      ['list all leads', '105 leads fit; the first 10:'],
      ['delete all leads', '105 leads fit. I delete at most 100 at once'],
      ['find many', 'I found at least 20 leads for “many”; the first 5:'],
    ]);
    await app.database.owner.query(
      `insert into leads (organization_id, id, pipeline_id, status, rank, name, name_key, search_text)
       select l.organization_id, gen_random_uuid(), l.pipeline_id, l.status, l.rank || n, l.name, l.name_key, l.search_text
       from leads l, generate_series(1, 900) n where l.id = $1`,
      [id],
    );
    await conversation(me, [['move all leads to Closed win', 'That would touch more than 1,000 leads. Narrow it down']]);
    const asked = (await me.say('move Many to Closed win')).answer;
    expect(asked).toContain('Which Many do you mean?');
    expect(asked).toContain('more; tell me the company or the e-mail.');
  });

  it('with a word for every single change, but not for too many in one message', async () => {
    const me = await someone();
    const message = Array.from({ length: 22 }, (_, at) => `Set the value of Bo Lind to ${at + 1} EUR.`).join(' ');
    const { answer, result } = await me.say(message);
    expect(result.changes.length).toBeLessThanOrEqual(20);
    expect(answer).toMatch(/at most 20 leads one by one|at most/);
  });
});

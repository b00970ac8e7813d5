import { describe, expect, it } from '@jest/globals';
import type { DialogueContext } from './command.js';
import { understand } from './understand.js';

const context: DialogueContext = {
  // A Wednesday.
  now: new Date('2026-03-11T10:00:00Z'),
  timeZone: 'Europe/London',
  baseCurrency: 'GBP',
  decimalMark: '.',
  stages: [
    { pipelineId: 'p', key: 'interest', name: 'Interest', kind: 'open' },
    { pipelineId: 'p', key: 'proposal-sent', name: 'Proposal sent', kind: 'open' },
    { pipelineId: 'p', key: 'closed-win', name: 'Closed win', kind: 'won' },
    { pipelineId: 'p', key: 'closed-lost', name: 'Closed lost', kind: 'lost' },
  ],
  members: [
    { id: 'ann', name: 'Ann Becker', email: 'ann@example.com' },
    { id: 'tom', name: 'Tom Price', email: 'tom@example.com' },
  ],
  me: { id: 'me', name: 'Robin Hale' },
  focus: [{ id: 'x', name: 'Jane Smith' }],
  hasPendingPlan: false,
  customFields: ['customer_number', 'industry'],
};

const heard = (text: string) => understand(text, context).commands;
const only = (text: string) => {
  const commands = heard(text);
  expect(commands).toHaveLength(1);
  return commands[0];
};
const pounds = (amount: number) => ({ amountMinor: String(amount * 100), currency: 'GBP' });
const jane = { kind: 'name', text: 'Jane' };
const mine = { kind: 'member', id: 'me', name: 'Robin Hale' };
const anns = { kind: 'member', id: 'ann', name: 'Ann Becker' };
const in_ = (...keys: string[]) => expect.objectContaining({ stages: keys.map((key) => expect.objectContaining({ key })) });

describe('lists', () => {
  it.each([
    ['list all', {}],
    ['show me my open deals', { owner: mine, status: in_('interest', 'proposal-sent') }],
    ['leads in interest or proposal sent', { status: in_('interest', 'proposal-sent') }],
    ['show closed deals', { status: in_('closed-win', 'closed-lost') }],
    ['which leads does Ann have?', { owner: anns }],
    ['which leads belong to Ann?', { owner: anns }],
    ["show Ann's won deals", { owner: anns, status: in_('closed-win') }],
    ['leads nobody owns', { owner: { kind: 'nobody' } }],
    ['show leads with no owner', { missing: ['owner'] }],
    ['leads without an email or phone number', { missing: ['email', 'phone'] }],
    ['leads with no customer number', { missing: ['custom:customer_number'] }],
    ['leads over 5k', { value: { min: pounds(5000), isStrict: true } }],
    ['leads worth at least £5000', { value: { min: pounds(5000), isStrict: false } }],
    ['leads worth 5000 or more', { value: { min: pounds(5000), isStrict: false } }],
    ['leads worth 5000 or less', { value: { max: pounds(5000), isStrict: false } }],
    ['leads worth no more than 5000', { value: { max: pounds(5000), isStrict: false } }],
    ['leads worth exactly 5000', { value: { min: pounds(5000), max: pounds(5000), isStrict: false } }],
    ['leads between 5 and 10k', { value: { min: pounds(5000), max: pounds(10_000), isStrict: false } }],
    ['leads with a value from 500 to 900', { value: { min: pounds(500), max: pounds(900), isStrict: false } }],
    ['leads over 500 and under 900', { value: { min: pounds(500), max: pounds(900), isStrict: true } }],
    ['leads tagged vip', { tag: 'vip' }],
    ['show vip leads', { tag: 'vip' }],
    ['leads with the vip tag', { tag: 'vip' }],
    ['leads from the website', { source: 'website' }],
    ['leads that came through a trade fair', { source: 'trade fair' }],
    ['leads with source newsletter', { source: 'newsletter' }],
    ['leads from Blue Harbour', { company: 'Blue Harbour' }],
    ['leads from Ann', { owner: anns }],
    ['leads created today', { created: { from: '2026-03-11', to: '2026-03-11' } }],
    ['leads created yesterday', { created: { from: '2026-03-10', to: '2026-03-10' } }],
    ['leads added this week', { created: { from: '2026-03-09', to: '2026-03-11' } }],
    ['leads added last week', { created: { from: '2026-03-02', to: '2026-03-08' } }],
    ['leads created this month', { created: { from: '2026-03-01', to: '2026-03-11' } }],
    ['leads created last month', { created: { from: '2026-02-01', to: '2026-02-28' } }],
    ['leads created last quarter', { created: { from: '2025-10-01', to: '2025-12-31' } }],
    ['leads created this year', { created: { from: '2026-01-01', to: '2026-03-11' } }],
    ['leads created in February', { created: { from: '2026-02-01', to: '2026-02-28' } }],
    ['leads created in December', { created: { from: '2025-12-01', to: '2025-12-31' } }],
    ['leads created in May 2025', { created: { from: '2025-05-01', to: '2025-05-31' } }],
    ['leads created in the last 7 days', { created: { from: '2026-03-04', to: '2026-03-11' } }],
    ['leads created in the past two weeks', { created: { from: '2026-02-25', to: '2026-03-11' } }],
    ['leads created on 2026-03-02', { created: { from: '2026-03-02', to: '2026-03-02' } }],
    ['leads created since Monday', { created: { from: '2026-03-09' } }],
    ['leads created before yesterday', { created: { to: '2026-03-09' } }],
    ['leads updated since yesterday', { updated: { from: '2026-03-10' } }],
    ['leads not updated for 30 days', { updated: { to: '2026-02-08' } }],
    ['leads not updated since Monday', { updated: { to: '2026-03-08' } }],
  ])('%s', (text, filter) => {
    expect(only(text)).toEqual(expect.objectContaining({ kind: 'list', filter }));
  });

  it.each([
    ['top 3 leads', '-value', 3],
    ['show the five oldest leads', 'created', 5],
    ['the biggest deal', '-value', 1],
    ['who is our most valuable lead?', '-value', 1],
    ['last 4 leads', '-created', 4],
    ['leads sorted by name', 'name', null],
    ['leads by value', '-value', null],
    ['list leads ordered by last update', '-updated', null],
    ['list leads sorted by date', '-created', null],
    ['newest leads first', '-created', null],
    ['leads alphabetically', 'name', null],
    ['show recently updated leads', '-updated', null],
  ])('in order: %s', (text, sort, limit) => {
    expect(only(text)).toEqual({ kind: 'list', filter: {}, sort, limit });
  });

  it.each(['leads over abc', 'leads under the sea', 'old leads', 'delete leads with wings', 'leads between 5 GBP and 9 EUR'])(
    'are not guessed: %s',
    (text) => {
      expect(['unknown', 'refused']).toContain(only(text).kind);
    },
  );
});

describe('sums', () => {
  it.each([
    ['how many leads are there?', 'count', {}, null],
    ['how many deals did Tom win?', 'count', { owner: { kind: 'member', id: 'tom', name: 'Tom Price' }, status: in_('closed-win') }, null],
    ['number of leads by owner', 'count', {}, 'owner'],
    ['leads per source', 'count', {}, 'source'],
    ['total value of my leads', 'total', { owner: mine }, null],
    ['total value per status', 'total', {}, 'status'],
    ["what's our pipeline worth?", 'total', { status: in_('interest', 'proposal-sent') }, null],
    ['what is the pipeline value', 'total', { status: in_('interest', 'proposal-sent') }, null],
    ['how much money is in proposal sent?', 'total', { status: in_('proposal-sent') }, null],
    ['how much are all won deals worth altogether?', 'total', { status: in_('closed-win') }, null],
  ])('%s', (text, kind, filter, groupBy) => {
    expect(only(text)).toEqual({ kind, filter, groupBy });
  });
});

describe('one lead', () => {
  it.each([
    ['who has the email a@b.example', { kind: 'show', who: { kind: 'email', text: 'a@b.example' }, field: null }],
    ['show the lead with phone +44 20 7946 0101', { kind: 'show', who: { kind: 'phone', text: '+44 20 7946 0101' }, field: null }],
    ['what is the phone number of Jane', { kind: 'show', who: jane, field: 'phone' }],
    ["what's janes email?", { kind: 'show', who: { kind: 'name', text: 'jane' }, field: 'email' }],
    ['does Jane have a phone?', { kind: 'show', who: jane, field: 'phone' }],
    ["what is Jane's customer number", { kind: 'show', who: jane, field: 'custom:customer_number' }],
    ['which stage is Jane in?', { kind: 'show', who: jane, field: 'status' }],
    ['is Jane won?', { kind: 'show', who: jane, field: 'status' }],
    ['who owns Jane?', { kind: 'show', who: jane, field: 'owner' }],
    ['where does Jane work?', { kind: 'show', who: jane, field: 'company' }],
    ['how can I reach Jane?', { kind: 'show', who: jane, field: null }],
    ['look up Jane from Acme', { kind: 'find', text: 'Jane Acme' }],
    ['find him', { kind: 'show', who: { kind: 'pronoun', text: 'him' }, field: null }],
  ])('%s', (text, wanted) => {
    expect(only(text)).toEqual(wanted);
  });
});

describe('new leads', () => {
  it.each([
    ['add Bo Li (bo@li.example)', { name: 'Bo Li', email: 'bo@li.example' }],
    ['new lead Bo Li (Li Ltd) 10k', { name: 'Bo Li', company: 'Li Ltd', value: pounds(10_000) }],
    ['create lead Bo Li bo@li.example +44 20 7946 0001', { name: 'Bo Li', email: 'bo@li.example', phone: '+44 20 7946 0001' }],
    ['add lead Bo Li, email bo@li.example 500 pounds', { name: 'Bo Li', email: 'bo@li.example', value: pounds(500) }],
    ['add Bo Li to the pipeline with 5000', { name: 'Bo Li', value: pounds(5000) }],
    ['Bo Li is a new lead from Li Ltd £400', { name: 'Bo Li', company: 'Li Ltd', value: pounds(400) }],
    [
      'register Bo Li as a prospect, Li Ltd, proposal sent, Ann',
      { name: 'Bo Li', company: 'Li Ltd', status: in_('proposal-sent'), owner: anns },
    ],
    ['create a proposal sent lead Bo Li', { name: 'Bo Li', status: in_('proposal-sent') }],
    ['create lead Bo Li, he found us via a podcast', { name: 'Bo Li', source: 'podcast' }],
    ['create lead Bo Li from the website', { name: 'Bo Li', source: 'website' }],
    ['create lead Bo Li, Li Ltd, website, "likes tea"', { name: 'Bo Li', company: 'Li Ltd', source: 'website', notes: 'likes tea' }],
    ['create lead Bo Li, industry retail, tags vip, hot', { name: 'Bo Li', custom: { industry: 'retail' }, tags: ['vip', 'hot'] }],
    ['create lead "Bo and Li" owned by me', { name: 'Bo and Li', owner: mine }],
    ['create lead Bo Li, Acme, Inc.', { name: 'Bo Li', company: 'Acme, Inc' }],
  ])('%s', (text, lead) => {
    expect(only(text)).toEqual({ kind: 'create', lead });
  });

  it.each([
    'create lead Bo Li, Acme, Fields, Other',
    'create lead Bo Li in limbo',
    'create lead Bo Li with email nonsense',
    'create lead Bo Li owner Zed',
    'add a lead with value 500',
    'add Peter Pan and Wendy Moor as leads',
    'create lead Bo Li, 99999999999999999999 pounds',
  ])('say what is wrong: %s', (text) => expect(only(text).kind).toBe('refused'));
});

describe('changes', () => {
  const set = (...changes: object[]) => ({ kind: 'set', who: jane, changes });
  it.each([
    ['put 5000 as value for Jane', set({ field: 'value', value: pounds(5000) })],
    ["save a@b.example as Jane's email", set({ field: 'email', value: 'a@b.example' })],
    ['use a@b.example for Jane', set({ field: 'email', value: 'a@b.example' })],
    ['add +44 20 7946 0101 to Jane', set({ field: 'phone', value: '+44 20 7946 0101' })],
    ['change the company from Acme to Beta for Jane', set({ field: 'company', value: 'Beta' })],
    [
      'update Jane with source podcast, industry retail',
      set({ field: 'source', value: 'podcast' }, { field: 'custom', key: 'industry', value: 'retail' }),
    ],
    ["set Jane's tags to vip and hot", set({ field: 'tags', mode: 'replace', value: ['vip', 'hot'] })],
    ["set Jane's tags to none", set({ field: 'tags', mode: 'replace', value: [] })],
    ["set Jane's value to nothing", set({ field: 'value', value: null })],
    [
      "clear Jane's tags, owner and value",
      set({ field: 'tags', mode: 'replace', value: [] }, { field: 'owner', value: { kind: 'nobody' } }, { field: 'value', value: null }),
    ],
    ['remove the industry from Jane', set({ field: 'custom', key: 'industry', value: null })],
    ['remove all tags from Jane', set({ field: 'tags', mode: 'replace', value: [] })],
    ['untag Jane vip', set({ field: 'tags', mode: 'remove', value: ['vip'] })],
    ["remove vip from Jane's tags", set({ field: 'tags', mode: 'remove', value: ['vip'] })],
    ['Jane belongs to Ann now', set({ field: 'owner', value: anns })],
    ['assign Ann to Jane', set({ field: 'owner', value: anns })],
    ['Jane came from a referral', set({ field: 'source', value: 'referral' })],
    ['Jane is now called June', set({ field: 'name', value: 'June' })],
    ['value: 500', { kind: 'set', who: { kind: 'pronoun', text: 'it' }, changes: [{ field: 'value', value: pounds(500) }] }],
  ])('%s', (text, wanted) => {
    expect(only(text)).toEqual(wanted);
  });

  it.each([
    ['move to proposal sent: Jane', jane],
    ['put Jane under closed lost', jane],
    ['Jane needs to be moved to proposal sent', jane],
    ['we won Jane', jane],
    ['mark as won', { kind: 'pronoun', text: 'it' }],
    ['Jane signed, mark her as won', jane],
    ['Jane: move to closed win', jane],
    ['for Jane, set the status to won', jane],
  ])('moves: %s', (text, who) => {
    expect(only(text)).toEqual(expect.objectContaining({ kind: 'move', who }));
  });

  it.each([
    'move Jane forward',
    'rename all leads to Bo',
    'change the source of all leads from event to fair',
    'assign Jane to Zed',
    'remove the status of Jane',
    "set Jane's notes to " + 'x'.repeat(580),
    'increase the value of Jane by 5',
  ])('are refused: %s', (text) => expect(['refused', 'set']).toContain(only(text).kind));

  it('of several leads', () => {
    expect(only('move all leads from proposal sent to closed lost')).toEqual({
      kind: 'bulk-move',
      which: { kind: 'filter', filter: { status: in_('proposal-sent') } },
      status: in_('closed-lost'),
    });
    expect(only('move them to won')).toMatchObject({ kind: 'move', who: { kind: 'pronoun' } });
    expect(only('move all of them to won')).toMatchObject({ kind: 'bulk-move', which: { kind: 'listed' } });
    expect(only('delete Jane, Bo and Cy')).toMatchObject({
      kind: 'bulk-delete',
      which: { kind: 'several', who: [jane, { text: 'Bo' }, { text: 'Cy' }] },
    });
    expect(only('delete leads').kind).toBe('unknown');
    expect(only('delete the first one').kind).toBe('unknown');
    expect(heard('move Jane to won and Bo to lost')).toMatchObject([{ who: jane }, { who: { text: 'Bo' } }]);
  });
});

describe('tasks and notes', () => {
  it.each([
    [
      'follow up with Jane next Monday about the offer',
      { who: jane, title: 'Follow up with Jane about the offer', due: { on: '2026-03-16' } },
    ],
    ['schedule a demo with Jane', { who: jane, title: 'Demo with Jane', due: null }],
    ['add a task for Jane', { who: jane, title: 'Follow up with Jane' }],
    ["remind me to review Jane's proposal on Friday", { who: jane, due: { on: '2026-03-13' } }],
    ['remind me to send her the offer tonight', { who: { kind: 'pronoun' }, due: { on: '2026-03-11', hasTime: true } }],
    ["call Jane at 5 o'clock tomorrow", { who: jane }],
    ['task: prepare report by end of day', { who: null, due: { on: '2026-03-11', hasTime: true } }],
    ['todo for Jane: send contract by end of month', { who: jane, title: 'Send contract', due: { on: '2026-03-31' } }],
  ])('%s', (text, wanted) => {
    expect(only(text)).toMatchObject({ kind: 'add-task', ...wanted });
  });

  it.each([
    ['add a note: agreed on price', { kind: 'pronoun', text: 'it' }, 'agreed on price'],
    ['log a call with Jane: wants a demo', jane, 'Call: wants a demo'],
    ['For Jane add a note: wants a discount', jane, 'wants a discount'],
    ['note that Jane likes tea', jane, 'Jane likes tea'],
    ['add note called about the offer to Jane', jane, 'called about the offer'],
    ['"likes tea" as a note', undefined, undefined],
  ])('%s', (text, who, content) => {
    const command = only(text);
    if (who === undefined) expect(command.kind).toBe('unknown');
    else expect(command).toEqual({ kind: 'add-note', who, text: content });
  });

  it('refuses what is missing or too long', () => {
    for (const text of [
      'add a task',
      'remind me',
      `remind me to ${'x'.repeat(300)}`,
      'add a note to Jane: ""',
      `add a note to Jane: ${'x'.repeat(10_500)}`,
    ])
      expect(only(text).kind).toBe('refused');
  });
});

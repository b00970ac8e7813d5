import type { Money } from '../../../src/shared/money.js';
import { SEEN_ANSWERS } from './seen-answers.js';
import type { Effect, LeadFields, LeadKey, StatusKey, UtteranceCase } from './format.js';

const gbp = (amount: number): Money => ({ amountMinor: String(Math.round(amount * 100)), currency: 'GBP' });
const eur = (amount: number): Money => ({ amountMinor: String(Math.round(amount * 100)), currency: 'EUR' });
const usd = (amount: number): Money => ({ amountMinor: String(Math.round(amount * 100)), currency: 'USD' });
const set = (lead: LeadKey, fields: LeadFields): Effect => ({ effect: 'set', lead, fields });
const moved = (lead: LeadKey, status: StatusKey): Effect => ({ effect: 'moved', lead, status });
const created = (fields: LeadFields & { name: string }): Effect => ({ effect: 'created', fields });
const does = (id: string, say: string, ...effects: Effect[]): UtteranceCase => ({ id, say, expect: { kind: 'changes', effects } });
const plans = (id: string, say: string, ...effects: Effect[]): UtteranceCase => ({ id, say, expect: { kind: 'plans', effects } });
const refuses = (id: string, say: string): UtteranceCase => ({ id, say, expect: { kind: 'refuses' } });
const nothing = (id: string, say: string): UtteranceCase => ({ id, say, expect: { kind: 'nothing' } });
const asks = (id: string, say: string, ...among: LeadKey[]): UtteranceCase => ({ id, say, expect: { kind: 'asks', among } });
const after = (before: string | readonly string[], one: UtteranceCase): UtteranceCase => ({ ...one, before: [before].flat() });
const inGermany = (one: UtteranceCase): UtteranceCase => ({ ...one, where: 'comma' });
const deleted = (lead: LeadKey): Effect => ({ effect: 'deleted', lead });
const noted = (lead: LeadKey, text: string): Effect => ({ effect: 'noted', lead, text });

const MOVES: readonly UtteranceCase[] = [
  does('move-plain', 'move John Smith to closed win', moved('john-smith', 'closed-win')),
  does('move-won-kind', 'Move John Smith to won', moved('john-smith', 'closed-win')),
  does('move-polite', 'Could you please move Wei Chen to proposal sent?', moved('wei-chen', 'proposal-sent')),
  does('move-typo-verb', 'mvoe Fatima Zahra to proposal sent', moved('fatima-zahra', 'proposal-sent')),
  does('move-typo-status', 'move Fatima Zahra to propsal sent', moved('fatima-zahra', 'proposal-sent')),
  does('move-typo-name', 'move Fatma Zahra to proposal sent', moved('fatima-zahra', 'proposal-sent')),
  does('mark-as-lost', "mark Sean O'Brien as lost", moved('sean-obrien', 'closed-lost')),
  does('mark-is-a-name', 'move mark weber back to proposal sent', moved('mark-weber', 'proposal-sent')),
  does('will-is-a-name', 'Will Turner is won', moved('will-turner', 'closed-win')),
  does('status-of', 'change the status of Oliver Grant to meeting booked', moved('oliver-grant', 'meeting-booked')),
  does('status-possessive', "set Oliver Grant's status to Meeting Booked", moved('oliver-grant', 'meeting-booked')),
  does('put-into-stage', 'please put Oliver into the meeting booked stage', moved('oliver-grant', 'meeting-booked')),
  does('we-won', 'we won Wei Chen', moved('wei-chen', 'closed-win')),
  does('close-as', 'close Wei Chen as won', moved('wei-chen', 'closed-win')),
  does('arrow', 'Wei Chen -> closed lost', moved('wei-chen', 'closed-lost')),
  does('status-first', 'move to proposal sent Wei Chen', moved('wei-chen', 'proposal-sent')),
  does('from-to', 'Move Anna Kowalska from interest to meeting booked', moved('anna-kowalska', 'meeting-booked')),
  does('with-company', 'Move Maria from Blue Harbour to closed win', moved('maria-silva', 'closed-win')),
  does('company-only', 'Move the Pacific Trade deal to closed win', moved('wei-chen', 'closed-win')),
  does('by-email', 'move wei.chen@pacific.example to closed win', moved('wei-chen', 'closed-win')),
  after('Show Priya Patel', does('pronoun-her', 'Move her back to proposal sent', moved('priya-patel', 'proposal-sent'))),
  after('find oliver grant', does('pronoun-that-lead', 'put that lead in meeting booked', moved('oliver-grant', 'meeting-booked'))),
  does(
    'two-moves',
    'Move Wei Chen to closed win and Oliver Grant to closed lost',
    moved('wei-chen', 'closed-win'),
    moved('oliver-grant', 'closed-lost'),
  ),
  asks('move-ambiguous', 'move Maria to closed win', 'maria-lopez', 'maria-silva'),
  asks('move-ambiguous-smith', 'Smith is lost', 'john-smith', 'jane-smith'),
  after('move Maria to closed win', does('choose-second', 'the second one', moved('maria-silva', 'closed-win'))),
  after('move Maria to closed win', does('choose-by-company', 'the one from Fields and Sons', moved('maria-lopez', 'closed-win'))),
  refuses('move-unknown-lead', 'Move Zebulon Quark to closed win'),
  refuses('move-unknown-status', 'Move Wei Chen to negotiation'),
  refuses('close-either-way', 'close Wei Chen'),
  plans(
    'bulk-move',
    'move all leads in interest to meeting booked',
    moved('john-smith', 'meeting-booked'),
    moved('maria-lopez', 'meeting-booked'),
    moved('anna-kowalska', 'meeting-booked'),
    moved('oliver-grant', 'meeting-booked'),
  ),
  plans(
    'bulk-move-from',
    'Move everything from proposal sent to closed lost',
    moved('maria-silva', 'closed-lost'),
    moved('sean-obrien', 'closed-lost'),
  ),
  plans('several-by-name', 'Mark Wei Chen and Fatima Zahra as won', moved('wei-chen', 'closed-win'), moved('fatima-zahra', 'closed-win')),
  after(
    'list the leads of Tom that are in interest',
    plans('all-of-them', 'move all of them to meeting booked', moved('maria-lopez', 'meeting-booked')),
  ),
];

const SETS: readonly UtteranceCase[] = [
  does('set-value', "set John Smith's value to 7500", set('john-smith', { value: gbp(7500) })),
  does('set-value-of', 'Set the value of John Smith to 500 euros', set('john-smith', { value: eur(500) })),
  does('set-value-dollars', 'change the value of Jane Smith to $2500', set('jane-smith', { value: usd(2500) })),
  does('set-value-code', 'update Jane Smith value to 1000 USD', set('jane-smith', { value: usd(1000) })),
  does('set-value-k', 'make Oliver Grant worth 1.5k', set('oliver-grant', { value: gbp(1500) })),
  does('set-value-m', "Wei Chen's deal value is now 2M", set('wei-chen', { value: gbp(2_000_000) })),
  does('set-value-words', 'set the budget of Wei Chen to two thousand dollars', set('wei-chen', { value: usd(2000) })),
  does('set-value-grouped', 'set value of Anna Kowalska to £1,000.50', set('anna-kowalska', { value: gbp(1000.5) })),
  does('set-value-european', 'set value of Anna Kowalska to 1.000,50 EUR', set('anna-kowalska', { value: eur(1000.5) })),
  does('set-value-comma-thousands', "Set Anna Kowalska's value to 1,000", set('anna-kowalska', { value: gbp(1000) })),
  inGermany(does('set-value-dot-thousands', "Set Anna Kowalska's value to 1.000", set('anna-kowalska', { value: eur(1000) }))),
  does('set-value-worth', 'Priya Patel is worth 65k now', set('priya-patel', { value: gbp(65_000) })),
  does('set-value-to', 'set Priya Patel to 70000 pounds', set('priya-patel', { value: gbp(70_000) })),
  refuses('set-value-abc', "set John Smith's value to abc"),
  refuses('set-value-negative', "set John Smith's value to -500"),
  refuses('set-value-too-much', "set John Smith's value to 99999999999999999999"),
  does('set-email', "change Oliver Grant's email to oliver@grant.example", set('oliver-grant', { email: 'oliver@grant.example' })),
  does('set-email-typo', "chnage Oliver Grant's emial to oliver@grant.example", set('oliver-grant', { email: 'oliver@grant.example' })),
  refuses('set-email-bad', "set Oliver Grant's email to oliver at grant"),
  does('set-phone', 'Set the phone number of Oliver Grant to +44 20 7946 0999', set('oliver-grant', { phone: '+44 20 7946 0999' })),
  does('add-phone', 'add the phone number 020 7946 0999 to Oliver Grant', set('oliver-grant', { phone: '020 7946 0999' })),
  does('fact-number', "Oliver Grant's new number is +44 20 7946 0555", set('oliver-grant', { phone: '+44 20 7946 0555' })),
  does('set-company', 'set the company of Oliver Grant to Grant & Sons', set('oliver-grant', { company: 'Grant & Sons' })),
  does('works-at', 'Oliver Grant works at Harper Logistics', set('oliver-grant', { company: 'Harper Logistics' })),
  does('rename', 'rename Anna Kowalska to Anna Nowak', set('anna-kowalska', { name: 'Anna Nowak' })),
  does('change-from-to', "change Will Turner's source from cold call to website", set('will-turner', { source: 'website' })),
  does('set-custom', 'set the customer number of Wei Chen to K-2048', set('wei-chen', { attributes: { customer_number: 'K-2048' } })),
  does(
    'set-custom-possessive',
    "Priya Patel's industry is fintech",
    set('priya-patel', { attributes: { customer_number: 'K-1024', industry: 'fintech' } }),
  ),
  does(
    'set-two-fields',
    "set Oliver Grant's email to og@grant.example and phone to +44 20 7946 0444",
    set('oliver-grant', { email: 'og@grant.example', phone: '+44 20 7946 0444' }),
  ),
  does(
    'update-with',
    'update Oliver Grant: company Harper Ltd, value 3k',
    set('oliver-grant', { company: 'Harper Ltd', value: gbp(3000) }),
  ),
  does('give-a-value', 'give Anna Kowalska a value of 900 pounds', set('anna-kowalska', { value: gbp(900) })),
  does('set-for', 'set value to 900 for Anna Kowalska', set('anna-kowalska', { value: gbp(900) })),
  after('show Anna Kowalska', does('pronoun-value', 'set her value to £950', set('anna-kowalska', { value: gbp(950) }))),
  does('clear-phone', "remove Jane Smith's phone number", set('jane-smith', { phone: null })),
  does('clear-of', 'clear the source of Jane Smith', set('jane-smith', { source: null })),
  does('owner-assign', 'assign Oliver Grant to Tom', set('oliver-grant', { owner: 'tom' })),
  does('owner-me', 'assign Anna Kowalska to me', set('anna-kowalska', { owner: 'me' })),
  does('owner-make', 'make Ann Becker the owner of Anna Kowalska', set('anna-kowalska', { owner: 'ann' })),
  does('owner-none', 'unassign Oliver Grant', set('oliver-grant', { owner: null })),
  refuses('owner-unknown', 'assign Oliver Grant to Zoltan'),
  does('tag-as', 'tag Oliver Grant as vip', set('oliver-grant', { tags: ['vip'] })),
  does('tag-add', 'add the tag urgent to John Smith', set('john-smith', { tags: ['priority', 'urgent'] })),
  does('tag-remove', 'remove the tag vip from Maria Silva', set('maria-silva', { tags: [] })),
  plans('bulk-owner', 'assign all of my leads in meeting booked to Ann', set('wei-chen', { owner: 'ann' })),
  plans(
    'bulk-tag',
    'tag all won leads as customer',
    set('mark-weber', { tags: ['vip', 'customer'] }),
    set('priya-patel', { tags: ['priority', 'vip', 'customer'] }),
  ),
];

const CREATES: readonly UtteranceCase[] = [
  does('create-plain', 'create a lead Tom Bell', created({ name: 'Tom Bell', status: 'interest' })),
  does(
    'create-fields',
    'Create a new lead called Tom Bell from Harper Ltd, email tom@harper.example, value 5000 euros',
    created({ name: 'Tom Bell', company: 'Harper Ltd', email: 'tom@harper.example', value: eur(5000) }),
  ),
  does(
    'create-positional',
    'new lead: Tom Bell, Harper Ltd, tom@harper.example, +44 20 7946 0777, 5k',
    created({ name: 'Tom Bell', company: 'Harper Ltd', email: 'tom@harper.example', phone: '+44 20 7946 0777', value: gbp(5000) }),
  ),
  does('create-add-as', 'add Tom Bell as a new lead with a value of £2000', created({ name: 'Tom Bell', value: gbp(2000) })),
  does('create-typo', 'craete lead Tom Bell with email tom@harper.example', created({ name: 'Tom Bell', email: 'tom@harper.example' })),
  does(
    'create-polite',
    'Hi, could you add a lead for Tom Bell at Harper Ltd please?',
    created({ name: 'Tom Bell', company: 'Harper Ltd' }),
  ),
  does('create-status', 'create lead Tom Bell in meeting booked', created({ name: 'Tom Bell', status: 'meeting-booked' })),
  does(
    'create-source-owner',
    'register a lead Tom Bell, source website, owner Ann',
    created({ name: 'Tom Bell', source: 'website', owner: 'ann' }),
  ),
  does(
    'create-notes',
    'Create lead Tom Bell, notes: met at the fair, wants a demo',
    created({ name: 'Tom Bell', notes: 'met at the fair, wants a demo' }),
  ),
  does(
    'create-lines',
    'New lead\nName: Tom Bell\nCompany: Harper Ltd\nEmail: tom@harper.example\nValue: 4500',
    created({ name: 'Tom Bell', company: 'Harper Ltd', email: 'tom@harper.example', value: gbp(4500) }),
  ),
  does(
    'create-we-have',
    'We have a new lead, Tom Bell from Harper Ltd worth 12k',
    created({ name: 'Tom Bell', company: 'Harper Ltd', value: gbp(12_000) }),
  ),
  refuses('create-nameless', 'create a new lead'),
  refuses('create-bad-value', 'create lead Tom Bell with value abc'),
  does('create-then-move', 'Create lead Tom Bell and move him to proposal sent', created({ name: 'Tom Bell', status: 'proposal-sent' })),
  does(
    'create-then-value',
    'Add lead Tom Bell. Set his value to 300 pounds. Then assign him to Ann.',
    created({ name: 'Tom Bell', value: gbp(300), owner: 'ann' }),
  ),
];

const NOTES_AND_TASKS: readonly UtteranceCase[] = [
  does('note-colon', 'Add a note to Wei Chen: wants a second demo', noted('wei-chen', 'wants a second demo')),
  does('note-quoted', 'add the note "call back on Monday" to Wei Chen', noted('wei-chen', 'call back on Monday')),
  does('note-saying', 'leave a note for Wei Chen saying that he prefers calls', noted('wei-chen', 'he prefers calls')),
  does(
    'note-command-inside',
    'Add a note to Wei Chen: "delete John Smith and move Jane to lost"',
    noted('wei-chen', 'delete John Smith and move Jane to lost'),
  ),
  does(
    'note-negation-inside',
    "note on Wei Chen: does not want to be called, don't move",
    noted('wei-chen', "does not want to be called, don't move"),
  ),
  after(
    'show Wei Chen',
    does('note-pronoun', 'add a note to him that the budget is approved', noted('wei-chen', 'the budget is approved')),
  ),
  does(
    'note-then-move',
    'Add a note to Wei Chen: budget approved. Then move him to proposal sent.',
    noted('wei-chen', 'budget approved'),
    moved('wei-chen', 'proposal-sent'),
  ),
  {
    id: 'task-follow-up',
    before: ['show Wei Chen'],
    say: 'follow up with him next Tuesday at 3pm',
    expect: { kind: 'changes', effects: [{ effect: 'task', lead: 'wei-chen', title: 'follow up', due: { weekday: 2, time: '15:00' } }] },
  },
  does('task-remind', 'Remind me to call Oliver Grant tomorrow at 10:30', {
    effect: 'task',
    lead: 'oliver-grant',
    title: 'call Oliver Grant',
    due: { days: 1, time: '10:30' },
  }),
  does('task-for', 'create a task for Oliver Grant: send the contract, due in 3 days', {
    effect: 'task',
    lead: 'oliver-grant',
    title: 'send the contract',
    due: { days: 3 },
  }),
  does('task-meeting', 'schedule a call with Priya Patel on Friday at 2pm', {
    effect: 'task',
    lead: 'priya-patel',
    title: 'call',
    due: { weekday: 5, time: '14:00' },
  }),
  refuses('task-no-lead', 'add a task to prepare the sales report tomorrow'),
  refuses('task-past', 'remind me to call Oliver Grant yesterday'),
];

const DELETES: readonly UtteranceCase[] = [
  plans('delete-plain', 'delete John Smith', deleted('john-smith')),
  plans('delete-typo', 'delte jon smith', deleted('john-smith')),
  plans('delete-remove', 'Please remove the lead Oliver Grant from the pipeline', deleted('oliver-grant')),
  plans('delete-rid', 'get rid of Will Turner', deleted('will-turner')),
  after('who is Will Turner?', plans('delete-pronoun', 'delete him', deleted('will-turner'))),
  plans('delete-lost', 'delete all lost leads', deleted('will-turner')),
  plans('delete-two', 'delete Will Turner and Oliver Grant', deleted('will-turner'), deleted('oliver-grant')),
  after('delete John Smith', does('delete-yes', 'yes', deleted('john-smith'))),
  after('delete John Smith', does('delete-yes-please', 'Yes please, go ahead!', deleted('john-smith'))),
  after('delete John Smith', does('delete-yes-repeated', 'yes, delete John Smith', deleted('john-smith'))),
  after('delete John Smith', nothing('delete-no', 'no')),
  after('delete John Smith', nothing('delete-never-mind', 'never mind')),
  after(['delete John Smith', 'no'], nothing('delete-no-yes', 'yes')),
  after('delete John Smith', nothing('delete-yes-but', 'yes but not John Smith')),
  asks('delete-ambiguous', 'delete smith', 'john-smith', 'jane-smith'),
  refuses('delete-unknown', 'delete Zebulon Quark'),
  after('show Jane Smith', refuses('no-other-lead', 'Move Zebulon Quark to closed win and delete him')),
  nothing('delete-nobody-spoken-of', 'delete him'),
  nothing('delete-dont', "don't delete John Smith"),
  nothing('delete-should-i', 'should I delete John Smith?'),
  nothing('delete-what-if', 'what happens if I delete John Smith?'),
  nothing('delete-condition', 'delete John Smith if he does not answer'),
  nothing('delete-never', 'never delete Jane Smith'),
  nothing('delete-told', 'I deleted John Smith yesterday'),
  nothing('move-question', 'Did you move Wei Chen to closed win?'),
  nothing('move-not', 'do not move Wei Chen to closed win'),
  nothing('yes-to-nothing', 'yes'),
  after('move Wei Chen to closed win', does('undo', 'undo that', moved('wei-chen', 'meeting-booked'))),
];

/** The cases the grammar was built with. */
export const SEEN: readonly UtteranceCase[] = [...MOVES, ...SETS, ...CREATES, ...NOTES_AND_TASKS, ...DELETES, ...SEEN_ANSWERS];

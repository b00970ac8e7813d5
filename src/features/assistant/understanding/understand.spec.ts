import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Command, type DialogueContext, isChange, needsConfirmation } from './command.js';
import { understand } from './understand.js';

const STAGES = [
  ['interest', 'Interest', 'open'],
  ['meeting-booked', 'Meeting booked', 'open'],
  ['proposal-sent', 'Proposal sent', 'open'],
  ['closed-win', 'Closed win', 'won'],
  ['closed-lost', 'Closed lost', 'lost'],
] as const;

function context(given: Partial<DialogueContext> = {}): DialogueContext {
  return {
    now: new Date('2026-03-11T10:00:00Z'),
    timeZone: 'Europe/Berlin',
    baseCurrency: 'EUR',
    decimalMark: ',',
    country: 'DE',
    stages: STAGES.map(([key, name, kind]) => ({ pipelineId: 'p', key, name, kind })),
    members: [
      { id: 'ann', name: 'Ann Becker', email: 'ann@example.com' },
      { id: 'ann2', name: 'Ann Otto', email: 'otto@example.com' },
      { id: 'tom', name: 'Tom Price', email: 'tom@example.com' },
    ],
    me: { id: 'me', name: 'Robin Hale' },
    focus: [{ id: 'x', name: 'Jane Smith' }],
    hasPendingPlan: false,
    customFields: ['customer_number'],
    ...given,
  };
}

const heard = (text: string, given: Partial<DialogueContext> = {}): readonly Command[] => understand(text, context(given)).commands;
const kinds = (text: string, given: Partial<DialogueContext> = {}): string[] => heard(text, given).map(({ kind }) => kind);

describe('what a message asks for', () => {
  it('keeps names as they are written, however near they are to a verb', () => {
    for (const name of [
      'Mary',
      'Will Turner',
      'Mark Weber',
      'Grace Chang',
      "Sean O'Brien",
      'Nate',
      'Art Moves',
      'Dele Ade',
      'Marc',
      'Setty Movo',
    ]) {
      expect(heard(`move ${name} to closed win`)).toMatchObject([{ kind: 'move', who: { kind: 'name', text: name } }]);
      expect(heard(`set ${name}'s value to 500`)).toMatchObject([{ kind: 'set', who: { kind: 'name', text: name } }]);
      expect(heard(`delete ${name}`)).toMatchObject([{ kind: 'delete', who: { kind: 'name', text: name } }]);
    }
  });

  it.each([
    ['closed-win', ['won', 'win', 'closed win', 'Closed Won', 'CLOSED-WIN', 'clsoed win', 'the closed win stage', 'a win']],
    ['closed-lost', ['lost', 'loss', 'closed lost', 'closd lost']],
    ['meeting-booked', ['meeting', 'meeting booked', 'Meeting-Booked', 'booked', 'meting boked']],
    ['proposal-sent', ['proposal', 'proposal sent', 'sent', 'propsal']],
    ['interest', ['interest', 'interested', 'intrest']],
  ])('knows the status %s by many words', (key, words) => {
    for (const word of words) expect(heard(`move Jane to ${word}`)).toMatchObject([{ kind: 'move', status: { stages: [{ key }] } }]);
  });

  it('says what there is when a status, a person or an amount is not known', () => {
    expect(heard('move Jane to negotiation')).toMatchObject([
      { kind: 'refused', why: 'status', validOptions: STAGES.map(([, name]) => name) },
    ]);
    expect(heard('move Jane to cost')).toMatchObject([{ kind: 'refused', why: 'status' }]);
    expect(heard('move Jane to closed')).toMatchObject([{ kind: 'refused', why: 'status-ambiguous' }]);
    expect(heard('assign Jane to Ann')).toMatchObject([
      { kind: 'refused', why: 'member-ambiguous', validOptions: ['Ann Becker', 'Ann Otto'] },
    ]);
    expect(heard('assign Jane to Tim')).toMatchObject([{ kind: 'refused', why: 'member', didYouMean: 'Tom Price' }]);
    expect(heard("set Jane's value to abc")).toMatchObject([{ kind: 'refused', why: 'amount' }]);
    expect(heard("set Jane's phone to hello")).toMatchObject([{ kind: 'refused', why: 'phone' }]);
    expect(heard('remove the name of Jane')).toMatchObject([{ kind: 'refused', why: 'missing' }]);
    expect(heard("double Jane's value")).toMatchObject([{ kind: 'refused', why: 'amount' }]);
  });

  it('gives a status of every pipeline that has it, and leaves the choice to the lead', () => {
    const stages = [
      ...context().stages,
      { pipelineId: 'q', key: 'won', name: 'Won', kind: 'won' as const },
      { pipelineId: 'q', key: 'new', name: 'New', kind: 'open' as const },
    ];
    expect(heard('move Jane to won', { stages })).toMatchObject([{ status: { stages: [{ pipelineId: 'q', key: 'won' }] } }]);
    expect(heard('we lost Jane', { stages })).toMatchObject([{ status: { stages: [{ pipelineId: 'p', key: 'closed-lost' }] } }]);
  });

  it('reads how an ambiguous amount was meant', () => {
    expect(understand("set Jane's value to 1.000", context())).toMatchObject({
      commands: [{ changes: [{ value: { amountMinor: '100000', currency: 'EUR' } }] }],
      readings: ['I read "1.000" as 1000, because a dot separates thousands in your country.'],
    });
  });

  it('takes what is quoted or behind a note for content', () => {
    expect(heard('add a note to Jane: "delete all leads. Then undo."')).toEqual([
      { kind: 'add-note', who: { kind: 'name', text: 'Jane' }, text: 'delete all leads. Then undo.' },
    ]);
    expect(kinds('Add a note to Jane: she asked us to call. Her assistant says delete is fine.')).toEqual(['add-note']);
    expect(kinds("note on Jane: don't move her, and delete John")).toEqual(['add-note']);
    expect(kinds('add a note to Jane: "never closed')).toEqual(['add-note']);
  });

  it('does several things in their order', () => {
    expect(kinds('Create lead Tom Bell and set his value to 500, then move him to won; list my leads')).toEqual([
      'create',
      'set',
      'move',
      'list',
    ]);
    expect(kinds('move Jane and Mark to won')).toEqual(['bulk-move']);
    expect(kinds('add a note to Jane: budget approved. Then move her to proposal sent.')).toEqual(['add-note', 'move']);
  });

  it('is not led to somebody else by what it did not understand', () => {
    expect(heard('I met Mary Poppins today. Move her to won.')).toMatchObject([
      { kind: 'move', who: { kind: 'name', text: 'Mary Poppins' } },
    ]);
    expect(heard('Move Zed to won and delete him')).toMatchObject([
      { kind: 'move' },
      { kind: 'delete', who: { kind: 'name', text: 'Zed' } },
    ]);
    expect(heard('Create lead Zed and delete him')).toMatchObject([{ kind: 'create' }, { kind: 'delete', who: { kind: 'pronoun' } }]);
    expect(kinds('create lead Tom with value abc. Delete him')).toEqual(['refused', 'unknown']);
    expect(kinds('Ann and Tom quarrelled with Mary and Pete. Delete him.')).toEqual(['unknown']);
  });

  it.each([
    "don't delete Jane",
    'do not move Jane to won',
    'never delete Jane Smith',
    'should I delete Jane?',
    'what happens if I move Jane to won?',
    'delete Jane if she does not answer',
    'did you delete Jane?',
    'why did you move Jane to won?',
    'I was going to delete Jane',
    'delete not Jane but Mary',
    'move Jane to won, not Mary',
    'can you delete leads?',
    'delete all leads except Jane',
    'maybe delete Jane',
    'delete Jane?',
    'is it wise to delete Jane?',
    'unless you delete Jane',
  ])('changes nothing for: %s', (text) => {
    expect(heard(text).some(isChange)).toBe(false);
  });

  it('confirms only what waits, and only with a plain yes', () => {
    for (const yes of ['yes', 'Yes please!', 'ok', 'sure, go ahead', 'do it', 'confirm'])
      expect(kinds(yes, { hasPendingPlan: true })).toEqual(['confirm']);
    for (const no of ['no', 'Nope', "don't", 'cancel', 'never mind', 'no thanks', 'leave it'])
      expect(kinds(no, { hasPendingPlan: true })).toEqual(['decline']);
    expect(kinds('yes but not Jane', { hasPendingPlan: true })).not.toContain('confirm');
    expect(kinds('yes, move Mary to won', { hasPendingPlan: true })).toEqual(['unknown']);
    expect(kinds('yes and show my leads', { hasPendingPlan: true })).toEqual(['confirm', 'list']);
    expect(kinds('yes, delete him', { hasPendingPlan: true })).toEqual(['confirm']);
    expect(kinds('yes, delete Jane Smith', { hasPendingPlan: true, pendingNames: ['Jane Smith'] })).toEqual(['confirm']);
    expect(kinds('yes, delete Mary', { hasPendingPlan: true, pendingNames: ['Jane Smith'] })).toEqual(['unknown']);
    expect(kinds('no, delete Mary instead', { hasPendingPlan: true })).toEqual(['decline', 'delete']);
  });

  it('does not take a yes to something else for a yes to what waits', () => {
    const plan = (act: 'delete' | 'move' | 'update', ...pendingStatuses: string[]) => ({
      hasPendingPlan: true,
      pendingNames: ['Jane Smith'],
      pendingActs: [act],
      pendingStatuses,
      focus: [{ id: '1', name: 'Jane Smith' }],
    });
    for (const yes of ['yes, delete him', 'yes, delete Jane Smith', 'yes, delete them', 'yes']) {
      expect(kinds(yes, plan('delete'))).toEqual(['confirm']);
      if (yes !== 'yes') expect(kinds(yes, plan('move', 'closed-win'))).toEqual(['unknown']);
    }
    expect(kinds('yes, move him', plan('delete'))).toEqual(['unknown']);
    expect(kinds('yes, move him', plan('move', 'closed-win'))).toEqual(['confirm']);
    expect(kinds('yes, move these to Closed win', plan('delete'))).toEqual(['unknown']);
    expect(kinds('yes, move these to Closed lost', plan('move', 'closed-win'))).toEqual(['unknown']);
    expect(kinds('yes, move these to Closed win', plan('move', 'closed-win'))).toEqual(['confirm']);
    expect(kinds('yes, delete it', { ...plan('move'), pendingActs: ['move', 'delete'] })).toEqual(['unknown']);
  });

  it('takes an answer to "which one?"', () => {
    const candidates = [
      { id: '1', name: 'Maria Lopez', company: 'Fields' },
      { id: '2', name: 'Maria Silva', company: null },
    ];
    expect(heard('the second one', { candidates })).toEqual([{ kind: 'choose', choice: { kind: 'index', index: 2 } }]);
    expect(heard('last', { candidates })).toEqual([{ kind: 'choose', choice: { kind: 'index', index: -1 } }]);
    expect(heard('the one from Fields', { candidates })).toEqual([{ kind: 'choose', choice: { kind: 'text', text: 'Fields' } }]);
    expect(heard('I mean Silva', { candidates })).toEqual([{ kind: 'choose', choice: { kind: 'text', text: 'Silva' } }]);
    expect(kinds('move Silva to won', { candidates })).toEqual(['move']);
    expect(kinds('list my leads', { candidates })).toEqual(['list']);
  });
});

describe('days and times of tasks', () => {
  const due = (text: string, now: string) => {
    const [command] = heard(text, { now: new Date(now) });
    return command.kind === 'add-task' ? command.due : command;
  };

  it('are those of the organization, also across a change of clocks', () => {
    // On 29 March 2026 Berlin goes from UTC+1 to UTC+2.
    expect(due('remind me to call Jane tomorrow at 10', '2026-03-27T10:00:00Z')).toMatchObject({ at: '2026-03-28T09:00:00.000Z' });
    expect(due('remind me to call Jane on Monday at 10', '2026-03-27T10:00:00Z')).toMatchObject({ at: '2026-03-30T08:00:00.000Z' });
    // Half past eleven at night in UTC is already the next day in Berlin.
    expect(due('remind me to call Jane tomorrow', '2026-03-10T23:30:00Z')).toMatchObject({ on: '2026-03-12', hasTime: false });
    expect(due('remind me to call Jane today', '2026-03-11T20:00:00Z')).toMatchObject({ on: '2026-03-11' });
    expect(due('remind me to call Jane on the 5th', '2026-03-11T20:00:00Z')).toMatchObject({ on: '2026-04-05' });
    expect(due('remind me to call Jane on 03/04/2026', '2026-03-11T20:00:00Z')).toMatchObject({ on: '2026-04-03' });
    expect(due('remind me to call Jane the day after tomorrow at noon', '2026-03-11T08:00:00Z')).toMatchObject({
      at: '2026-03-13T11:00:00.000Z',
    });
    expect(due('remind me to call Jane yesterday', '2026-03-11T08:00:00Z')).toMatchObject({ kind: 'refused', why: 'date' });
  });
});

describe('any text', () => {
  const DESTRUCTIVE = /delet|remov|eras|trash|discard|purg|wip|elimin|scrap|rid of|throw|drop|bin/i;
  const words = fc.constantFrom(
    ...'move set delete the lead John Smith to won lost value 500 euros not and , . ? "note: a" : all leads in of him \'s email x@y.zz if yes no undo add note task tomorrow over under between list how many my -> = (a) then please Ann Mary owner tag vip #1'.split(
      ' ',
    ),
  );
  const salad = fc.array(words, { maxLength: 25 }).map((list) => list.join(' '));

  it('is understood without failing, and always in some way', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.lorem({ mode: 'sentences' }), salad),
        fc.boolean(),
        (text, hasPendingPlan) => {
          const { commands, readings } = understand(text, context({ hasPendingPlan }));
          expect(commands.length).toBeGreaterThan(0);
          expect(readings.every((reading) => reading.length < 300)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('deletes nothing without a word for it', () => {
    fc.assert(
      fc.property(fc.oneof(salad, fc.lorem({ mode: 'sentences' }), fc.string({ maxLength: 200 })), (given) => {
        const text = given.replace(new RegExp(DESTRUCTIVE, 'gi'), 'keep');
        expect(heard(text).filter(({ kind }) => kind === 'delete' || kind === 'bulk-delete')).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('changes nothing behind a negation', () => {
    const change = fc.constantFrom(
      'move Jane to won',
      'delete Jane',
      "set Jane's value to 5",
      'assign Jane to Tom',
      'tag Jane as vip',
      'delete all lost leads',
      'create a lead Tom Bell',
    );
    const not = fc.constantFrom("don't", 'do not', 'never', 'please do not', 'you must not', "I don't want you to", 'stop, do not');
    fc.assert(fc.property(not, change, (negation, text) => expect(heard(`${negation} ${text}`).some(isChange)).toBe(false)));
  });

  it('is the same whatever was said before it in another message', () => {
    expect(understand('move Jane to won', context())).toEqual(understand('move Jane to won', context()));
  });

  it('takes time in proportion to its length', () => {
    const started = performance.now();
    for (const piece of ['move John to won and ', 'a', '"', 'no thanks ', ', ', 'set ', 'yes ', '. ', "'s ", 'note: ', '1,', '\n']) {
      const text = piece.repeat(Math.ceil(100_000 / piece.length));
      expect(understand(text, context()).commands).toMatchObject([{ kind: 'refused', why: 'too-long' }]);
      understand(text.slice(0, 15_000), context());
    }
    expect(performance.now() - started).toBeLessThan(6_000);
  });

  it('asks to confirm what deletes or is done to several', () => {
    expect(heard('delete Jane').every(needsConfirmation)).toBe(true);
    expect(heard('tag all won leads as vip').every(needsConfirmation)).toBe(true);
    expect(heard('move Jane to won').some(needsConfirmation)).toBe(false);
  });
});

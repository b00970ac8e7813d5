import { describe, expect, it } from '@jest/globals';
import type { LeadView } from '../../crm/index.js';
import { changedFacts, type ChangeStep, differences, factsOf } from './change-steps.js';

const LEAD: LeadView = {
  id: 'l',
  pipelineId: 'p',
  status: 'interest',
  name: 'John',
  company: null,
  email: null,
  phone: null,
  value: null,
  notes: null,
  source: null,
  tags: [],
  attributes: {},
  ownerId: null,
  version: 1,
  createdAt: '',
  updatedAt: '',
  deletedAt: null,
};
const named = { leadId: 'l', name: 'John' };

describe('what a change left behind', () => {
  it('is the facts that changed, and nothing of the bookkeeping', () => {
    const after = { ...LEAD, company: 'Acme', version: 2, updatedAt: 'later' };
    expect(changedFacts(LEAD, after)).toEqual({ before: { company: null }, after: { company: 'Acme' } });
    expect(changedFacts(LEAD, { ...LEAD, version: 9 })).toEqual({ before: {}, after: {} });
  });

  const CASES: readonly (readonly [string, ChangeStep, LeadView | undefined, readonly string[]])[] = [
    ['a lead that was made and is as it was', { ...named, op: 'create', after: factsOf(LEAD) }, LEAD, []],
    ['a lead that was made and renamed since', { ...named, op: 'create', after: factsOf(LEAD) }, { ...LEAD, name: 'Jon' }, ['name']],
    ['a lead that was made and deleted since', { ...named, op: 'create', after: factsOf(LEAD) }, undefined, ['deleted']],
    [
      'a field that was set, with another field changed since',
      { ...named, op: 'update', before: { company: null }, after: { company: 'Acme' } },
      { ...LEAD, company: 'Acme', notes: 'x', version: 7 },
      [],
    ],
    [
      'a field that was set and set again since',
      { ...named, op: 'update', before: { company: null }, after: { company: 'Acme' } },
      { ...LEAD, company: 'Duarte' },
      ['company'],
    ],
    [
      'a move, and the lead moved again since',
      { ...named, op: 'move', before: { status: 'interest' }, after: { status: 'closed-win' } },
      { ...LEAD, status: 'closed-lost' },
      ['status'],
    ],
    ['a lead that is still deleted', { ...named, op: 'delete', before: factsOf(LEAD) }, undefined, []],
    ['a lead that was brought back since', { ...named, op: 'delete', before: factsOf(LEAD) }, LEAD, ['deleted']],
    ['a note', { ...named, op: 'note', entryId: 'n' }, undefined, []],
    ['a task', { ...named, op: 'task', entryId: 't' }, undefined, []],
  ];

  it.each(CASES)('%s', (_, step, current, fields) => {
    expect(differences(step, current).map(({ field }) => field)).toEqual(fields);
  });
});

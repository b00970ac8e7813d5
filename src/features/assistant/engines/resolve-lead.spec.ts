import { describe, expect, it } from '@jest/globals';
import { type FoundLead, scoreName } from '../../crm/index.js';
import { resolve } from './resolve-lead.js';

let ids = 0;

/** A lead as the search finds it. */
function found(asked: string, name: string, company: string | null = null, match: FoundLead['match'] = 'name-similar'): FoundLead {
  const facts = { email: null, phone: null, pipelineId: 'p', status: 'interest', value: null, version: 1 };
  return { ...facts, id: String(++ids), name, company, match, ...scoreName(asked, name) };
}

const isOfCompany = (asked: string, company: string): boolean => !['near', 'unlike'].includes(scoreName(asked, company).kind);

/** The name of the one that was meant, the names to choose among, or who comes nearest. */
function meant(asked: string, names: readonly (readonly [name: string, company?: string])[], company?: string): string {
  const leads = names.map(([name, of]) => found(asked, name, of ?? null)).sort((a, b) => b.score - a.score);
  const resolution = resolve(leads, { company }, isOfCompany);
  if (resolution.kind === 'one') return resolution.lead.name;
  const shown = resolution.kind === 'several' ? resolution.candidates : resolution.nearest;
  return `${resolution.kind}: ${shown.map(({ name }) => name).join(', ')}`;
}

describe('which lead was meant', () => {
  it.each([
    ['the very name, whatever else begins like it', 'John Smith', [['John Smith'], ['John Smithson']], 'John Smith'],
    ['words in another order', 'Smith John', [['John Smith'], ['John Doe']], 'John Smith'],
    ['one word of a name, when it is the only one', 'Smith', [['John Smith'], ['Ana Duarte']], 'John Smith'],
    ['one word of two names', 'John', [['John Smith'], ['John Doe']], 'several: John Smith, John Doe'],
    ['the same name twice', 'John Smith', [['John Smith'], ['John Smith']], 'several: John Smith, John Smith'],
    ['two letters swapped', 'Jhon Smiht', [['John Smith']], 'John Smith'],
    ['a letter left out', 'Jon Smith', [['John Smith']], 'John Smith'],
    ['another letter in a long word', 'Ida Anderson', [['Ida Andersen']], 'Ida Andersen'],
    ['a single word that is off by a letter', 'Johnson', [['Ann Johnston']], 'none: Ann Johnston'],
    ['a beginning', 'Joh', [['John Smith']], 'John Smith'],
    ['a whole word before a beginning', 'Ann', [['Ann Lee'], ['Anna Karenina']], 'Ann Lee'],
    ['accents', 'Jose Nunez', [['José Núñez']], 'José Núñez'],
    ['another letter in a short word is another name', 'Jane Smith', [['Jake Smith']], 'none: Jake Smith'],
    ['another number is another thing', 'Lead 12', [['Lead 13']], 'none: Lead 13'],
    ['nobody', 'Zebedee', [], 'none: '],
  ] as const)('%s', (_, asked, names, answer) => expect(meant(asked, names)).toBe(answer));

  it('is decided by the company that was said with the name', () => {
    const names = [
      ['John Smith', 'Acme'],
      ['John Smith', 'Duarte'],
    ] as const;
    expect(meant('John Smith', names, 'duarte')).toBe('John Smith');
    expect(meant('John Smith', names, 'Initech')).toBe('none: John Smith, John Smith');
  });

  it('is the lead of a company when no name fits', () => {
    const lead = found('Acme', 'John Smith', 'Acme', 'company');
    expect(resolve([lead], {}, isOfCompany)).toMatchObject({ kind: 'one' });
    expect(resolve([lead, { ...lead, id: 'other' }], {}, isOfCompany)).toMatchObject({ kind: 'several' });
  });

  it('shows five of many and says how many more there are', () => {
    const leads = Array.from({ length: 8 }, () => found('John', 'John Smith'));
    const resolution = resolve(leads, {}, isOfCompany);
    expect(resolution).toMatchObject({ kind: 'several', more: 3 });
    expect(resolution.kind === 'several' && resolution.candidates).toHaveLength(5);
  });
});

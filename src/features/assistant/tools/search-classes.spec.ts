import { describe, expect, it } from '@jest/globals';
import { type FoundLead, scoreName } from '../../crm/index.js';
import { classOf, sortedHits } from './search-classes.js';

function hit(asked: string, name: string, match: FoundLead['match'] = 'similar') {
  return { name, match, ...scoreName(asked, name) };
}

describe('how leads fit a search', () => {
  it.each([
    ['John Smith', 'John Smith', 'name-prefix', 'exact'],
    ['Smith', 'John Smith', 'name', 'words'],
    ['John Sm', 'John Smith', 'name-prefix', 'prefix'],
    ['Jonh Smith', 'John Smith', 'name-similar', 'slip'],
    ['Acme', 'John Smith', 'company', 'company'],
    ['john@acme.example', 'John Smith', 'email', 'email'],
    ['mith', 'John Smith', 'name', 'part'],
    ['Jane Smith', 'John Smith', 'name-similar', 'near'],
    ['Zoe', 'John Smith', 'similar', 'near'],
  ] as const)('%s: %s (%s) is %s', (asked, name, match, wanted) => {
    expect(classOf(hit(asked, name, match))).toBe(wanted);
  });

  it('keeps the best apart from the others, each in their order', () => {
    const found = [hit('Smith', 'Anna Smith'), hit('Smith', 'Zoe', 'company'), hit('Smith', 'John Smith'), hit('Smith', 'Smithson')];
    const { items, weaker } = sortedHits(found);
    expect([items, weaker].map((leads) => leads.map(({ name }) => name))).toEqual([
      ['Anna Smith', 'John Smith'],
      ['Zoe', 'Smithson'],
    ]);
    expect(sortedHits([])).toEqual({ items: [], weaker: [] });
  });
});

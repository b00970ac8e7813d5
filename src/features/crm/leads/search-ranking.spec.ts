import { describe, expect, it } from '@jest/globals';
import { bestHits, wordDistance } from './search-ranking.js';

const lead = (name: string, more: { company?: string; email?: string; likeness?: number } = {}) => ({
  name,
  company: null,
  email: null,
  likeness: 0,
  ...more,
});

describe('bestHits', () => {
  it('puts name prefix above name above company above e-mail', () => {
    const candidates = [lead('Zed', { email: 'ana@x.org' }), lead('Yan', { company: 'Ana Ltd' }), lead('Diana Prince'), lead('Ana Duarte')];
    expect(bestHits('ana', candidates, 10).map((hit) => [hit.candidate.name, hit.match])).toEqual([
      ['Ana Duarte', 'name-prefix'],
      ['Diana Prince', 'name'],
      ['Yan', 'company'],
      ['Zed', 'email'],
    ]);
  });

  it('finds a misspelt name before a company that is spelt so', () => {
    const hits = bestHits(
      'jonh smiht',
      [lead('Acme', { company: 'jonh smiht ltd' }), lead('Joan Smart', { likeness: 0.9 }), lead('John Smith')],
      2,
    );
    expect(hits.map((hit) => hit.candidate.name)).toEqual(['John Smith', 'Acme']);
  });

  it('lets the trigrams decide between equals', () => {
    expect(bestHits('ana', [lead('Ana B', { likeness: 0.1 }), lead('Ana C', { likeness: 0.2 })], 1)[0]?.candidate.name).toBe('Ana C');
  });
});

describe('what is not alike', () => {
  it('is left out, but a misspelt company stays', () => {
    const hits = bestHits('nordlis', [lead('Nora Dill'), lead('Ana', { company: 'Nordlys AS' }), lead('Ines')], 10);
    expect(hits.map((hit) => [hit.candidate.name, hit.match])).toEqual([['Ana', 'similar']]);
  });
});

describe('wordDistance', () => {
  it.each([
    ['smith john', 'john smith', 0],
    ['jonh', 'john smith', 0.25],
    ['abc', 'xyz', 1],
    ['', 'john', 1],
    ['--', 'john', 1],
  ])('of “%s” to “%s” is %d', (query, text, expected) => {
    expect(wordDistance(query, text)).toBeCloseTo(expected);
  });
});

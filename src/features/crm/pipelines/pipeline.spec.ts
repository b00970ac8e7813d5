import { describe, expect, it } from '@jest/globals';
import { DEFAULT_STAGES, reordered, stageKey } from './pipeline.js';

describe('stageKey', () => {
  it.each([
    ['Closed win', 'closed-win'],
    ['  Größe & Prüfung! ', 'grosse-prufung'],
    ['---', 'stage'],
    ['合同', 'stage'],
    ['x'.repeat(80), 'x'.repeat(60)],
  ])('makes %s to %s', (name, key) => {
    expect(stageKey(name, [])).toBe(key);
  });

  it('numbers a name that was used before', () => {
    expect(stageKey('Closed win', ['closed-win', 'closed-win-2'])).toBe('closed-win-3');
  });

  it('gives the default stages the keys their names make', () => {
    for (const { key, name } of DEFAULT_STAGES) expect(stageKey(name, [])).toBe(key);
  });
});

describe('reordered', () => {
  it.each([
    ['c', 0, ['c', 'a', 'b']],
    ['a', 1, ['b', 'a', 'c']],
    ['a', 99, ['b', 'c', 'a']],
    ['new', 1, ['a', 'new', 'b', 'c']],
  ])('puts %s at %d', (key, index, expected) => {
    expect(reordered(['a', 'b', 'c'], key, index)).toEqual(expected);
  });
});

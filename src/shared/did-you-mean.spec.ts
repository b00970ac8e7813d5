import { describe, expect, it } from '@jest/globals';
import { didYouMean } from './did-you-mean.js';

const STATUSES = ['interest', 'meeting-booked', 'proposal-sent', 'closed-win', 'closed-lost'];

describe('didYouMean', () => {
  it.each([
    ['intrest', STATUSES, 'interest'],
    ['itnerest', STATUSES, 'interest'],
    ['INTEREST', STATUSES, 'interest'],
    ['closed-wni', STATUSES, 'closed-win'],
    ['meetingbooked', STATUSES, 'meeting-booked'],
    ['won', STATUSES, undefined],
    ['', STATUSES, undefined],
    ['eru', ['USD', 'EUR'], 'EUR'],
    ['x', ['y'], undefined],
    ['ac', ['ab', 'ad'], 'ab'],
    ['abcd', ['acbd', 'abxd'], 'acbd'],
    ['nmae', ['email', 'name'], 'name'],
    ['abcdefghijklmnop', ['ponmlkjihgfedcba'], undefined],
    ['a'.repeat(65), ['a'.repeat(64)], undefined],
  ])('%j gives %j -> %j', (given, options, expected) => {
    expect(didYouMean(given, options)).toBe(expected);
  });

  it('allows no more edits than a third of the letters, and three at most', () => {
    expect(didYouMean('abcxyf', ['abcdef'])).toBe('abcdef');
    expect(didYouMean('abwxyf', ['abcdef'])).toBeUndefined();
    expect(didYouMean('wxyzefghijklmnopqrst', ['abcdefghijklmnopqrst'])).toBeUndefined();
  });
});

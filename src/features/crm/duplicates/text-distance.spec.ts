import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { editDistance, foldWords, isTransposition, jaroWinkler, soundex, wordOverlap } from './text-distance.js';

const short = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });

describe('editDistance', () => {
  it.each([
    ['smith', 'smyth', 1],
    ['smith', 'simth', 1],
    ['smith', 'smit', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ])('of %s and %s is %i', (a, b, edits) => expect(editDistance(a, b, 5)).toBe(edits));

  it('is symmetric, zero only for the same text, and stops above its limit', () => {
    fc.assert(
      fc.property(short, short, fc.nat(4), (a, b, limit) => {
        const whole = editDistance(a, b, 99);
        expect(editDistance(b, a, 99)).toBe(whole);
        expect(whole === 0).toBe(a === b);
        expect(editDistance(a, b, limit)).toBe(Math.min(whole, limit + 1));
      }),
    );
  });
});

describe('jaroWinkler', () => {
  it('gives the published values', () => {
    expect(jaroWinkler('martha', 'marhta')).toBeCloseTo(0.9611, 4);
    expect(jaroWinkler('dixon', 'dicksonx')).toBeCloseTo(0.8133, 4);
    expect(jaroWinkler('abc', 'xyz')).toBe(0);
  });

  it('is symmetric and between 0 and 1', () => {
    fc.assert(
      fc.property(short, short, (a, b) => {
        expect(jaroWinkler(a, b)).toBe(jaroWinkler(b, a));
        expect(jaroWinkler(a, b)).toBeGreaterThanOrEqual(0);
        expect(jaroWinkler(a, b)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('words', () => {
  it('folds case, accents and punctuation', () => expect(foldWords("  Jean-Luc  O'Neil, Łódź ")).toBe('jean luc oneil lodz'));

  it('codes sounds', () => {
    expect(['robert', 'rupert', 'ashcraft', 'tymczak', 'pfister'].map(soundex)).toEqual(['r163', 'r163', 'a261', 't522', 'p236']);
  });

  it('sees swapped neighbours only', () => {
    expect(isTransposition('1234', '1324')).toBe(true);
    expect(isTransposition('1234', '4231')).toBe(false);
    expect(isTransposition('1234', '1234')).toBe(false);
  });

  it('measures common words', () => expect(wordOverlap('high street', 'high street north')).toBeCloseTo(2 / 3));
});

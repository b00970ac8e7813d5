import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LinearPattern, PatternError } from './linear-pattern.js';

const ATOMS = ['a', 'b', '.', '[ab]', '[^a]', String.raw`\d`, String.raw`\w`, '^', '$', String.raw`\.`];
const pattern = fc.letrec<{ choice: string; sequence: string; piece: string }>((tie) => ({
  choice: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((all) => all.join('|')),
  sequence: fc.array(tie('piece'), { maxLength: 3 }).map((all) => all.join('')),
  piece: fc
    .tuple(
      fc.oneof(
        { maxDepth: 3, depthIdentifier: 'p' },
        fc.constantFrom(...ATOMS),
        tie('choice').map((text) => `(?:${text})`),
      ),
      fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '{0,2}', '{2,}', '*?'),
    )
    // JavaScript lets nothing repeat an anchor.
    .map(([atom, times]) => (atom === '^' || atom === '$' ? atom : atom + times)),
})).choice;

describe('LinearPattern', () => {
  it('finds what JavaScript finds', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '.', 'é', '😀'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (source, input) => {
        let linear: LinearPattern;
        try {
          linear = new LinearPattern(source);
        } catch (error) {
          // Only for size: everything else that is made here is a pattern.
          expect((error as Error).message).toMatch(/^is (too large|longer than)/);
          return;
        }
        expect([source, input, linear.test(input)]).toEqual([source, input, new RegExp(source, 'u').test(input)]);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    [String.raw`^K-\d{4}$`, 'K-1024', true],
    [String.raw`^K-\d{4}$`, 'K-10245', false],
    [String.raw`\p{L}+`, '12é', true],
    ['^(red|green|blue)$', 'green', true],
    ['^(red|green|blue)$', 'greenish', false],
    [String.raw`^\u0041\x42[\]\-]$`, 'AB]', true],
    ['', 'anything', true],
    ['^[^@]+@[^@]+$', 'a@b', true],
  ])('%s on %s is %s', (source, input, expected) => {
    expect(new LinearPattern(source).test(input)).toBe(expected);
    expect(String(new LinearPattern(source))).toBe(source);
  });

  it.each([
    '(?=a)',
    '(?<!a)b',
    String.raw`(a)\1`,
    String.raw`\bword`,
    '(',
    ')',
    'a)',
    '*',
    'a**',
    '[b-a]',
    '[',
    'x{3,2}',
    'x{999}',
    String.raw`\p{Nothing}`,
    'a'.repeat(201),
    '(?:(?:a{50}){50}){50}',
    '('.repeat(30) + ')'.repeat(30),
    String.raw`\q`,
  ])('refuses %s', (source) => {
    expect(() => new LinearPattern(source)).toThrow(PatternError);
  });

  it.each(['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*)*x', '(?:a?){50}a{50}$', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
    'is not slowed down by %s',
    (source) => {
      const linear = new LinearPattern(source);
      const began = performance.now();
      linear.test(`${'a'.repeat(1000)}!`);
      expect(performance.now() - began).toBeLessThan(500);
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor.js';

const KEY = Buffer.alloc(32, 7);
const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n));
const values = fc.array(fc.oneof(fc.string({ unit: 'binary' }), number, fc.boolean(), fc.constant(null)), { maxLength: 6 });

describe('cursors', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(values, fc.string(), (given, context) => {
        const text = encodeCursor(given, context, KEY);
        expect(text).toMatch(/^[\w-]+$/);
        expect(decodeCursor(text, context, KEY)).toEqual(given);
      }),
    );
  });

  it('are refused with any character changed', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.constantFrom(...ALPHABET, '=', '+', ' ', '\n', 'ä'), (given, place, other) => {
        const text = encodeCursor(given, 'leads', KEY);
        const at = place % text.length;
        fc.pre(text[at] !== other);
        expect(decodeCursor(text.slice(0, at) + other + text.slice(at + 1), 'leads', KEY)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('are refused when every bit of the last character that is not data is changed', () => {
    for (const given of [[], [1], [12]]) {
      const text = encodeCursor(given, 'leads', KEY);
      const accepted = ALPHABET.filter((last) => decodeCursor(text.slice(0, -1) + last, 'leads', KEY) !== undefined);
      expect(accepted).toEqual([text.at(-1)]);
    }
  });

  it('are refused when cut, lengthened, or from elsewhere', () => {
    const text = encodeCursor(['a', 1], 'leads', KEY);
    expect(decodeCursor(text, 'leads', KEY)).toEqual(['a', 1]);
    expect(decodeCursor(text, 'lead', KEY)).toBeUndefined();
    expect(decodeCursor(text, 'leads', Buffer.alloc(32, 8))).toBeUndefined();
    expect(decodeCursor(text.slice(0, -1), 'leads', KEY)).toBeUndefined();
    expect(decodeCursor(`${text}A`, 'leads', KEY)).toBeUndefined();
    expect(decodeCursor(`${text}=`, 'leads', KEY)).toBeUndefined();
    expect(decodeCursor('', 'leads', KEY)).toBeUndefined();
    expect(decodeCursor('A'.repeat(100_000), 'leads', KEY)).toBeUndefined();
  });

  it('do not let the context run into the values', () => {
    const text = encodeCursor([1], 'leads[1,2]', KEY);
    expect(decodeCursor(text, 'leads', KEY)).toBeUndefined();
  });

  it('hold finite numbers only', () => {
    expect(() => encodeCursor([Number.POSITIVE_INFINITY], 'leads', KEY)).toThrow(RangeError);
  });
});

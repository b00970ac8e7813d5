import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SealBroken, SealedBox } from './sealed-box.js';

const oldKey = Buffer.alloc(32, 1);
const newKey = Buffer.alloc(32, 2);
const box = new SealedBox(newKey, [oldKey]);

describe('SealedBox', () => {
  it('gives back any text that it sealed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, context) => {
        expect(box.open(box.seal(plain, context), context)).toBe(Buffer.from(plain, 'utf8').toString('utf8'));
      }),
      { numRuns: 60 },
    );
  });

  it('never seals the same text to the same letters', () => {
    expect(box.seal('secret', 'a')).not.toBe(box.seal('secret', 'a'));
  });

  it('notices any changed letter', () => {
    const sealed = box.seal('a private key', 'a');
    fc.assert(
      fc.property(fc.nat({ max: sealed.length - 1 }), fc.constantFrom('A', 'B', 'f', '0', '.'), (at, letter) => {
        fc.pre(sealed[at] !== letter);
        const altered = sealed.slice(0, at) + letter + sealed.slice(at + 1);
        // The last letter of base64url may hold spare bits, so two spellings can mean the same bytes.
        fc.pre(
          !Buffer.from(altered.split('.')[3] ?? '', 'base64url').equals(Buffer.from(sealed.split('.')[3] ?? '', 'base64url')) ||
            at < sealed.lastIndexOf('.'),
        );
        expect(() => box.open(altered, 'a')).toThrow(SealBroken);
      }),
    );
  });

  it('does not open in another place, cut short, or with an unknown key', () => {
    const sealed = box.seal('secret', 'row:1');
    expect(() => box.open(sealed, 'row:2')).toThrow(SealBroken);
    expect(() => box.open(sealed.slice(0, -4), 'row:1')).toThrow(SealBroken);
    expect(() => new SealedBox(oldKey).open(sealed, 'row:1')).toThrow(/not configured/);
    expect(() => box.open('secret', 'row:1')).toThrow(/not a sealed text/);
  });

  it('opens what an older key sealed and says that it should be sealed again', () => {
    const sealed = new SealedBox(oldKey).seal('secret', 'a');
    expect(box.open(sealed, 'a')).toBe('secret');
    expect(box.needsResealing(sealed)).toBe(true);
    expect(box.needsResealing(box.seal('secret', 'a'))).toBe(false);
  });

  it('refuses a key of the wrong length', () => {
    expect(() => new SealedBox(Buffer.alloc(16))).toThrow(RangeError);
  });
});

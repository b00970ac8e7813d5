import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { crc32, tableCrc32 } from './crc32.js';

describe('crc32', () => {
  it('gives the check value of the standard', () => {
    expect(tableCrc32(Buffer.from('123456789'))).toBe(0xcbf43926);
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  });

  it('goes on where it stopped, the same with and without the native one', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        const whole = crc32(Buffer.from([...a, ...b]));
        expect(tableCrc32(Buffer.from(b), tableCrc32(Buffer.from(a)))).toBe(whole);
        expect(crc32(Buffer.from(b), crc32(Buffer.from(a)))).toBe(whole);
      }),
    );
  });
});

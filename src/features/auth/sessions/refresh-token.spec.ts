import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '../../../shared/ids.js';
import { isGenuine, readRefreshToken, refreshToken } from './refresh-token.js';

const key = Buffer.alloc(32, 1);
const seed = Buffer.alloc(32, 2);

describe('refresh tokens', () => {
  it('say which session and generation they are of, and can be made again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffffffff }), (generation) => {
        const id = newId();
        const text = refreshToken(key, { id, seed }, generation);
        const parts = readRefreshToken(text);
        expect(parts).toMatchObject({ sessionId: id, generation });
        expect(parts && isGenuine(key, seed, parts)).toBe(true);
        expect(refreshToken(key, { id, seed }, generation)).toBe(text);
      }),
    );
  });

  it('need the key, the seed and every byte', () => {
    const text = refreshToken(key, { id: newId(), seed }, 7);
    const parts = readRefreshToken(text);
    if (!parts) throw new Error('not read');
    expect(isGenuine(Buffer.alloc(32, 9), seed, parts)).toBe(false);
    expect(isGenuine(key, Buffer.alloc(32, 9), parts)).toBe(false);
    expect(isGenuine(key, seed, { ...parts, generation: 8 })).toBe(false);
    expect(isGenuine(key, seed, { ...parts, sessionId: newId() })).toBe(false);
  });

  it.each(['', 'rt_', 'rt_abc', `rx_${'A'.repeat(70)}`, `rt_${'A'.repeat(69)}`, `rt_${'A'.repeat(71)}`, `rt_${'A'.repeat(69)}=`])(
    'do not look like %j',
    (text) => {
      expect(readRefreshToken(text)).toBeUndefined();
    },
  );
});

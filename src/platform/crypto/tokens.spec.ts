import { describe, expect, it } from '@jest/globals';
import { hashToken, isSameSecret, newApiKey, newNumericCode, newToken, parseApiKey } from './tokens.js';

const key = Buffer.alloc(32, 7);

describe('tokens', () => {
  it('are 256 random bits in base64url, with the prefix in front', () => {
    expect(newToken()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(newToken('rt_')).toMatch(/^rt_[A-Za-z0-9_-]{43}$/);
    expect(new Set(Array.from({ length: 200 }, () => newToken())).size).toBe(200);
  });

  it('hash to the same bytes under the same key only', () => {
    expect(hashToken('token', key)).toEqual(hashToken('token', key));
    expect(hashToken('token', key)).not.toEqual(hashToken('token', Buffer.alloc(32, 8)));
    // HMAC-SHA256, test case 2 of RFC 4231.
    expect(hashToken('what do ya want for nothing?', Buffer.from('Jefe')).toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('make numeric codes of the asked length, leading zeros included', () => {
    const many = Array.from({ length: 3000 }, () => newNumericCode(4));
    expect(many.every((code) => /^\d{4}$/.test(code))).toBe(true);
    // 3000 codes without a leading zero would happen once in 10^137 runs.
    expect(many.some((code) => code.startsWith('0'))).toBe(true);
    expect(newNumericCode()).toMatch(/^\d{6}$/);
    expect(() => newNumericCode(3)).toThrow(RangeError);
    expect(() => newNumericCode(13)).toThrow(RangeError);
  });

  it('compare by content, whatever the lengths', () => {
    expect(isSameSecret('abc', 'abc')).toBe(true);
    expect(isSameSecret('abc', Buffer.from('abc'))).toBe(true);
    expect(isSameSecret('abc', 'abd')).toBe(false);
    expect(isSameSecret('abc', 'abcd')).toBe(false);
    expect(isSameSecret('', '')).toBe(true);
  });
});

describe('API keys', () => {
  it('can be made, stored in parts, and recognized again', () => {
    const made = newApiKey(key);
    expect(made.text).toMatch(/^ck_[a-z0-9]{8}\.[A-Za-z0-9_-]{43}$/);
    expect(made.last4).toBe(made.text.slice(-4));
    expect(made.hash).toEqual(hashToken(made.text, key));
    expect(parseApiKey(made.text)).toEqual({ prefix: made.prefix, secret: made.text.slice(12), last4: made.last4 });
  });

  it.each([
    '',
    'ck_',
    'ck_short.x',
    'sk_abcdefgh.',
    `ck_ABCDEFGH.${'a'.repeat(43)}`,
    `ck_abcdefgh.${'a'.repeat(42)}`,
    `ck_abcdefgh.${'a'.repeat(43)}\n`,
  ])('does not take %j for a key', (text) => {
    expect(parseApiKey(text)).toBeUndefined();
  });
});

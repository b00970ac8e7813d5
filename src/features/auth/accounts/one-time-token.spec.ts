import { describe, expect, it } from '@jest/globals';
import { newId } from '../../../shared/ids.js';
import { proofOf, tokenSecrets } from './one-time-token.js';

const key = Buffer.alloc(32, 5);

describe('tokenSecrets', () => {
  it('are the same each time they are made, and others for another purpose, id or key', () => {
    const id = newId();
    const made = tokenSecrets(key, 'verify-email', id);
    expect(tokenSecrets(key, 'verify-email', id)).toEqual(made);
    expect(made.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(made.code).toMatch(/^\d{6}$/);
    for (const other of [
      tokenSecrets(key, 'reset-password', id),
      tokenSecrets(key, 'verify-email', newId()),
      tokenSecrets(Buffer.alloc(32, 6), 'verify-email', id),
    ]) {
      expect(other.token).not.toBe(made.token);
    }
  });

  it('make codes that use the whole range, leading zeros included', () => {
    const codes = Array.from({ length: 3_000 }, () => tokenSecrets(key, 'reset-password', newId()).code);
    expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true);
    expect(codes.some((code) => code.startsWith('0'))).toBe(true);
    expect(codes.some((code) => code.startsWith('9'))).toBe(true);
  });
});

describe('proofOf', () => {
  it('takes a token, or an address with a code, and nothing in between', () => {
    expect(proofOf({ token: 't' })).toEqual({ token: 't' });
    expect(proofOf({ email: 'a@b.c', code: '123456' })).toEqual({ email: 'a@b.c', code: '123456' });
    for (const given of [
      {},
      { email: 'a@b.c' },
      { code: '123456' },
      { token: 't', code: '123456' },
      { token: 't', email: 'a@b.c', code: '123456' },
    ]) {
      expect(proofOf(given)).toBeUndefined();
    }
  });
});

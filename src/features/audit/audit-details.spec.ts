import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditDetails, isSecretName } from './audit-details.js';

const stored = (details: object): unknown => JSON.parse(auditDetails(details) ?? 'null') as unknown;

describe('auditDetails', () => {
  it.each([
    'password',
    'newPassword',
    'PASSWORD_HASH',
    'refresh_token',
    'token',
    'inviteTokens',
    'clientSecret',
    'api-key',
    'Authorization',
    'otp',
    'recoveryCodes',
  ])('never stores a value named %s, at any depth', (name) => {
    expect(isSecretName(name)).toBe(true);
    expect(stored({ [name]: 'hunter2', list: [{ deep: { [name]: { kind: 'x', value: 'hunter2' } } }] })).toEqual({
      [name]: '[redacted]',
      list: [{ deep: { [name]: '[redacted]' } }],
    });
  });

  it.each(['name', 'tokenExpiresAt', 'passwordChangedAt', 'code', 'secretary', 'body'])('stores a value named %s', (name) => {
    expect(stored({ [name]: 'x' })).toEqual({ [name]: 'x' });
  });

  it('tells that there is a secret, or none', () => {
    expect(stored({ hasPassword: true, token: null })).toEqual({ hasPassword: true, token: null });
  });

  it('keeps dates, big numbers and everything else that JSON has', () => {
    expect(stored({ at: new Date(0), big: 2n ** 64n, list: [1, null], gone: undefined })).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      big: '18446744073709551616',
      list: [1, null],
    });
    expect(auditDetails(null)).toBeNull();
    expect(auditDetails(undefined)).toBeNull();
  });

  it('leaves nothing in a text or name that PostgreSQL cannot store as jsonb', () => {
    const someText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\u0000', '\uD800', '\uDC00', '\\', 'u0000', 'ud800', '"') }),
    );
    fc.assert(
      fc.property(someText, someText, (name, text) => {
        const [[key, value]] = Object.entries(stored({ [`n${name}`]: text }) as Record<string, string>) as [[string, string]];
        expect(key).toBe(`n${name}`.replaceAll('\u0000', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD'));
        expect([text.replaceAll('\u0000', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD'), '[redacted]']).toContain(value);
      }),
    );
    expect(stored({ a: '1\u00002\uD8003😀' })).toEqual({ a: '1\uFFFD2\uFFFD3😀' });
  });
});

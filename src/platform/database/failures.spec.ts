import { describe, expect, it } from '@jest/globals';
import { isRetryable, translated } from './failures.js';

describe('failures that are no errors of PostgreSQL', () => {
  it.each([[undefined], [null], ['text'], [new Error('other')]])('%p is not tried again and stays what it is', (thrown) => {
    expect(isRetryable(thrown)).toBe(false);
    expect(translated(thrown)).toBe(thrown);
  });
});

describe('failures of PostgreSQL', () => {
  it.each(['40001', '40P01'])('%s is tried again, also when TypeORM wrapped it', (code) => {
    expect(isRetryable({ code })).toBe(true);
    expect(isRetryable({ driverError: { code } })).toBe(true);
  });

  it('a constraint nobody declared stays what it is', () => {
    const violated = { code: '23505', constraint: 'nobody_declared_this' };
    expect(translated(violated)).toBe(violated);
  });
});

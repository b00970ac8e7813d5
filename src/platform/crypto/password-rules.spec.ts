import { describe, expect, it } from '@jest/globals';
import { passwordProblems } from './password-rules.js';

const owner = { email: 'ada.lovelace@example.org', name: 'Ada Lovelace' };
const codes = (password: string, of = owner): string[] => passwordProblems(password, of).map((problem) => problem.code);

describe('passwordProblems', () => {
  it.each(['Correct7horse', 'x9Kq2mWz4T', 'Ünder7Äpfeln', 'grüne Wiese 3 Kühe M', `Aa1${'-~'.repeat(98)}`])(
    'has nothing against %s',
    (password) => {
      expect(codes(password)).toEqual([]);
    },
  );

  it.each([
    ['Sh0rtOne9', ['too-short']],
    [`Aa1${'-~'.repeat(99)}`, ['too-long']],
    ['correct7horse', ['no-upper-case']],
    ['CORRECT7HORSE', ['no-lower-case']],
    ['CorrectxHorse', ['no-digit']],
    ['', ['too-short', 'no-upper-case', 'no-lower-case', 'no-digit']],
    ['My7Ada.Lovelace', ['contains-email', 'contains-name']],
    ['Xq7LOVELACE9', ['contains-name']],
  ])('refuses %s', (password, expected) => {
    expect(codes(password)).toEqual(expected);
  });

  it.each([
    'Password2024',
    'P@ssw0rd2024!',
    'Passw0rd123',
    'Qwertyuiop1',
    'Welcome123!!',
    '2024Winter!!',
    'Iloveyou1234',
    'LetMeIn12345',
    'Aaaaaaaaaa1',
    'PasswordPassword1',
    'Abcdefghij1',
    'C0ncord2026',
  ])('knows that %s is common', (password) => {
    expect(codes(password)).toEqual(['too-common']);
  });

  it('counts characters, not code units', () => {
    expect(codes('Aa1😀😀😀😀😀😀')).toContain('too-short');
    expect(codes('Aa1😀😀😀😀😀😀😀')).toEqual([]);
  });

  it('does not mind parts of a name that stand in words by chance', () => {
    expect(codes('Alimony7Joker', { email: 'jo@example.org', name: 'Jo Li' })).toEqual([]);
  });

  it('works without a name and with a broken address', () => {
    expect(passwordProblems('Correct7horse', { email: '' })).toEqual([]);
  });

  it('explains itself', () => {
    expect(passwordProblems('short', owner)[0]?.message).toBe('Use at least 10 characters.');
  });
});

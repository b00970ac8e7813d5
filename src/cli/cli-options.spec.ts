import { describe, expect, it } from '@jest/globals';
import { parseOptions, required } from './cli-options.js';

describe('parseOptions', () => {
  it('reads both forms and flags', () => {
    const options = parseOptions(['--email', 'a@example.com', '--name=Ada', '--check']);
    expect([...options]).toEqual([
      ['email', 'a@example.com'],
      ['name', 'Ada'],
      ['check', true],
    ]);
  });

  it('keeps everything after the first equals sign: a password may hold more of them', () => {
    expect(parseOptions(['--password=ab=cd==']).get('password')).toBe('ab=cd==');
  });

  it('does not take the next option as a value', () => {
    expect([...parseOptions(['--check', '--out', 'x'])]).toEqual([
      ['check', true],
      ['out', 'x'],
    ]);
  });

  it('refuses a word that is no option', () => {
    expect(() => parseOptions(['check'])).toThrow('"check" is not an option');
  });
});

describe('required', () => {
  it.each([[[]], [['--email']]])('refuses %j', (argv: string[]) => {
    expect(() => required(parseOptions(argv), 'email')).toThrow('--email is needed');
  });
});

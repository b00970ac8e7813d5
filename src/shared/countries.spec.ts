import { describe, expect, it } from '@jest/globals';
import { isCountry } from './countries.js';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

describe('isCountry', () => {
  it('knows the 249 codes of ISO 3166-1, all of them known to Intl', () => {
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    const codes = LETTERS.flatMap((a) => LETTERS.map((b) => a + b)).filter(isCountry);
    expect(codes).toHaveLength(249);
    expect(codes.filter((code) => names.of(code) === undefined)).toEqual([]);
  });

  it.each(['DEU', 'de', 'EU', 'UK', 'SU', 'XX', 'ZZ', ''])('refuses %j', (code) => {
    expect(isCountry(code)).toBe(false);
  });
});

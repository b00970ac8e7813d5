import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { addMoney, allocate, currencyExponent, formatMoney, isCurrency, parseMoneyAmount } from './money.js';

const minor = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD', 'HUF', 'CHF', 'INR');

describe('currencies', () => {
  it.each([
    ['EUR', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['HUF', 2],
    ['IDR', 2],
    ['ISK', 0],
  ])('%s has %i decimals', (code, digits) => {
    expect(currencyExponent(code)).toBe(digits);
  });

  it('knows ISO codes in upper case only', () => {
    expect(['EUR', 'USD', 'PLN'].every(isCurrency)).toBe(true);
    expect(['eur', 'XXY', '', 'EURO'].some(isCurrency)).toBe(false);
    expect(() => currencyExponent('XXY')).toThrow(RangeError);
  });
});

describe('parseMoneyAmount', () => {
  it.each([
    ['1.000,50', 'EUR', 100050n],
    ['1,000.50', 'EUR', 100050n],
    ['1500', 'EUR', 150000n],
    ['$2500', 'USD', 250000n],
    ['$ 2,500.5', 'CAD', 250050n],
    ['CA$5', 'CAD', 500n],
    ['5 $US', 'USD', 500n],
    ['US$ 5', 'USD', 500n],
    ['2\u00a0500,00\u00a0€', 'EUR', 250000n],
    ['2\u202f500,00 EUR', 'EUR', 250000n],
    ['eur 12', 'EUR', 1200n],
    ["CHF 1'234'567.05", 'CHF', 123456705n],
    ['12,34,567.89', 'INR', 123456789n],
    ['1.000.000', 'EUR', 100000000n],
    ['0,5', 'EUR', 50n],
    ['.50', 'EUR', 50n],
    ['0.500', 'EUR', 50n],
    ['1500.0000', 'EUR', 150000n],
    ['-12.50', 'EUR', -1250n],
    ['\u221212,50 €', 'EUR', -1250n],
    ['-$5', 'USD', -500n],
    ['$-5', 'USD', -500n],
    ['12-', 'EUR', -1200n],
    ['(1,000.50)', 'USD', -100050n],
    ['+7', 'EUR', 700n],
    ['1.000', 'JPY', 1000n],
    ['1234.567', 'KWD', 1234567n],
    ['12zł', 'PLN', 1200n],
    ['92233720368547758.07', 'EUR', 9223372036854775807n],
    ['-92233720368547758.08', 'EUR', -9223372036854775808n],
  ])('reads %j %s as %s', (text, code, amountMinor) => {
    expect(parseMoneyAmount(text, code)).toEqual({ amountMinor, ambiguous: false });
  });

  it.each([
    ['1.000', 'EUR', 'auto', 100000n, true],
    ['1,234', 'EUR', 'auto', 123400n, true],
    ['-12.345', 'EUR', 'auto', -1234500n, true],
    ['1.234', 'KWD', 'auto', 1234n, true],
    ['1.000', 'EUR', 'dot', 100n, false],
    ['1.000', 'EUR', 'comma', 100000n, false],
    ['1,000', 'EUR', 'dot', 100000n, false],
    ['1,5', 'EUR', 'comma', 150n, false],
  ] as const)('reads %j %s, decimal %s, as %s, ambiguous: %s', (text, code, decimal, amountMinor, ambiguous) => {
    expect(parseMoneyAmount(text, code, { decimal })).toEqual({ amountMinor, ambiguous });
  });

  it.each([
    ['', 'EUR', 'empty'],
    ['  \u00a0', 'EUR', 'empty'],
    ['€', 'EUR', 'not-an-amount'],
    ['12.3.4', 'EUR', 'not-an-amount'],
    ['1.00.000', 'EUR', 'not-an-amount'],
    ['1.0.000', 'EUR', 'not-an-amount'],
    ['1.000,50,00', 'EUR', 'not-an-amount'],
    ['1,000,50', 'EUR', 'not-an-amount'],
    ['--5', 'EUR', 'not-an-amount'],
    ['-5-', 'EUR', 'not-an-amount'],
    ['1-2', 'EUR', 'not-an-amount'],
    ['.', 'EUR', 'not-an-amount'],
    ['9'.repeat(65), 'EUR', 'not-an-amount'],
    ['$5', 'EUR', 'other-currency'],
    ['A$5', 'CAD', 'other-currency'],
    ['5 USD', 'EUR', 'other-currency'],
    ['1e5', 'EUR', 'other-currency'],
    ['12.345', 'JPY', undefined],
    ['12.34', 'JPY', 'too-many-decimals'],
    ['1000.505', 'EUR', 'too-many-decimals'],
    ['0.005', 'EUR', 'too-many-decimals'],
    ['92233720368547758.08', 'EUR', 'out-of-range'],
  ])('refuses %j %s: %s', (text, code, fault) => {
    if (fault === undefined) expect(parseMoneyAmount(text, code)).not.toHaveProperty('fault');
    else expect(parseMoneyAmount(text, code)).toEqual({ fault });
  });

  it('reads back what formatMoney writes, exactly', () => {
    const locales = fc.constantFrom(['en-US', 'dot'], ['de-DE', 'comma'], ['fr-FR', 'comma'], ['de-CH', 'dot'], ['en-IN', 'dot']);
    fc.assert(
      fc.property(minor, currency, locales, (amount, code, [locale, decimal]) => {
        const text = formatMoney({ amountMinor: amount.toString(), currency: code }, locale);
        const read = parseMoneyAmount(text, code, { decimal: decimal === 'dot' ? 'dot' : 'comma' });
        expect(read).toEqual({ amountMinor: amount, ambiguous: false });
      }),
    );
  });
});

describe('formatMoney', () => {
  it.each([
    ['123456', 'EUR', 'de-DE', '1.234,56\u00a0€'],
    ['-5', 'USD', 'en-US', '-$0.05'],
    ['1234', 'JPY', 'en-US', '¥1,234'],
    ['1234', 'HUF', 'en-US', 'HUF\u00a012.34'],
    ['9223372036854775807', 'EUR', 'en-US', '€92,233,720,368,547,758.07'],
  ])('%s %s in %s', (amountMinor, code, locale, text) => {
    expect(formatMoney({ amountMinor, currency: code }, locale)).toBe(text);
  });
});

describe('the formats of formatMoney', () => {
  it('are built once, and let go when somebody asks for hundreds of them', () => {
    const one = { amountMinor: '150', currency: 'EUR' };
    const built = jest.spyOn(Intl, 'NumberFormat');
    try {
      formatMoney(one, 'en-IE');
      built.mockClear();
      expect(formatMoney(one, 'en-IE')).toBe('€1.50');
      expect(built).not.toHaveBeenCalled();
      for (const locale of ['en-US', 'de-DE', 'fr-FR', 'it-IT', 'pl-PL'])
        for (const currency of Intl.supportedValuesOf('currency')) formatMoney({ amountMinor: '1', currency }, locale);
      built.mockClear();
      expect(formatMoney(one, 'en-IE')).toBe('€1.50');
      expect(built).toHaveBeenCalledTimes(1);
    } finally {
      built.mockRestore();
    }
  });
});

describe('addMoney', () => {
  it('adds exactly, in one currency, in range', () => {
    const max = { amountMinor: '9223372036854775806', currency: 'EUR' };
    expect(addMoney(max, { amountMinor: '1', currency: 'EUR' })).toEqual({ amountMinor: '9223372036854775807', currency: 'EUR' });
    expect(() => addMoney(max, { amountMinor: '2', currency: 'EUR' })).toThrow(RangeError);
    expect(() => addMoney(max, { amountMinor: '1', currency: 'USD' })).toThrow(RangeError);
  });
});

describe('allocate', () => {
  it.each([
    [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    [-100n, [1n, 1n, 1n], [-34n, -33n, -33n]],
    [5n, [3n, 7n], [2n, 3n]],
    [10n, [0n, 1n], [0n, 10n]],
    [2n, [1n, 1n, 1n], [1n, 1n, 0n]],
  ])('splits %s by %s into %s', (total, weights, parts) => {
    expect(allocate(total, weights)).toEqual(parts);
  });

  it('sums to the total, and no part is a unit off its share', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(minor, weights, (total, shares) => {
        const sum = shares.reduce((a, b) => a + b, 0n);
        fc.pre(sum > 0n);
        const parts = allocate(total, shares);
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(total);
        parts.forEach((part, i) => {
          const error = part * sum - total * shares[i];
          expect(error < sum && error > -sum).toBe(true);
        });
      }),
    );
  });

  it('gives equal weights parts in falling order', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.integer({ min: 1, max: 40 }), (total, count) => {
        const parts = allocate(
          total,
          Array.from({ length: count }, () => 7n),
        );
        expect(parts).toEqual([...parts].sort((a, b) => (a > b ? -1 : a < b ? 1 : 0)));
      }),
    );
  });

  it.each([[[]], [[0n, 0n]], [[2n, -1n]]])('refuses weights %s', (weights) => {
    expect(() => allocate(10n, weights)).toThrow(RangeError);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimalMarkOf } from './decimal-mark.js';
import { currencyExponent } from './money.js';
import { amountAt, type MoneyHabits, readMoneyText } from './money-text.js';

const BRITISH: MoneyHabits = { baseCurrency: 'GBP', decimalMark: '.' };
const GERMAN: MoneyHabits = { baseCurrency: 'EUR', decimalMark: ',' };

function short(text: string, habits: MoneyHabits = BRITISH): string {
  const read = readMoneyText(text, habits);
  return 'fault' in read ? read.fault : `${read.money.amountMinor} ${read.money.currency}`;
}

describe('money as people write it', () => {
  it.each([
    ['500 euros', '50000 EUR'],
    ['$2500', '250000 USD'],
    ['1000 USD', '100000 USD'],
    ['EUR 1500', '150000 EUR'],
    ['£2000', '200000 GBP'],
    ['1,000.50', '100050 GBP'],
    ['1.000,50', '100050 GBP'],
    ['1500 GBP', '150000 GBP'],
    ['500 rubles', '50000 RUB'],
    ['2M', '200000000 GBP'],
    ['3 billion', '300000000000 GBP'],
    ['1.5k', '150000 GBP'],
    ['two thousand', '200000 GBP'],
    ['€2M', '200000000 EUR'],
    ['2.5 million dollars', '250000000 USD'],
    ['half a million', '50000000 GBP'],
    ['a million and a half', '150000000 GBP'],
    ['two and a half thousand', '250000 GBP'],
    ['a quarter of nothing', 'not-an-amount'],
    ['twenty-five hundred', '250000 GBP'],
    ['one hundred and fifty thousand', '15000000 GBP'],
    ['three dozen', '3600 GBP'],
    ['five hundred and six pounds', '50600 GBP'],
    ['1 000 000', '100000000 GBP'],
    ["1'000.50", '100050 GBP'],
    ['12,34,567', '123456700 GBP'],
    ['500,- €', '50000 EUR'],
    ['about 5k', '500000 GBP'],
    ['US$ 500', '50000 USD'],
    ['500 Canadian dollars', '50000 CAD'],
    ['$5 USD', '500 USD'],
    ['+5', '500 GBP'],
    ['JPY 1.000', '1000 JPY'],
    ['¥500', '500 JPY'],
    ['KWD 1.2345', 'too-many-decimals'],
    ['KWD 1.25', '1250 KWD'],
    ['5 grand', '500000 GBP'],
    ['3 lakh INR', '30000000 INR'],
    ['0', '0 GBP'],
    ['５００', '50000 GBP'],
  ])('reads %s', (text, wanted) => {
    expect(short(text)).toBe(wanted);
  });

  it.each([
    ['', 'empty'],
    ['abc', 'not-an-amount'],
    ['k', 'not-an-amount'],
    ['a', 'not-an-amount'],
    ['and five', 'not-an-amount'],
    ['EUR', 'not-an-amount'],
    ['10%', 'not-an-amount'],
    ['1e5', 'not-an-amount'],
    ['5 6', 'not-an-amount'],
    ['10.50.20', 'not-an-amount'],
    ['1,0,0', 'not-an-amount'],
    ['1.000,000.5', 'not-an-amount'],
    ['5 EUR 6', 'not-an-amount'],
    ['5-6', 'not-an-amount'],
    ['two five', 'not-an-amount'],
    ['thousand million', 'not-an-amount'],
    ['five and a', 'not-an-amount'],
    ['hundred hundred', 'not-an-amount'],
    ['100 try', 'not-an-amount'],
    ['1'.repeat(200), 'not-an-amount'],
    [`${'1'.repeat(31)}`, 'not-an-amount'],
    ['-5', 'negative'],
    ['$-5', 'negative'],
    ['minus five', 'negative'],
    ['(12.00)', 'negative'],
    ['0.001', 'too-many-decimals'],
    ['JPY 1.5', 'too-many-decimals'],
    ['1.2345', 'too-many-decimals'],
    ['99999999999999999999', 'out-of-range'],
    ['9 trillion trillion', 'not-an-amount'],
    ['£5 USD', 'two-currencies'],
    ['5 euros USD', 'two-currencies'],
    ['5 kr', 'ambiguous-currency'],
  ])('says what is wrong with "%s"', (text, wanted) => {
    expect(short(text)).toBe(wanted);
    const read = readMoneyText(text, BRITISH);
    expect('reason' in read && read.reason.length).toBeGreaterThan(5);
  });

  it('decides "1.000" and "1,000" by the country, and says so', () => {
    const one = (text: string, habits: MoneyHabits) => [short(text, habits), (readMoneyText(text, habits) as { reading: string }).reading];
    expect(one('1.000', BRITISH)).toEqual(['100 GBP', 'I read "1.000" as 1, because a dot marks decimals in your country.']);
    expect(one('1,000', BRITISH)).toEqual(['100000 GBP', 'I read "1,000" as 1000, because a comma separates thousands in your country.']);
    expect(one('1.000', GERMAN)).toEqual(['100000 EUR', 'I read "1.000" as 1000, because a dot separates thousands in your country.']);
    expect(one('1,500', GERMAN)).toEqual(['150 EUR', 'I read "1,500" as 1.5, because a comma marks decimals in your country.']);
    expect(one('1.500 million', BRITISH)[0]).toBe('150000000 GBP');
    expect(one('1,000.00', GERMAN)).toEqual(['100000 EUR', null]);
    expect(readMoneyText('1.234', BRITISH)).toMatchObject({
      fault: 'too-many-decimals',
      reason: expect.stringContaining('please write 1234'),
    });
  });

  it('takes a word that several currencies share for that of the organization', () => {
    expect(short('5 kr', { ...GERMAN, baseCurrency: 'SEK' })).toBe('500 SEK');
    expect(short('$5', { ...BRITISH, baseCurrency: 'AUD' })).toBe('500 AUD');
    expect(short('5 pesos', { ...BRITISH, baseCurrency: 'MXN' })).toBe('500 MXN');
    expect(short('5 dollars', GERMAN)).toBe('500 USD');
  });

  it('knows what separates decimals in a country', () => {
    expect(['GB', 'US', 'IN', 'CH', 'MX'].map(decimalMarkOf)).toEqual(['.', '.', '.', '.', '.']);
    expect(['DE', 'PT', 'BR', 'FR', 'RU'].map(decimalMarkOf)).toEqual([',', ',', ',', ',', ',']);
  });
});

describe('an amount at the start of a text', () => {
  it.each([
    ['5000 euros and email x', '5000 euros'],
    ['5k and move him', '5k'],
    ['10 and 20k', '10'],
    ['about $5 for now', 'about $5'],
    ['two thousand leads', 'two thousand'],
  ])('ends where something else begins: %s', (text, wanted) => {
    expect(text.slice(0, amountAt(text, BRITISH)?.end)).toBe(wanted);
  });

  it.each(['a lead', 'euros', '', 'John', 'and five'])('is none in "%s"', (text) => {
    expect(amountAt(text, BRITISH)).toBeUndefined();
  });
});

describe('what was written is what is read', () => {
  const amount = fc.record({
    minor: fc.bigInt({ min: 0n, max: 10n ** 17n }),
    currency: fc.constantFrom('EUR', 'USD', 'GBP', 'JPY', 'KWD', 'SEK'),
  });
  const style = fc.record({
    mark: fc.constantFrom('.', ','),
    isGrouped: fc.boolean(),
    place: fc.constantFrom('before', 'after', 'glued', 'lower'),
  });

  /** The amount in one of the usual styles: always with all decimals, so that nothing is ambiguous. */
  function written(
    { minor, currency }: { minor: bigint; currency: string },
    how: { mark: string; isGrouped: boolean; place: string },
  ): string {
    const exponent = currencyExponent(currency);
    const digits = minor.toString().padStart(exponent + 1, '0');
    const whole = exponent === 0 ? digits : digits.slice(0, -exponent);
    const group = how.mark === '.' ? ',' : '.';
    const grouped = how.isGrouped ? whole.replace(/\B(?=(?:\d{3})+$)/g, group) : whole;
    const number = exponent === 0 ? grouped : `${grouped}${how.mark}${digits.slice(-exponent)}`;
    if (how.place === 'before') return `${currency} ${number}`;
    if (how.place === 'lower') return `${number} ${currency.toLowerCase()}`;
    return how.place === 'glued' ? `${number}${currency}` : `${number} ${currency}`;
  }

  it('in every style', () => {
    fc.assert(
      fc.property(amount, style, (money, how) => {
        // Three decimals behind one to three digits read both ways: the mark of the country decides there.
        const habits: MoneyHabits = { baseCurrency: 'EUR', decimalMark: how.mark };
        expect(short(written(money, how), habits)).toBe(`${money.minor} ${money.currency}`);
      }),
      { numRuns: 500 },
    );
  });

  it('with thousands, millions and billions', () => {
    const scales = { k: 3, thousand: 3, m: 6, M: 6, million: 6, bn: 9, billion: 9 } as const;
    const scaled = fc.record({
      whole: fc.integer({ min: 0, max: 9_999 }),
      decimals: fc.integer({ min: 0, max: 99 }),
      scale: fc.constantFrom(...(Object.keys(scales) as (keyof typeof scales)[])),
      gap: fc.constantFrom('', ' '),
    });
    fc.assert(
      fc.property(scaled, ({ whole, decimals, scale, gap }) => {
        const digits = `${whole}.${String(decimals).padStart(2, '0')}`;
        const minor = (BigInt(whole) * 100n + BigInt(decimals)) * 10n ** BigInt(scales[scale]);
        expect(short(`${digits}${gap}${scale}`)).toBe(`${minor} GBP`);
      }),
    );
  });

  it('in words', () => {
    const ones =
      'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
        ' ',
      );
    const tens = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
    const below100 = (n: number): string => (n < 20 ? ones[n] : `${tens[Math.floor(n / 10)]}${n % 10 ? `-${ones[n % 10]}` : ''}`);
    const below1000 = (n: number): string =>
      n < 100 ? below100(n) : `${ones[Math.floor(n / 100)]} hundred${n % 100 ? ` and ${below100(n % 100)}` : ''}`;
    const inWords = (n: number): string => {
      const [millions, thousands, rest] = [Math.floor(n / 1e6), Math.floor(n / 1e3) % 1e3, n % 1e3];
      const parts = [
        millions ? `${below1000(millions)} million` : '',
        thousands ? `${below1000(thousands)} thousand` : '',
        rest ? below1000(rest) : '',
      ];
      return parts.filter((part) => part !== '').join(' ') || 'zero';
    };
    fc.assert(fc.property(fc.integer({ min: 0, max: 999_999_999 }), (n) => expect(short(inWords(n))).toBe(`${n * 100} GBP`)));
  });

  it('and no text whatever makes it fail', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\d.,' $€£kmb()a-e-]{0,40}$/)), (text) => {
        const read = readMoneyText(text, BRITISH);
        if ('money' in read) expect(BigInt(read.money.amountMinor)).toBeGreaterThanOrEqual(0n);
        const found = amountAt(text, GERMAN);
        if (found) expect(found.end).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

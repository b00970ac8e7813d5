import { describe, expect, it } from '@jest/globals';
import { placeFaults } from './place-and-currency.js';

const ALL = { allowedCountries: [], allowedCurrencies: [] };

describe('country and currency of an organization', () => {
  it('are the standard codes when the operator allows all', () => {
    expect(placeFaults({ country: 'PT', baseCurrency: 'JPY' }, ALL)).toEqual([]);
    expect(placeFaults({}, ALL)).toEqual([]);
    const [country, currency] = placeFaults({ country: 'UK', baseCurrency: 'EUX' }, ALL);
    expect(country).toMatchObject({ pointer: '/country', code: 'country' });
    expect(country?.validOptions).toHaveLength(249);
    expect(currency).toMatchObject({
      pointer: '/baseCurrency',
      code: 'currency',
      message: 'must be an ISO 4217 code of three letters, like EUR',
    });
  });

  it('name the upper case for the lower', () => {
    expect(placeFaults({ country: 'fr' }, ALL)[0]).toMatchObject({ didYouMean: 'FR' });
  });

  it('tell a code that is not allowed from one that does not exist', () => {
    const allowed = { allowedCountries: ['FR', 'DE'], allowedCurrencies: ['EUR'] };
    expect(placeFaults({ country: 'FR', baseCurrency: 'EUR' }, allowed)).toEqual([]);
    const faults = placeFaults({ country: 'US', baseCurrency: 'USD' }, allowed);
    expect(faults.map((fault) => [fault.code, fault.validOptions])).toEqual([
      ['country-not-allowed', ['FR', 'DE']],
      ['currency-not-allowed', ['EUR']],
    ]);
  });
});

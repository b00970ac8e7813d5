import { isCountry } from '../../../shared/countries.js';
import { didYouMean } from '../../../shared/did-you-mean.js';
import { isCurrency } from '../../../shared/money.js';
import type { FieldError } from '../../../platform/http/problems/core-problems.js';

/** What the operator allows; an empty list allows everything there is. */
export interface AllowedPlaces {
  readonly allowedCountries: readonly string[];
  readonly allowedCurrencies: readonly string[];
}

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const COUNTRIES = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter(isCountry);
const CURRENCIES = Intl.supportedValuesOf('currency').filter(isCurrency);

/** What is wrong with the country and the currency of an organization, with the codes that would be right. */
export function placeFaults(wanted: { country?: string; baseCurrency?: string }, allowed: AllowedPlaces): FieldError[] {
  const countries = allowed.allowedCountries.length > 0 ? allowed.allowedCountries : COUNTRIES;
  const currencies = allowed.allowedCurrencies.length > 0 ? allowed.allowedCurrencies : CURRENCIES;
  return [
    ...fault('/country', wanted.country, { codes: countries, known: isCountry, kind: 'country' }),
    ...fault('/baseCurrency', wanted.baseCurrency, { codes: currencies, known: isCurrency, kind: 'currency' }),
  ];
}

interface CodeList {
  readonly codes: readonly string[];
  readonly known: (code: string) => boolean;
  readonly kind: 'country' | 'currency';
}

function fault(pointer: string, code: string | undefined, { codes, known, kind }: CodeList): FieldError[] {
  if (code === undefined || codes.includes(code)) return [];
  const near = didYouMean(code, codes);
  const standard = kind === 'country' ? 'ISO 3166 code of two letters, like FR' : 'ISO 4217 code of three letters, like EUR';
  const message = known(code) ? `this ${kind} is not allowed here` : `must be an ${standard}`;
  return [
    { pointer, code: known(code) ? `${kind}-not-allowed` : kind, message, validOptions: codes, ...(near ? { didYouMean: near } : {}) },
  ];
}

import { isCurrency } from './money.js';

type Meaning = { readonly currency: string } | { readonly fault: 'unknown-currency' | 'ambiguous-currency' };

/** Currencies that share a word or a sign; without the base currency among them the first is meant, or none where there is no usual one. */
interface Family {
  readonly words: string;
  readonly currencies: string;
  readonly usual: string | null;
}

const FAMILIES: readonly Family[] = [
  { words: '€ euro euros eur', currencies: 'EUR', usual: 'EUR' },
  { words: '$ dollar dollars bucks buck', currencies: 'USD CAD AUD NZD SGD HKD TWD BBD BSD BZD FJD JMD LRD NAD TTD XCD', usual: 'USD' },
  { words: '£ pound pounds sterling quid', currencies: 'GBP EGP LBP SYP GIP FKP SHP', usual: 'GBP' },
  { words: '¥ ￥', currencies: 'JPY CNY', usual: 'JPY' },
  { words: 'yen', currencies: 'JPY', usual: 'JPY' },
  { words: 'yuan renminbi rmb 元', currencies: 'CNY', usual: 'CNY' },
  { words: '₽ ruble rubles rouble roubles', currencies: 'RUB BYN', usual: 'RUB' },
  { words: '₹ rupee rupees', currencies: 'INR PKR LKR NPR MUR SCR', usual: 'INR' },
  { words: 'zł zloty zlotys zloties złoty złotych', currencies: 'PLN', usual: 'PLN' },
  { words: '₺ lira liras', currencies: 'TRY', usual: 'TRY' },
  { words: '₪ shekel shekels', currencies: 'ILS', usual: 'ILS' },
  { words: '₴ hryvnia hryvnias', currencies: 'UAH', usual: 'UAH' },
  { words: '₩', currencies: 'KRW', usual: 'KRW' },
  { words: '฿ baht', currencies: 'THB', usual: 'THB' },
  { words: '₫ dong', currencies: 'VND', usual: 'VND' },
  { words: '₦ naira', currencies: 'NGN', usual: 'NGN' },
  { words: '₱', currencies: 'PHP', usual: 'PHP' },
  { words: '₸ tenge', currencies: 'KZT', usual: 'KZT' },
  { words: '₾ lari', currencies: 'GEL', usual: 'GEL' },
  { words: 'r$ reais', currencies: 'BRL', usual: 'BRL' },
  { words: 'rand rands', currencies: 'ZAR', usual: 'ZAR' },
  { words: 'franc francs sfr', currencies: 'CHF XOF XAF XPF RWF BIF DJF GNF KMF CDF', usual: 'CHF' },
  { words: 'kr krona kronor krone kroner', currencies: 'SEK NOK DKK ISK', usual: null },
  { words: 'koruna korun koruny kč', currencies: 'CZK', usual: 'CZK' },
  { words: 'forint forints', currencies: 'HUF', usual: 'HUF' },
  { words: 'leu lei', currencies: 'RON MDL', usual: 'RON' },
  { words: 'peso pesos', currencies: 'MXN ARS CLP COP PHP UYU DOP CUP', usual: null },
  { words: 'dinar dinars', currencies: 'KWD BHD JOD TND DZD IQD LYD RSD', usual: null },
  { words: 'dirham dirhams', currencies: 'AED MAD', usual: null },
  { words: 'riyal riyals', currencies: 'SAR QAR', usual: 'SAR' },
];

/** Adjectives that say which dollar, pound, franc, krona or peso. */
const PREFIXED: Readonly<Record<string, string>> = {
  'us dollar': 'USD',
  'american dollar': 'USD',
  us$: 'USD',
  'canadian dollar': 'CAD',
  ca$: 'CAD',
  c$: 'CAD',
  'australian dollar': 'AUD',
  a$: 'AUD',
  au$: 'AUD',
  'new zealand dollar': 'NZD',
  nz$: 'NZD',
  'singapore dollar': 'SGD',
  s$: 'SGD',
  'hong kong dollar': 'HKD',
  hk$: 'HKD',
  nt$: 'TWD',
  'british pound': 'GBP',
  'pound sterling': 'GBP',
  'pounds sterling': 'GBP',
  'egyptian pound': 'EGP',
  'swiss franc': 'CHF',
  'swedish krona': 'SEK',
  'norwegian krone': 'NOK',
  'danish krone': 'DKK',
  'mexican peso': 'MXN',
  mx$: 'MXN',
  'argentine peso': 'ARS',
  'indian rupee': 'INR',
  'russian ruble': 'RUB',
  'polish zloty': 'PLN',
  'turkish lira': 'TRY',
  'japanese yen': 'JPY',
  'chinese yuan': 'CNY',
  'south african rand': 'ZAR',
  'uae dirham': 'AED',
};

const BY_WORD = new Map(FAMILIES.flatMap((family) => family.words.split(' ').map((word) => [word, family] as const)));
const escaped = (text: string): string => text.replace(/[$]/g, '\\$');
// Sorted by length, because of two words that begin alike the longer one is meant.
const MARKS = [...Object.keys(PREFIXED).flatMap((key) => (/[a-z]$/.test(key) ? [`${key}s`, key] : [key])), ...BY_WORD.keys()].sort(
  (a, b) => b.length - a.length,
);

/** Source of a regular expression for currencies as people write them, codes apart: for the flags `iu`. */
export const CURRENCY_MARK = MARKS.map((mark) => {
  const source = escaped(mark).replaceAll(' ', '\\s+');
  return `${/^\p{L}/u.test(mark) ? '(?<!\\p{L})' : ''}${source}${/\p{L}$/u.test(mark) ? '(?!\\p{L})' : ''}`;
}).join('|');

/** The currency a code, sign or word means in an organization with a base currency: "$" is the Canadian one where that is the base. */
export function currencyMeant(mark: string, baseCurrency: string): Meaning {
  const upper = mark.toUpperCase();
  if (isCurrency(upper) && /^[A-Z]{3}$/.test(upper)) return { currency: upper };
  const word = mark.toLowerCase().replace(/\s+/g, ' ');
  const exact = PREFIXED[word] ?? PREFIXED[word.replace(/s$/, '')];
  if (exact !== undefined) return { currency: exact };
  const family = BY_WORD.get(word);
  if (family === undefined) return { fault: 'unknown-currency' };
  if (family.currencies.split(' ').includes(baseCurrency)) return { currency: baseCurrency };
  return family.usual === null ? { fault: 'ambiguous-currency' } : { currency: family.usual };
}

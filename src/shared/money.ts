/** An exact amount: whole minor units (cents) as a decimal string, because JSON numbers are floats, and its currency. */
export interface Money {
  amountMinor: string;
  currency: string;
}

/** Why a text is not an amount of the wanted currency. */
export type AmountFault = 'empty' | 'not-an-amount' | 'other-currency' | 'too-many-decimals' | 'out-of-range';

/** `ambiguous` marks an amount whose only separator could as well be the other kind; the import shows it to a person. */
export type ParsedAmount = { amountMinor: bigint; ambiguous: boolean } | { fault: AmountFault };

type DecimalMark = 'auto' | 'dot' | 'comma';

const MAX_MINOR = 2n ** 63n - 1n;
const MIN_MINOR = -(2n ** 63n);
const MAX_TEXT = 64;
const MAX_FORMATS = 500;
const CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

// ISO 4217, not Intl: CLDR says 0 digits for HUF, IDR and others and changes its mind with releases, so the meaning of stored
// amounts would depend on the version of Node.
const WITHOUT_DECIMALS: ReadonlySet<string> = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '));
const WITH_THREE_DECIMALS: ReadonlySet<string> = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));

const formats = new Map<string, Intl.NumberFormat>();
const marks = new Map<string, readonly string[]>();

/** True for an ISO 4217 code in upper case. */
export function isCurrency(code: string): boolean {
  return CODES.has(code);
}

/** Decimal digits of a currency's minor unit by ISO 4217: 0 (JPY), 2 (EUR) or 3 (KWD). */
export function currencyExponent(code: string): number {
  if (!isCurrency(code)) throw new RangeError(`Not a currency: ${code}`);
  if (WITHOUT_DECIMALS.has(code)) return 0;
  return WITH_THREE_DECIMALS.has(code) ? 3 : 2;
}

/** True for minor units that fit Postgres' bigint. */
export function isAmountInRange(amountMinor: bigint): boolean {
  return amountMinor >= MIN_MINOR && amountMinor <= MAX_MINOR;
}

/**
 * Reads an amount as people and exports write it: "1.000,50", "1,000.50", "$2500", "2 500,00 €", "(12.00)", "12-". Exact, no
 * floats; zeros past the currency's decimals are accepted because nothing is lost, any other digit there is a fault.
 *
 * With `decimal: 'auto'` of two kinds of separators the last is the decimal mark, and a repeated one groups. A single one
 * followed by exactly three digits ("1.000") is a thousands group, unless the currency has three decimals or the part before
 * it cannot be a group ("0.500", "1000.500"): then it is the decimal mark. Where both readings were possible the answer says
 * `ambiguous`.
 */
export function parseMoneyAmount(text: string, currency: string, options: { decimal?: DecimalMark } = {}): ParsedAmount {
  const exponent = currencyExponent(currency);
  // NFKC turns full-width digits, no-break and thin spaces into the plain ones.
  const plain = text.normalize('NFKC').trim().replaceAll('\u2212', '-');
  if (plain === '') return { fault: 'empty' };
  if (plain.length > MAX_TEXT) return { fault: 'not-an-amount' };
  const bare = withoutCurrency(plain, currency);
  if (bare === undefined) return { fault: 'other-currency' };
  const signed = splitSign(bare);
  if (signed === undefined) return { fault: 'not-an-amount' };
  const number = splitDecimals(signed.digits, options.decimal ?? 'auto', exponent);
  if (number === undefined) return { fault: 'not-an-amount' };
  const decimals = number.decimals.slice(0, exponent).padEnd(exponent, '0');
  if (/[1-9]/.test(number.decimals.slice(exponent))) return { fault: 'too-many-decimals' };
  const size = BigInt(number.whole + decimals);
  const amountMinor = signed.isNegative ? -size : size;
  return isAmountInRange(amountMinor) ? { amountMinor, ambiguous: number.ambiguous } : { fault: 'out-of-range' };
}

/** Money for people, in their locale, with the ISO number of decimals and without passing through a float. */
export function formatMoney(money: Money, locale: string): string {
  const exponent = currencyExponent(money.currency);
  const key = `${locale} ${money.currency}`;
  let format = formats.get(key);
  if (format === undefined) {
    if (formats.size >= MAX_FORMATS) formats.clear();
    const digits = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
    format = new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency, ...digits });
    formats.set(key, format);
  }
  return format.format(`${BigInt(money.amountMinor)}E-${exponent}` as `${number}`);
}

/** The sum of two amounts of one currency; throws for two currencies and past the range of the database. */
export function addMoney(left: Money, right: Money): Money {
  if (left.currency !== right.currency) throw new RangeError(`Cannot add ${right.currency} to ${left.currency}`);
  const sum = BigInt(left.amountMinor) + BigInt(right.amountMinor);
  if (!isAmountInRange(sum)) throw new RangeError('The sum is out of range');
  return { amountMinor: sum.toString(), currency: left.currency };
}

/** Splits a total in proportion to the weights by largest remainder: the parts sum to it exactly, and ties go to the earlier part. */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n);
  if (sum <= 0n || weights.some((weight) => weight < 0n)) throw new RangeError('Weights must not be negative and not all be zero');
  const size = total < 0n ? -total : total;
  const parts = weights.map((weight) => (size * weight) / sum);
  const missing = Number(size - parts.reduce((a, b) => a + b, 0n));
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (size * weight) % sum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder.slice(0, missing)) parts[index] += 1n;
  return total < 0n ? parts.map((part) => -part) : parts;
}

/** Takes this currency's code or sign off either end; undefined when letters or another sign remain. */
function withoutCurrency(text: string, currency: string): string | undefined {
  const upper = text.toUpperCase();
  const mark = marksOf(currency).find((candidate) => upper.includes(candidate));
  const at = mark === undefined ? -1 : upper.indexOf(mark);
  // Upper case may be longer than the text ("ß"); such a text is no amount and the check below refuses it either way.
  const bare = mark === undefined ? text : `${text.slice(0, at)} ${text.slice(at + mark.length)}`.trim();
  return /[\p{L}\p{Sc}]/u.test(bare) ? undefined : bare;
}

/** Ways to write a currency, longest first, in upper case: "CA$", "$CA", "CAD", "$". */
function marksOf(currency: string): readonly string[] {
  const known = marks.get(currency);
  if (known !== undefined) return known;
  const found = (['code', 'symbol', 'narrowSymbol'] as const).flatMap((currencyDisplay) => {
    const parts = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay }).formatToParts(0);
    return parts.filter((part) => part.type === 'currency').map((part) => part.value.normalize('NFKC').toUpperCase());
  });
  const [narrow] = found.slice(-1);
  const region = currency.slice(0, 2);
  const sorted = [...new Set([...found, region + narrow, narrow + region])].sort((a, b) => b.length - a.length);
  marks.set(currency, sorted);
  return sorted;
}

function splitSign(text: string): { digits: string; isNegative: boolean } | undefined {
  const match = /^(?:\(\s*(?<bracketed>[^()+-]+?)\s*\)|(?<sign>[+-]?)\s*(?<plain>[^()+-]+?)\s*(?<trailing>-?))$/.exec(text);
  if (!match?.groups) return undefined;
  const { bracketed, sign, plain, trailing } = match.groups;
  if (bracketed !== undefined) return { digits: bracketed, isNegative: true };
  if (sign !== '' && trailing !== '') return undefined;
  return { digits: plain, isNegative: sign === '-' || trailing === '-' };
}

function splitDecimals(
  text: string,
  decimal: DecimalMark,
  exponent: number,
): { whole: string; decimals: string; ambiguous: boolean } | undefined {
  const chosen = decimal === 'auto' ? guessMark(text, exponent) : { mark: decimal === 'dot' ? '.' : ',', ambiguous: false };
  const at = chosen.mark === '' ? -1 : text.indexOf(chosen.mark);
  const decimals = at < 0 ? '' : text.slice(at + 1);
  const whole = ungrouped(at < 0 ? text : text.slice(0, at), chosen.mark);
  if (whole === undefined || !/^\d*$/.test(decimals) || whole + decimals === '') return undefined;
  return { whole, decimals, ambiguous: chosen.ambiguous };
}

function guessMark(text: string, exponent: number): { mark: string; ambiguous: boolean } {
  const mark = /[.,](?=[^.,]*$)/.exec(text)?.[0] ?? '';
  const isOnlyOne = mark !== '' && text.indexOf(mark) === text.lastIndexOf(mark);
  if (!isOnlyOne) return { mark: '', ambiguous: false };
  // 1-3 digits without a leading zero, the separator, three digits: the one shape that reads both ways.
  if (!/^[1-9]\d{0,2}[.,]\d{3}$/.test(text)) return { mark, ambiguous: false };
  return { mark: exponent === 3 ? mark : '', ambiguous: exponent > 0 };
}

/** The digits of a whole part, grouped by thousands or the Indian way with one kind of separator; undefined for anything else. */
function ungrouped(whole: string, mark: string): string | undefined {
  if (/^\d*$/.test(whole)) return whole;
  const western = /^\d{1,3}([., '’])\d{3}(?:\1\d{3})*$/.exec(whole);
  const separator = western?.[1] ?? (/^\d{1,2}(?:,\d{2})+,\d{3}$/.test(whole) ? ',' : undefined);
  if (separator === undefined || separator === mark) return undefined;
  return whole.replaceAll(separator, '');
}

import { CURRENCY_MARK, currencyMeant } from './currency-words.js';
import { currencyExponent, isAmountInRange, type Money } from './money.js';
import { type NumberPart, NUMBER_WORD, numberOf, SCALE_WORD } from './number-words.js';
import { type DigitsRead, readDigits } from './written-digits.js';

export type MoneyTextFault =
  | 'empty'
  | 'not-an-amount'
  | 'negative'
  | 'too-many-decimals'
  | 'out-of-range'
  | 'unknown-currency'
  | 'ambiguous-currency'
  | 'two-currencies';

/** `reading` is a sentence on how an amount was read that could as well mean another; null for a clear one. */
export type MoneyText =
  { readonly money: Money; readonly reading: string | null } | { readonly fault: MoneyTextFault; readonly reason: string };

/** What decides where a text is not clear by itself; see `decimalMarkOf`. */
export interface MoneyHabits {
  readonly baseCurrency: string;
  readonly decimalMark: '.' | ',';
}

type Token =
  | { readonly kind: 'number' | 'word' | 'scale' | 'mark' | 'code'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'sign'; readonly text: '-' | '+' | '('; readonly start: number; readonly end: number };

const LONGEST = 160;
const MOST_TOKENS = 40;
/** Codes that are also English words or first names count in capital letters only. */
const WORDLIKE_CODES: ReadonlySet<string> = new Set(
  'all ang ars bam bob cop cup gel isk lak mad mop mur nad pen ron sar sos std the top try won xxx'.split(' '),
);
const TOKEN = new RegExp(
  [
    String.raw`(?<gap>[\s\u00a0\u202f]+|(?<=\p{L})-(?=\p{L}))`,
    String.raw`(?<number>\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?![\d.,]*\d)|\d(?:[\d.,'’]*\d)?)`,
    String.raw`(?<dashes>(?:,|\/|\.)[-–—](?!\d))`,
    `(?<mark>${CURRENCY_MARK})`,
    String.raw`(?<scale>(?:${SCALE_WORD})(?!\p{L}))`,
    String.raw`(?<![\p{L}])(?<word>(?:${NUMBER_WORD}|and|an?)(?!\p{L}))`,
    String.raw`(?<sign>[-−–+(]|(?:minus|negative)(?!\p{L}))`,
    String.raw`(?<close>\))`,
    String.raw`(?<code>\p{L}{3}(?!\p{L}))`,
  ].join('|'),
  'iuy',
);
const HEDGE = /^(?:about|around|approx(?:\.|imately)?|roughly|exactly|circa|ca\.|~|≈)\s*/i;

/**
 * Reads an amount as people write it: "500 euros", "$2500", "EUR 1500", "1.000,50", "2M", "3 billion", "1.5k", "two thousand". Exact, no
 * floats. Without a currency it is the base currency. A single separator before exactly three digits reads both ways, and the
 * habits decide.
 */
export function readMoneyText(text: string, habits: MoneyHabits): MoneyText {
  const plain = text.normalize('NFKC').trim().replace(HEDGE, '');
  if (plain === '') return fault('empty', 'There is no amount.');
  const tokens = plain.length > LONGEST ? undefined : tokensOf(plain);
  if (tokens?.end !== plain.length) return notAnAmount(text);
  return amountOf(tokens.tokens, plain, habits);
}

/** The longest amount a text begins with, and where it ends; undefined when it begins with none. The text is looked at in its NFC form. */
export function amountAt(text: string, habits: MoneyHabits): { readonly end: number; readonly read: MoneyText } | undefined {
  const hedge = HEDGE.exec(text)?.[0].length ?? 0;
  const found = tokensOf(text.slice(hedge, hedge + LONGEST)).tokens;
  for (let count = found.length; count > 0; count--) {
    const taken = found.slice(0, count);
    const last = taken[count - 1];
    if (last.kind === 'word' && /^(?:and|an?)$/i.test(last.text)) continue;
    if (!taken.some(({ kind }) => kind === 'number' || kind === 'word' || kind === 'scale')) return undefined;
    const read = amountOf(taken, text.slice(hedge, hedge + last.end), habits);
    if (!('fault' in read && read.fault === 'not-an-amount')) return { end: hedge + last.end, read };
  }
  return undefined;
}

/** Reads tokens from the start until something else comes; `end` is where. */
function tokensOf(text: string): { tokens: Token[]; end: number } {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  let end = 0;
  for (let match = TOKEN.exec(text); match?.groups && tokens.length < MOST_TOKENS; match = TOKEN.exec(text)) {
    const { gap, dashes, close, code, sign, number, scale, word } = match.groups;
    const before = tokens.at(-1);
    if (code !== undefined && !isCode(code)) break;
    const [start, stop] = [match.index, TOKEN.lastIndex];
    // A letter alone is a scale only right behind a number, and "a" or "and" is none of an amount's words at a distance.
    if (scale !== undefined && scale.length <= 3 && before?.kind !== 'number') break;
    end = stop;
    if (gap !== undefined || dashes !== undefined || close !== undefined) continue;
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign === '+' || sign === '(' ? sign : '-', start, end: stop });
    else
      tokens.push({ kind: number ? 'number' : scale ? 'scale' : word ? 'word' : code ? 'code' : 'mark', text: match[0], start, end: stop });
  }
  return { tokens, end };
}

function isCode(text: string): boolean {
  const upper = text.toUpperCase();
  const isPlain = text === upper || (text === text.toLowerCase() && !WORDLIKE_CODES.has(text));
  return isPlain && 'currency' in currencyMeant(upper, '');
}

function amountOf(all: readonly Token[], text: string, habits: MoneyHabits): MoneyText {
  const signs = all.filter(({ kind }) => kind === 'sign');
  const tokens = all.filter(({ kind }) => kind !== 'sign');
  // A sign stands before everything, or right behind a currency in front.
  const isSigned =
    signs.length <= 1 && signs.every((sign) => all.indexOf(sign) <= 1 && (all.indexOf(sign) === 0 || all[0].kind === 'mark'));
  if (tokens.length === 0 || !isSigned) return notAnAmount(text);
  const currency = currencyOf(tokens, habits.baseCurrency);
  if (typeof currency !== 'string') return currency;
  const numbers = tokens.filter(({ kind }) => kind !== 'mark' && kind !== 'code');
  const isTorn = tokens.slice(1, -1).some(({ kind }) => kind === 'mark' || kind === 'code');
  if (numbers.length === 0 || isTorn) return notAnAmount(text);
  if (signs.some((sign) => sign.text !== '+')) return fault('negative', `"${text}" is negative; the value of a lead cannot be.`);
  return exactAmount(numbers, { text, currency, habits });
}

interface Frame {
  readonly text: string;
  readonly currency: string;
  readonly habits: MoneyHabits;
}

function exactAmount(numbers: readonly Token[], { text, currency, habits }: Frame): MoneyText {
  const exponent = currencyExponent(currency);
  const isScaled = numbers.some(({ kind }) => kind === 'scale');
  const rules = { mark: habits.decimalMark, canHaveDecimals: exponent > 0 || isScaled };
  const digits: DigitsRead[] = [];
  const parts: NumberPart[] = [];
  for (const token of numbers) {
    const read = token.kind === 'number' ? readDigits(token.text, rules) : undefined;
    if (token.kind === 'number' && read === undefined) return notAnAmount(text);
    if (read) digits.push(read);
    parts.push(read?.units ?? token.text.toLowerCase());
  }
  const number = numberOf(parts);
  if (number === undefined) return notAnAmount(text);
  const minor = (number * 10n ** BigInt(exponent)) / 10n ** 12n;
  if (minor * 10n ** 12n !== number * 10n ** BigInt(exponent)) return tooManyDecimals(digits, { text, currency, habits });
  if (!isAmountInRange(minor) || minor.toString().length > 18) return fault('out-of-range', `"${text}" is more than a value can be.`);
  const doubtful = digits.find(({ readAs }) => readAs !== null);
  return {
    money: { amountMinor: minor.toString(), currency },
    reading: doubtful ? `I read "${doubtful.text}" as ${plainNumber(doubtful.units)}${why(doubtful, habits)}.` : null,
  };
}

function why({ text, readAs }: DigitsRead, { decimalMark }: MoneyHabits): string {
  const sign = text.includes('.') ? 'dot' : 'comma';
  const mark = decimalMark === '.' ? 'dot' : 'comma';
  return readAs === 'decimal'
    ? `, because a ${mark} marks decimals in your country`
    : `, because a ${sign} separates thousands in your country`;
}

/** Ungrouped, so that the answer is not itself to be read both ways. */
function plainNumber(units: bigint): string {
  const text = units.toString().padStart(13, '0');
  const decimals = text.slice(-12).replace(/0+$/, '');
  return decimals === '' ? text.slice(0, -12) : `${text.slice(0, -12)}.${decimals}`;
}

function currencyOf(tokens: readonly Token[], baseCurrency: string): string | Exclude<MoneyText, { money: Money }> {
  const meant = tokens
    .filter(({ kind }) => kind === 'mark' || kind === 'code')
    .map(({ text }) => ({ text, ...currencyMeant(text, baseCurrency) }));
  for (const one of meant) if ('fault' in one) return currencyFault(one.fault, one.text);
  // "US$" next to "USD" says it twice; "$5 USD" says it twice too, as the code is the clearer of both.
  const codes = new Set(tokens.filter(({ kind }) => kind === 'code').map(({ text }) => text.toUpperCase()));
  const all = new Set(meant.flatMap((one) => ('currency' in one ? [one.currency] : [])));
  const [first] = codes.size === 1 ? codes : all;
  const isTwice = codes.size > 1 || (codes.size === 0 && all.size > 1) || (codes.size === 1 && !agree(meant, first));
  if (isTwice) return fault('two-currencies', 'Two currencies are named for one amount.');
  return first ?? baseCurrency;
}

function agree(marks: readonly { readonly text: string }[], code: string): boolean {
  return marks.every(({ text }) => {
    const meaning = currencyMeant(text, code);
    return 'currency' in meaning && meaning.currency === code;
  });
}

function currencyFault(kind: 'unknown-currency' | 'ambiguous-currency', text: string): Exclude<MoneyText, { money: Money }> {
  if (kind === 'unknown-currency') return fault(kind, `I do not know the currency "${text}".`);
  return fault(kind, `Several currencies are called "${text}"; please give the code, for example SEK.`);
}

function tooManyDecimals(digits: readonly DigitsRead[], { text, currency }: Frame): MoneyText {
  const exponent = currencyExponent(currency);
  const allowed = exponent === 0 ? 'no decimals' : `${exponent} decimals`;
  const doubtful = digits.find(({ readAs }) => readAs === 'decimal');
  const hint = doubtful ? ` If thousands are meant, please write ${doubtful.text.replace(/[.,]/, '')}.` : '';
  return fault('too-many-decimals', `"${text}" has more decimals than ${currency} has: ${allowed}.${hint}`);
}

function notAnAmount(text: string): Exclude<MoneyText, { money: Money }> {
  const shown = text.length > 40 ? `${text.slice(0, 39)}…` : text;
  return fault('not-an-amount', `"${shown.trim()}" is not an amount of money.`);
}

function fault(kind: MoneyTextFault, reason: string): Exclude<MoneyText, { money: Money }> {
  return { fault: kind, reason };
}

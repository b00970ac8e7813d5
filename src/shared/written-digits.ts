import { UNIT } from './number-words.js';

/** A number written in digits; `readAs` says which way was taken where both were possible. */
export interface DigitsRead {
  readonly text: string;
  /** In units of 10⁻¹². */
  readonly units: bigint;
  readonly readAs: 'decimal' | 'thousands' | null;
}

interface Rules {
  readonly mark: '.' | ',';
  readonly canHaveDecimals: boolean;
}

const MOST_DIGITS = 30;

/** Digits with separators for thousands and decimals; undefined when they are set as in no number. */
export function readDigits(text: string, { mark, canHaveDecimals }: Rules): DigitsRead | undefined {
  if (text.length > MOST_DIGITS) return undefined;
  const kinds = ['.', ','].filter((sign) => text.includes(sign));
  const last = kinds.length === 2 ? text[Math.max(text.lastIndexOf('.'), text.lastIndexOf(','))] : kinds[0];
  if (last === undefined) return made(text, null);
  const times = text.split(last).length - 1;
  if (kinds.length === 2) return times === 1 ? made(text, last) : undefined;
  if (times > 1) return made(text, null);
  // One to three digits without a leading zero, a separator, three digits: the one shape that reads both ways.
  if (!/^[1-9]\d{0,2}[.,]\d{3}$/.test(text)) return made(text, last);
  if (!canHaveDecimals) return made(text, null);
  return last === mark ? made(text, last, 'decimal') : made(text, null, 'thousands');
}

function made(text: string, decimalMark: string | null, readAs: DigitsRead['readAs'] = null): DigitsRead | undefined {
  const [whole, decimals = ''] = decimalMark === null ? [text] : text.split(decimalMark);
  const digits = ungrouped(whole);
  if (digits === undefined || decimals.length > 12) return undefined;
  return { text, units: BigInt(digits) * UNIT + BigInt(decimals.padEnd(12, '0')), readAs };
}

/** Thousands in one kind of separator, or the Indian way; undefined for anything else. */
function ungrouped(whole: string): string | undefined {
  if (/^\d+$/.test(whole)) return whole;
  const western = /^\d{1,3}(?<sign>[.,'’ \u00a0\u202f])\d{3}(?:\k<sign>\d{3})*$/.test(whole);
  const indian = /^\d{1,2}(?:,\d{2})+,\d{3}$/.test(whole);
  return western || indian ? whole.replace(/\D/g, '') : undefined;
}

import { emailMatchKey, phoneMatchKey } from '../../../shared/text.js';
import { foldWords } from './text-distance.js';

/** What the duplicate search sees of a lead. */
export type MatchRecord = {
  id: string;
  name: string;
  company?: string;
  email?: string;
  phone?: string;
  attributes: Readonly<Record<string, string>>;
};

/** What a value looks like; told from the value itself, never from the name of its column. */
export type ValueKind = 'person' | 'company' | 'email' | 'phone' | 'date' | 'identifier' | 'short-code' | 'text' | 'tag';

export type FieldValue = { kind: ValueKind; folded: string; shown: string };

/** A record folded once, so that comparing it many times is cheap. */
export type PreparedRecord = { id: string; nameParts: readonly string[]; name: string; fields: ReadonlyMap<string, FieldValue> };

const LEGAL_FORMS = new Set(
  'gmbh mbh ag kg ug ohg ltd limited llc llp inc incorporated corp corporation co company plc pty bv nv sa sas sarl srl spa oy ab as aps kft'.split(
    ' ',
  ),
);
/** Longer values are compared by their beginning: a comparison is quadratic in the length. */
const LONGEST_COMPARED = 120;
/** An identifier needs enough digits to tell thousands of records apart; below it is a postcode or a house number. */
const IDENTIFIER_DIGITS = 6;

function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year < 1850 || year > 2150 || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** `YYYYMMDD` when the text can be read as a day (ISO, compact, or with the year last), else undefined. */
export function readDay(text: string): string | undefined {
  const trimmed = text.trim();
  const found = /^(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:[T ].*)?$/.exec(trimmed);
  if (found) return isCalendarDay(Number(found[1]), Number(found[3]), Number(found[4])) ? `${found[1]}${found[3]}${found[4]}` : undefined;
  const reversed = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/.exec(trimmed);
  if (!reversed) return undefined;
  const [first, second, year] = [Number(reversed[1]), Number(reversed[3]), Number(reversed[4])];
  const dayFirst = isCalendarDay(year, second, first);
  if (!dayFirst && !isCalendarDay(year, first, second)) return undefined;
  const [day, month] = dayFirst ? [first, second] : [second, first];
  return `${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`;
}

function attributeValue(raw: string): FieldValue | undefined {
  const shown = raw.trim();
  const day = readDay(shown);
  if (day !== undefined) return { kind: 'date', folded: day, shown };
  const words = foldWords(shown).slice(0, LONGEST_COMPARED).trim();
  const dense = words.replaceAll(' ', '');
  if (dense === '') return undefined;
  const digits = dense.replace(/\D/g, '').length;
  if (digits * 2 > dense.length) return { kind: digits >= IDENTIFIER_DIGITS ? 'identifier' : 'short-code', folded: dense, shown };
  return { kind: dense.length <= 3 ? 'tag' : 'text', folded: words, shown };
}

function companyValue(raw: string): FieldValue | undefined {
  const words = foldWords(raw).slice(0, LONGEST_COMPARED).split(' ');
  const kept = words.filter((word) => !LEGAL_FORMS.has(word));
  const folded = (kept.length > 0 ? kept : words).join(' ');
  return folded === '' ? undefined : { kind: 'company', folded, shown: raw.trim() };
}

function phoneValue(raw: string): FieldValue | undefined {
  const folded = phoneMatchKey(raw);
  return folded === undefined ? undefined : { kind: 'phone', folded, shown: raw.trim() };
}

function emailValue(raw: string): FieldValue | undefined {
  const folded = emailMatchKey(raw);
  return /^[^@\s]+@[^@\s]+$/.test(folded) ? { kind: 'email', folded, shown: raw.trim() } : undefined;
}

/** Folds a record for comparing; blank and unreadable values are left out, so they count neither for nor against. */
export function prepareRecord(record: MatchRecord): PreparedRecord {
  const name = foldWords(record.name).slice(0, LONGEST_COMPARED).trim();
  const nameParts = name === '' ? [] : name.split(' ');
  const fields = new Map<string, FieldValue>();
  const add = (field: string, value: FieldValue | undefined) => value && fields.set(field, value);
  add('company', companyValue(record.company ?? ''));
  add('email', emailValue(record.email ?? ''));
  add('phone', phoneValue(record.phone ?? ''));
  for (const [key, raw] of Object.entries(record.attributes)) {
    const value = attributeValue(raw);
    // A custom field that repeats a part of the name is not a second piece of evidence.
    if (value && !value.folded.split(' ').every((word) => nameParts.includes(word))) add(`attributes.${key}`, value);
  }
  return { id: record.id, nameParts, name: record.name.trim(), fields };
}

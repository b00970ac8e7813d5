import { didYouMean } from '../../../shared/did-you-mean.js';
import type { AmountFault, Money } from '../../../shared/money.js';
import { isCurrency, parseMoneyAmount } from '../../../shared/money.js';
import { foldText, normalizeEmail, phoneMatchKey } from '../../../shared/text.js';
import { isPhone } from '../leads/phone.js';
import type { ColumnFormat, LEAD_FIELDS, LeadField, LeadMapping, LeadTarget } from './mapping.js';
import { headerKey } from './mapping.js';

export type Stage = { key: string; name: string };
export type Owner = { id: string; email: string; name?: string };
/** What a row is read against: the pipeline of the import and the members who may own a lead. */
export type RowContext = { headers: readonly string[]; stages: readonly Stage[]; baseCurrency: string; owners?: readonly Owner[] };

/** A lead as a row gives it; what the file does not say is null, or absent from `attributes`. */
export type ImportedLead = {
  name: string;
  company: string | null;
  email: string | null;
  phone: string | null;
  value: Money | null;
  notes: string | null;
  status: string | null;
  source: string | null;
  tags: string[];
  ownerId: string | null;
  attributes: Record<string, string>;
};

export type RowErrorCode =
  | 'required'
  | 'too-long'
  | 'email-invalid'
  | 'phone-invalid'
  | 'amount-invalid'
  | 'currency-unknown'
  | 'status-unknown'
  | 'owner-unknown'
  | 'too-many-tags';
export type RowError = { column: string; code: RowErrorCode; message: string; value: string; didYouMean?: string };
/** `isNamed` is false when something else stands in for the name: good for a new lead, no reason to rename a known one. */
export type RowResult = { ok: true; lead: ImportedLead; isNamed: boolean } | { ok: false; errors: RowError[] };

/** What a lead may hold, as its own routes have it. */
const LONGEST: Readonly<Record<LeadField, number>> = {
  name: 200,
  company: 200,
  email: 254,
  phone: 60,
  value: 64,
  currency: 64,
  notes: 10_000,
  status: 255,
  source: 100,
  tags: 4_000,
  owner: 254,
};
const LONGEST_ATTRIBUTE = 1_000;
const LONGEST_TAG = 60;
const MOST_TAGS = 50;
const LONGEST_SHOWN = 200;
const EMAIL = /^[^\s@,;<>"()[\]\\]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}][\p{L}\p{N}-]*[\p{L}\p{N}]$/u;
const AMOUNT_WORDS: Readonly<Record<AmountFault, string>> = {
  empty: 'is empty',
  'not-an-amount': 'is not an amount',
  'other-currency': 'names another currency than the row',
  'too-many-decimals': 'has more decimals than the currency knows',
  'out-of-range': 'is too large',
};

/** Exports put an apostrophe before what a spreadsheet would run as a formula; it is not part of the value. */
const GUARDED = /^'(?='*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/;
const cellText = (cell: string): string => cell.trim().replace(GUARDED, '').trim();

type Field = { text: string; column: string; format: ColumnFormat };

/** Collects what is wrong with a row, so that a person sees all of it at once. */
class RowReading {
  readonly errors: RowError[] = [];
  private readonly fields = new Map<LeadTarget, Field>();

  constructor(cells: readonly string[], mapping: LeadMapping, headers: readonly string[]) {
    const places = new Map(headers.map((header, at) => [headerKey(header), at]));
    for (const { from, to, separator, format } of mapping.columns) {
      const parts = from.map((header) => cellText(cells[places.get(headerKey(header)) ?? -1] ?? '')).filter((part) => part !== '');
      this.add(to, { text: parts.join(separator ?? ' '), column: from.join(' + '), format: format ?? {} });
    }
    for (const [to, text] of Object.entries(mapping.defaults ?? {}) as [LeadTarget, string][]) {
      if (this.text(to) === '') this.add(to, { text: text.trim(), column: this.fields.get(to)?.column ?? to, format: {} });
    }
  }

  private add(to: LeadTarget, field: Field): void {
    const longest = to.startsWith('attributes.') ? LONGEST_ATTRIBUTE : LONGEST[to as LeadField];
    // Postgres cannot hold a zero character in a text.
    const text = field.text.replaceAll('\0', '').normalize('NFC');
    this.fields.set(to, { ...field, text });
    if (text.length > longest) this.fail(to, 'too-long', `is longer than ${longest} characters`);
  }

  text(to: LeadTarget): string {
    return this.fields.get(to)?.text ?? '';
  }

  format(to: LeadTarget): ColumnFormat {
    return this.fields.get(to)?.format ?? {};
  }

  fail(to: LeadTarget, code: RowErrorCode, words: string, meant?: string): void {
    const column = this.fields.get(to)?.column ?? to;
    const value = this.text(to).slice(0, LONGEST_SHOWN);
    const message = value === '' ? `The ${to} ${words}.` : `"${value.slice(0, 60)}" ${words}.`;
    this.errors.push({ column, code, message, value, ...(meant !== undefined && { didYouMean: meant }) });
  }

  attributes(): Record<string, string> {
    const found = [...this.fields].filter(([to, { text }]) => to.startsWith('attributes.') && text !== '');
    return Object.fromEntries(found.map(([to, { text }]) => [to.slice('attributes.'.length), text]));
  }
}

function readEmail(row: RowReading): string | null {
  const text = row.text('email').replace(/^mailto:/i, '');
  if (text === '') return null;
  if (!EMAIL.test(text)) row.fail('email', 'email-invalid', 'is not an e-mail address');
  return normalizeEmail(text);
}

function readPhone(row: RowReading): string | null {
  const text = row.text('phone').replace(/^tel:/i, '');
  if (text === '') return null;
  if (!isPhone(text)) row.fail('phone', 'phone-invalid', 'is not a phone number');
  return text;
}

function readValue(row: RowReading, baseCurrency: string): Money | null {
  const given = row.text('currency').toUpperCase();
  const text = row.text('value');
  const currency = given === '' ? (currencyIn(text) ?? baseCurrency) : given;
  if (!isCurrency(currency)) {
    row.fail('currency', 'currency-unknown', 'is not a currency code such as EUR or USD');
    return null;
  }
  if (text === '') return null;
  const amount = parseMoneyAmount(text, currency, row.format('value'));
  if ('amountMinor' in amount) return { amountMinor: amount.amountMinor.toString(), currency };
  // Letters and signs make the parser think of another currency; without a digit and a currency there is neither.
  const fault = amount.fault === 'other-currency' && !namesAmount(text) ? 'not-an-amount' : amount.fault;
  row.fail('value', 'amount-invalid', `${AMOUNT_WORDS[fault]} (${currency})`);
  return null;
}

/** Signs that belong to one currency alone; "$" and "¥" belong to several. */
const SIGNS: ReadonlyMap<string, string> = new Map(
  Object.entries({ '€': 'EUR', '£': 'GBP', '₹': 'INR', '₪': 'ILS', '₩': 'KRW', '₺': 'TRY', '₴': 'UAH' }),
);

/** A code or sign written beside the amount, as in "1,200 USD" or "€ 10", names the currency where no column does. */
function currencyIn(text: string): string | undefined {
  const code = /(?:^|[\s\d])([a-z]{3})(?=$|[\s\d.,-])/i.exec(text)?.[1]?.toUpperCase();
  if (code !== undefined && isCurrency(code)) return code;
  return SIGNS.get(/\p{Sc}/u.exec(text)?.[0] ?? '');
}

/** True for a text with a digit and a known code or a sign of a currency. */
const namesAmount = (text: string): boolean => /\d/.test(text) && (/\p{Sc}/u.test(text) || currencyIn(text) !== undefined);

const plain = (text: string): string => foldText(text).replace(/[\s_-]+/g, ' ');

function readStatus(row: RowReading, stages: readonly Stage[]): string | null {
  const text = row.text('status');
  if (text === '') return null;
  const wanted = plain(text);
  const found = stages.find((stage) => plain(stage.key) === wanted) ?? stages.find((stage) => plain(stage.name) === wanted);
  if (found) return found.key;
  const names = stages.map((stage) => stage.name);
  row.fail('status', 'status-unknown', `is not a stage of this pipeline; it has ${names.join(', ')}`, didYouMean(text, names));
  return null;
}

function readOwner(row: RowReading, owners: readonly Owner[]): string | null {
  const text = row.text('owner');
  if (text === '') return null;
  const wanted = plain(text);
  const byName = owners.filter((owner) => owner.name !== undefined && plain(owner.name) === wanted);
  const found = owners.find((owner) => owner.id === text.toLowerCase() || normalizeEmail(owner.email) === normalizeEmail(text));
  if (found) return found.id;
  // Two members of one name: the import does not guess.
  if (byName.length === 1 && byName[0]) return byName[0].id;
  const known = owners.map((owner) => owner.email);
  row.fail('owner', 'owner-unknown', 'is not the e-mail or the name of one member', didYouMean(text, known));
  return null;
}

/** Tags between semicolons or commas; one that holds such a sign itself stands in quotes. */
const TAG = /\s*(?:"((?:[^"]|"")*)"(?=\s*(?:[;,]|$))|([^;,]+))/g;

function readTags(row: RowReading): string[] {
  const byKey = new Map<string, string>();
  for (const [, quoted, plain] of row.text('tags').matchAll(TAG)) {
    const tag = (quoted?.replaceAll('""', '"') ?? plain ?? '').trim();
    if (tag !== '' && !byKey.has(tag.toLowerCase())) byKey.set(tag.toLowerCase(), tag);
  }
  const tags = [...byKey.values()];
  if (tags.some((tag) => tag.length > LONGEST_TAG)) row.fail('tags', 'too-long', `holds a tag longer than ${LONGEST_TAG} characters`);
  if (tags.length > MOST_TAGS) row.fail('tags', 'too-many-tags', `holds more than ${MOST_TAGS} tags`);
  return tags;
}

/** Reads one row of a file as a lead, or tells everything that is wrong with it. A row without a name is called by its company or e-mail. */
export function readLeadRow(cells: readonly string[], mapping: LeadMapping, context: RowContext): RowResult {
  const row = new RowReading(cells, mapping, context.headers);
  const textOrNull = (to: (typeof LEAD_FIELDS)[number]) => (row.text(to) === '' ? null : row.text(to));
  const name = row.text('name') || row.text('company') || row.text('email') || row.text('phone');
  if (name === '') row.fail('name', 'required', 'is missing, and neither company, e-mail nor phone can stand in for it');
  const lead: ImportedLead = {
    name: name.replace(/\s+/g, ' '),
    company: textOrNull('company'),
    email: readEmail(row),
    phone: readPhone(row),
    value: readValue(row, context.baseCurrency),
    notes: textOrNull('notes'),
    status: readStatus(row, context.stages),
    source: textOrNull('source'),
    tags: readTags(row),
    ownerId: readOwner(row, context.owners ?? []),
    attributes: row.attributes(),
  };
  return row.errors.length === 0 ? { ok: true, lead, isNamed: row.text('name') !== '' } : { ok: false, errors: row.errors };
}

/** What tells whether a lead is already there, folded for comparing; undefined when this row does not hold it. */
export function naturalKeyOf(lead: ImportedLead, mapping: Pick<LeadMapping, 'naturalKey'>): string | undefined {
  const key = mapping.naturalKey;
  if (key === undefined) return undefined;
  if (key === 'email') return lead.email ?? undefined;
  if (key === 'phone') return lead.phone === null ? undefined : phoneMatchKey(lead.phone);
  if (key === 'name+company') return lead.company === null ? undefined : `${foldText(lead.name)}\n${foldText(lead.company)}`;
  const value = lead.attributes[key.slice('attributes.'.length)]?.trim();
  return value === undefined || value === '' ? undefined : value;
}

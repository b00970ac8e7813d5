import { type CsvValue, csvRow } from '../../../shared/csv.js';
import { currencyExponent, type Money } from '../../../shared/money.js';
import type { LeadView } from '../leads/leads.shapes.js';

/** What an import reads under the same names; the last three are for people and other programs, an import leaves them out. */
const COLUMNS = ['name', 'company', 'email', 'phone', 'value', 'currency', 'status', 'source', 'tags', 'owner', 'notes'] as const;
const BOOKKEEPING = ['concord_id', 'concord_created_at', 'concord_updated_at'] as const;

/** A text that an import would take for a guarded one gets another apostrophe, so that reading the file gives the same text back. */
const LOOKS_GUARDED = /^'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const guarded = (text: string | null): string | null => (text !== null && LOOKS_GUARDED.test(text) ? `'${text}` : text);

/** The exact amount with a point, as many decimals as the currency has and no grouping. */
export function plainAmount({ amountMinor, currency }: Money): string {
  const exponent = currencyExponent(currency);
  if (exponent === 0) return amountMinor;
  const isNegative = amountMinor.startsWith('-');
  const digits = amountMinor.replace('-', '').padStart(exponent + 1, '0');
  return `${isNegative ? '-' : ''}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** Tags in one cell; one with a sign that separates or quotes stands in quotes. */
export function tagCell(tags: readonly string[]): string {
  return tags.map((tag) => (/[;,"]/.test(tag) ? `"${tag.replaceAll('"', '""')}"` : tag)).join('; ');
}

/** The line of headings; custom fields follow the fields every lead has. */
export function headingLine(attributes: readonly string[]): string {
  return csvRow([...COLUMNS, ...attributes.map((key) => `attributes.${key}`), ...BOOKKEEPING]);
}

/** One lead as a line; `owners` are the e-mail addresses of members by id, and who is no member any more is left out. */
export function leadLine(lead: LeadView, attributes: readonly string[], owners: ReadonlyMap<string, string>): string {
  const { value, tags, ownerId } = lead;
  const cells: Record<(typeof COLUMNS)[number], CsvValue> = {
    ...{ name: guarded(lead.name), company: guarded(lead.company), email: guarded(lead.email), phone: guarded(lead.phone) },
    ...{ value: value && plainAmount(value), currency: value?.currency, status: lead.status, source: guarded(lead.source) },
    ...{ tags: guarded(tagCell(tags)), owner: ownerId === null ? null : owners.get(ownerId), notes: guarded(lead.notes) },
  };
  const custom = attributes.map((key) => guarded(lead.attributes[key] ?? null));
  return csvRow([...COLUMNS.map((name) => cells[name]), ...custom, lead.id, lead.createdAt, lead.updatedAt]);
}

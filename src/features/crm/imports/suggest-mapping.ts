import { phoneMatchKey } from '../../../shared/text.js';
import type { ColumnMapping, LeadField, LeadMapping, LeadTarget } from './mapping.js';
import { headerKey } from './mapping.js';

/** Names of columns in the order of preference. */
const words = (list: string): readonly string[] => list.split('|');

const NAMES: Readonly<Record<LeadField, readonly string[]>> = {
  name: words(
    'name|full name|fullname|contact|contact name|contact person|lead|lead name|customer|customer name|person|display name|ansprechpartner|nom complet|nombre completo',
  ),
  company: words(
    'company|company name|organization|organisation|organization name|account|account name|employer|business|business name|firma|unternehmen|societe|empresa',
  ),
  email: words('email|e mail|mail|email address|e mail address|work email|business email|primary email|e mail adresse|correo'),
  phone: words(
    'phone|phone number|telephone|tel|mobile|mobile phone|mobile number|cell|cell phone|work phone|business phone|telefon|telefonnummer|handy|telefono|telephone number',
  ),
  value: words('value|deal value|amount|deal amount|lead value|revenue|expected revenue|price|budget|betrag|wert|montant|importe'),
  currency: words('currency|currency code|deal currency|waehrung|währung|devise|moneda'),
  notes: words('notes|note|comment|comments|remarks|description|message|notizen|bemerkung|bemerkungen'),
  status: words('status|stage|lead status|deal stage|pipeline stage|state of lead|phase'),
  source: words('source|lead source|origin|channel|utm source|quelle|herkunft'),
  tags: words('tags|tag|labels|label|keywords|categories|schlagworte'),
  owner: words('owner|lead owner|contact owner|assigned to|assignee|sales rep|account manager|verantwortlich'),
};
const GIVEN = words('given name|first name|firstname|forename|givenname|vorname|prenom|prénom|nombre');
const FAMILY = words('surname|last name|lastname|family name|familyname|nachname|familienname|nom de famille|apellido|apellidos');
/** Columns that tell nothing about the person: numbers of the system the file came from stay attributes, but make a natural key. */
const RECORD_ID = /^(rec(ord)?|lead|contact|customer|external|crm|account) (id|no|number|key)$|^(id|uuid|guid|external id)$/;
/** Bookkeeping in our own exports: nothing to import. */
const NOT_IMPORTED = /^concord (id|created at|updated at)$/;
const MOST_ATTRIBUTES = 50;
/** Of the filled cells of a column, this share must look like an e-mail or a phone to take it for one without a telling name. */
const MOSTLY = 0.8;

function attributeKey(header: string, taken: ReadonlySet<string>): LeadTarget {
  const base =
    header
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^attributes_/, '')
      .replace(/^[_0-9]+|_+$/g, '')
      .slice(0, 56) || 'column';
  let key = base;
  for (let n = 2; taken.has(`attributes.${key}`); n++) key = `${base}_${n}`;
  return `attributes.${key}`;
}

function looksLike(cells: readonly string[], test: (cell: string) => boolean): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '');
  return filled.length > 0 && filled.filter((cell) => test(cell.trim())).length >= filled.length * MOSTLY;
}

const isEmail = (cell: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(cell);
/** A plain run of digits may be any number, so a phone must also be written like one. */
const isPhone = (cell: string): boolean =>
  /^\+|^\(?0|[\s()/-]/.test(cell) && /^[+\d\s()/.-]+$/.test(cell) && phoneMatchKey(cell) !== undefined;

/**
 * A first mapping for a person to correct: known fields by the names of the columns, then by what the cells look like, given name and
 * surname joined; every other column becomes an attribute, so that nothing of the file is lost.
 */
export function suggestMapping(headers: readonly string[], sampleRows: readonly (readonly string[])[]): LeadMapping {
  const open = new Map(headers.map((header, at) => [header, { key: headerKey(header), cells: sampleRows.map((row) => row[at] ?? '') }]));
  for (const [header, { key }] of open) if (NOT_IMPORTED.test(key)) open.delete(header);
  const columns: ColumnMapping[] = [];
  const take = (to: LeadTarget, from: string[]) => {
    columns.push({ from, to });
    for (const header of from) open.delete(header);
  };
  const byName = (names: readonly string[]): string | undefined => {
    for (const name of names) for (const [header, { key }] of open) if (key === name) return header;
    return undefined;
  };
  const [given, family] = [byName(GIVEN), byName(FAMILY)];
  const whole = byName(NAMES.name);
  if (whole !== undefined && !(given !== undefined && family !== undefined)) take('name', [whole]);
  else if (given !== undefined || family !== undefined)
    take(
      'name',
      [given, family].filter((part) => part !== undefined),
    );
  for (const [to, names] of Object.entries(NAMES) as [LeadField, readonly string[]][]) {
    const header = to === 'name' ? undefined : byName(names);
    if (header !== undefined) take(to, [header]);
  }
  for (const [to, test] of [
    ['email', isEmail],
    ['phone', isPhone],
  ] as const) {
    if (columns.some((column) => column.to === to)) continue;
    const found = [...open].find(([, { cells }]) => looksLike(cells, test));
    if (found) take(to, [found[0]]);
  }
  return { ...withAttributes(columns, open) };
}

function withAttributes(columns: ColumnMapping[], open: ReadonlyMap<string, { key: string }>): LeadMapping {
  const taken = new Set<string>();
  let naturalKey: LeadMapping['naturalKey'];
  for (const [header, { key }] of [...open].slice(0, MOST_ATTRIBUTES)) {
    const to = attributeKey(header, taken);
    taken.add(to);
    columns.push({ from: [header], to });
    if (naturalKey === undefined && RECORD_ID.test(key)) naturalKey = to as `attributes.${string}`;
  }
  if (naturalKey === undefined && columns.some((column) => column.to === 'email')) naturalKey = 'email';
  return { columns, ...(naturalKey !== undefined && { naturalKey }) };
}

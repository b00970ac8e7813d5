import { didYouMean } from '../../../shared/did-you-mean.js';

export const LEAD_FIELDS = [
  'name',
  'company',
  'email',
  'phone',
  'value',
  'currency',
  'notes',
  'status',
  'source',
  'tags',
  'owner',
] as const;
export type LeadField = (typeof LEAD_FIELDS)[number];
export type LeadTarget = LeadField | `attributes.${string}`;
export type NaturalKey = 'email' | 'phone' | 'name+company' | `attributes.${string}`;

export type ColumnFormat = {
  /** How amounts are written; 'auto' looks at each one. */
  decimal?: 'auto' | 'dot' | 'comma';
};
/** One or more columns of the file that make one field of a lead. */
export type ColumnMapping = { from: string[]; to: LeadTarget; separator?: string; format?: ColumnFormat };
export type LeadMapping = { columns: ColumnMapping[]; naturalKey?: NaturalKey; defaults?: Partial<Record<LeadTarget, string>> };

export type MappingFault = {
  path: string;
  code:
    'unknown-column' | 'unknown-field' | 'mapped-twice' | 'no-columns' | 'too-many-attributes' | 'name-missing' | 'natural-key-not-mapped';
  message: string;
  didYouMean?: string;
};

const ATTRIBUTE = /^attributes\.[a-z][a-z0-9_]{0,63}$/;
const MOST_ATTRIBUTES = 50;

export function isLeadTarget(to: string): to is LeadTarget {
  return (LEAD_FIELDS as readonly string[]).includes(to) || ATTRIBUTE.test(to);
}

/** The way a column is found: without case, surrounding blanks and a difference between blank, dash and underscore. */
export const headerKey = (header: string): string =>
  header
    .trim()
    .toLowerCase()
    .replace(/[\s_\-.]+/g, ' ');

function columnFaults(column: ColumnMapping, at: number, headers: readonly string[]): MappingFault[] {
  const known = new Set(headers.map(headerKey));
  const faults: MappingFault[] = [];
  if (column.from.length === 0)
    faults.push({ path: `/columns/${at}/from`, code: 'no-columns', message: 'Name at least one column of the file.' });
  for (const [place, from] of column.from.entries()) {
    if (known.has(headerKey(from))) continue;
    const meant = didYouMean(from, headers);
    const message = `The file has no column "${from}".`;
    faults.push({
      path: `/columns/${at}/from/${place}`,
      code: 'unknown-column',
      message,
      ...(meant !== undefined && { didYouMean: meant }),
    });
  }
  if (!isLeadTarget(column.to)) {
    const meant = didYouMean(String(column.to), LEAD_FIELDS);
    const message = `A lead has no field "${String(column.to)}".`;
    faults.push({ path: `/columns/${at}/to`, code: 'unknown-field', message, ...(meant !== undefined && { didYouMean: meant }) });
  }
  return faults;
}

/** Everything that is wrong with a mapping for a file with these columns; none when it can be used. */
export function checkMapping(mapping: LeadMapping, headers: readonly string[]): MappingFault[] {
  const faults = mapping.columns.flatMap((column, at) => columnFaults(column, at, headers));
  const targets = mapping.columns.map((column) => column.to);
  for (const [at, to] of targets.entries()) {
    if (targets.indexOf(to) === at) continue;
    faults.push({
      path: `/columns/${at}/to`,
      code: 'mapped-twice',
      message: `The field "${to}" is mapped twice; give both columns in one "from".`,
    });
  }
  const isGiven = (to: LeadTarget) => targets.includes(to) || mapping.defaults?.[to] !== undefined;
  if (!isGiven('name') && !isGiven('company') && !isGiven('email')) {
    faults.push({ path: '/columns', code: 'name-missing', message: 'Map a column to the name, or at least to the company or the e-mail.' });
  }
  if (targets.filter((to) => to.startsWith('attributes.')).length > MOST_ATTRIBUTES) {
    faults.push({ path: '/columns', code: 'too-many-attributes', message: `A lead holds at most ${MOST_ATTRIBUTES} custom fields.` });
  }
  const key = mapping.naturalKey;
  const parts = key === 'name+company' ? (['name', 'company'] as const) : key === undefined ? [] : [key];
  for (const part of parts) {
    if (targets.includes(part)) continue;
    faults.push({
      path: '/naturalKey',
      code: 'natural-key-not-mapped',
      message: `No column is mapped to "${part}", which the natural key needs.`,
    });
  }
  return faults;
}

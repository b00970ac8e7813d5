import { emailDomain, foldText, isFreeMailDomain } from '../../../shared/text.js';
import type { LeadFacts } from './lead-facts.js';

/** A feature of a lead and the category it falls into. */
export type Categories = ReadonlyMap<string, string>;

/** How the features of an organization are cut into categories; learned with the model. */
export interface Encoder {
  /** Borders of the quarters of the values won or lost, by currency, in minor units. */
  readonly quarters: Readonly<Record<string, readonly string[]>>;
  /** Categories that are common enough to say something, by feature; all others are "other". */
  readonly known: Readonly<Record<string, readonly string[]>>;
}

export const OTHER = 'other';
export const NONE = 'none';
/** Fewer leads than this in a category say nothing about it. */
const FEWEST = 5;
const MOST_CATEGORIES = 12;
const MOST_TAGS = 20;
const MOST_ATTRIBUTES = 10;
/** So many open leads must have shown that they never have a custom field before it counts as written at the end. */
const ENOUGH_OPEN = 20;

const AGES: readonly (readonly [number, string])[] = [
  [7, 'up to 7 days'],
  [30, 'up to 30 days'],
  [90, 'up to 90 days'],
  [Infinity, 'over 90 days'],
];
const COUNTS: readonly (readonly [number, string])[] = [
  [0, 'none'],
  [2, '1 or 2'],
  [5, '3 to 5'],
  [Infinity, '6 or more'],
];

const bucket = (borders: readonly (readonly [number, string])[], value: number): string =>
  borders.find(([most]) => value <= most)?.[1] ?? '';

function emailKind(email: string | null): string {
  if (email === null) return NONE;
  const domain = emailDomain(email);
  return domain !== undefined && isFreeMailDomain(domain) ? 'a free mailbox' : 'a domain of its own';
}

/** Features whose categories are the same in every organization, and texts that are cut into known and other later. */
function plain({ lead, stage, ageDays, daysInStage, activityCount }: LeadFacts): [string, string][] {
  const folded = foldText(lead.source ?? '');
  return [
    ['source', folded === '' ? NONE : folded],
    ['email', emailKind(lead.email)],
    ['phone', lead.phone === null ? NONE : 'given'],
    ['company', lead.company === null ? NONE : 'given'],
    ['stage', stage ?? NONE],
    ['ageDays', bucket(AGES, ageDays)],
    ['daysInStage', daysInStage === null ? NONE : bucket(AGES, daysInStage)],
    ['activityCount', bucket(COUNTS, activityCount)],
    ...lead.tags.map((tag): [string, string] => [`tags.${foldText(tag)}`, 'given']),
    ...Object.entries(lead.attributes).map(([key, value]): [string, string] => [`attributes.${key}`, foldText(value) || NONE]),
  ];
}

function valueCategory({ lead: { valueMinor, currency } }: LeadFacts, { quarters }: Pick<Encoder, 'quarters'>): string {
  if (valueMinor === null || currency === null) return NONE;
  const borders = quarters[currency];
  if (!borders) return OTHER;
  const place = borders.filter((border) => BigInt(valueMinor) > BigInt(border)).length;
  return ['lowest quarter', 'second quarter', 'third quarter', 'highest quarter'][place] ?? OTHER;
}

/** The categories of a lead, for every feature the encoder knows. */
export function categoriesOf(facts: LeadFacts, encoder: Encoder): Categories {
  const found = new Map(plain(facts));
  found.set('value', valueCategory(facts, encoder));
  return new Map(
    Object.entries(encoder.known).map(([feature, known]) => {
      const category = found.get(feature) ?? NONE;
      return [feature, known.includes(category) ? category : known.includes(OTHER) ? OTHER : ''];
    }),
  );
}

function quartersOf(facts: readonly LeadFacts[]): Record<string, string[]> {
  const byCurrency = new Map<string, bigint[]>();
  for (const { lead } of facts) {
    if (lead.valueMinor === null || lead.currency === null) continue;
    byCurrency.set(lead.currency, [...(byCurrency.get(lead.currency) ?? []), BigInt(lead.valueMinor)]);
  }
  const found: Record<string, string[]> = {};
  for (const [currency, values] of [...byCurrency].sort()) {
    if (values.length < 4 * FEWEST) continue;
    const sorted = values.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    found[currency] = [1, 2, 3].map((quarter) => String(sorted[Math.floor((quarter * sorted.length) / 4)]));
  }
  return found;
}

/**
 * Learns the categories from closed leads. Tags and custom fields that no open lead has were written when leads were closed, such as the
 * reason of a loss: they would give the end away, so they are left out.
 */
export function learnEncoder(closed: readonly LeadFacts[], open: readonly LeadFacts[]): Encoder {
  const quarters = quartersOf(closed);
  const counts = new Map<string, Map<string, number>>();
  for (const facts of closed) {
    for (const [feature, category] of new Map([...plain(facts), ['value', valueCategory(facts, { quarters })]])) {
      const of = counts.get(feature) ?? new Map<string, number>();
      of.set(category, (of.get(category) ?? 0) + 1);
      counts.set(feature, of);
    }
  }
  const onOpen = new Set(open.flatMap((facts) => plain(facts).map(([feature]) => feature)));
  const isOwn = (feature: string): boolean => feature.startsWith('tags.') || feature.startsWith('attributes.');
  const chosen = [...counts].filter(([feature]) => !isOwn(feature) || open.length < ENOUGH_OPEN || onOpen.has(feature));
  const known: Record<string, string[]> = {};
  for (const [feature, of] of limited(chosen)) {
    const categories = commonCategories(of, closed.length);
    if (categories.length > 1) known[feature] = categories;
  }
  return { quarters, known };
}

/** The tags and custom fields that most leads have, and everything else. */
function limited(counts: readonly [string, Map<string, number>][]): [string, Map<string, number>][] {
  const total = (of: Map<string, number>): number => [...of.values()].reduce((sum, count) => sum + count, 0);
  const most = (prefix: string, limit: number) =>
    counts
      .filter(([feature]) => feature.startsWith(prefix))
      .sort((a, b) => total(b[1]) - total(a[1]) || (a[0] < b[0] ? -1 : 1))
      .slice(0, limit);
  const rest = counts.filter(([feature]) => !feature.startsWith('tags.') && !feature.startsWith('attributes.'));
  return [...rest, ...most('tags.', MOST_TAGS), ...most('attributes.', MOST_ATTRIBUTES)].sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

function commonCategories(of: ReadonlyMap<string, number>, total: number): string[] {
  const held = [...of.values()].reduce((sum, count) => sum + count, 0);
  const counts = new Map(of);
  if (held < total) counts.set(NONE, (counts.get(NONE) ?? 0) + total - held);
  const common = [...counts]
    .filter(([category, count]) => count >= FEWEST && category !== OTHER)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST_CATEGORIES)
    .map(([category]) => category);
  const rest = total - common.reduce((sum, category) => sum + (counts.get(category) ?? 0), 0);
  return [...common.sort(), ...(rest >= FEWEST ? [OTHER] : [])];
}

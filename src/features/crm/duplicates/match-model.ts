import type { Comparison } from './compare-records.js';
import { LAST_NAME } from './compare-records.js';
import { LEVELS } from './compare-values.js';
import type { ValueKind } from './match-record.js';

/** How often each grade of agreement is seen, in the order of LEVELS. */
export type Grades = readonly [exact: number, close: number, similar: number, different: number];
/** `m`: among pairs of one person; `r`: among relatives, two people of one household or company; `u`: among strangers. */
export type FieldModel = {
  m: Grades;
  r: Grades;
  u: Grades;
  /** Chance that two others both hold this value, for the values that are not rare; a rare one has `rareValue`. */
  values?: ReadonlyMap<string, number>;
  rareValue?: number;
  /** Agreement here says less once `field` agrees: a suburb follows from a postcode. `u` is the chance of it then. */
  follows?: { field: string; u: number };
};
export type MatchModel = {
  /** Log2 odds against a pair of strangers, before any field is seen, that a pair is one person. */
  priorBits: number;
  /** The same for a pair of relatives. */
  relatedBits: number;
  kinds: Readonly<Record<ValueKind, FieldModel>>;
  fields: ReadonlyMap<string, FieldModel>;
  /** Most bits that weak fields may add together, for want of data on how they depend on each other. */
  weakBits: number;
};

/**
 * What is assumed of a kind of value before any record is seen. `m`: share of true pairs that agree exactly, nearly, somewhat, not at all
 * (typing errors in one of ten values; people change mail, phone and company). `r`: what a household or a company shares, which is nearly
 * all except first names, birthdays, personal numbers and mailboxes. `u`: how often strangers agree.
 */
const KINDS: Readonly<Record<ValueKind, FieldModel>> = {
  person: { m: [0.8, 0.07, 0.05, 0.08], r: [0.02, 0.01, 0.03, 0.94], u: [0.008, 0.003, 0.02, 0.969] },
  company: { m: [0.7, 0.08, 0.1, 0.12], r: [0.85, 0.05, 0.03, 0.07], u: [0.02, 0.005, 0.02, 0.955] },
  email: { m: [0.65, 0.03, 0.05, 0.27], r: [0.02, 0.005, 0.01, 0.965], u: [2e-6, 1e-5, 2e-3, 0.997988] },
  phone: { m: [0.7, 0.05, 0.03, 0.22], r: [0.6, 0.05, 0.03, 0.32], u: [1e-3, 5e-4, 1e-3, 0.9975] },
  date: { m: [0.88, 0.06, 0.02, 0.04], r: [0.015, 0.01, 0.03, 0.945], u: [1e-3, 2e-3, 0.02, 0.977] },
  identifier: { m: [0.88, 0.05, 0.02, 0.05], r: [0.008, 0.005, 0.01, 0.977], u: [3e-4, 1e-3, 2e-3, 0.9967] },
  'short-code': { m: [0.82, 0.06, 0.02, 0.1], r: [0.8, 0.02, 0.02, 0.16], u: [0.03, 0.03, 0.03, 0.91] },
  text: { m: [0.74, 0.08, 0.05, 0.13], r: [0.74, 0.03, 0.03, 0.2], u: [0.05, 0.005, 0.02, 0.925] },
  tag: { m: [0.86, 0.02, 0.02, 0.1], r: [0.86, 0.02, 0.02, 0.1], u: [0.25, 0.02, 0.02, 0.71] },
};

/** Half of the relatives, those of a household, share the last name; those of a company do not. */
export const LAST_NAME_OF_RELATIVES: Grades = [0.5, 0.01, 0.02, 0.47];

/** For a single pair with nothing known of the organization: about one candidate in a thousand is the same person. */
export const DEFAULT_MODEL: MatchModel = {
  priorBits: -10,
  relatedBits: -11,
  kinds: KINDS,
  fields: new Map([[LAST_NAME, { ...KINDS.person, r: LAST_NAME_OF_RELATIVES }]]),
  weakBits: 6,
};

const WEAK: ReadonlySet<ValueKind> = new Set<ValueKind>(['text', 'tag', 'short-code']);

export const modelOf = (model: MatchModel, field: string, kind: ValueKind): FieldModel => model.fields.get(field) ?? model.kinds[kind];

type Evidence = { match: number; related: number };

/** Evidence of one compared field in bits against strangers: above zero speaks for one person, or for relatives. */
function evidence(known: FieldModel, one: Comparison, agreed: ReadonlySet<string>): Evidence {
  const at = LEVELS.indexOf(one.outcome.level);
  const [m, r] = [known.m[at] ?? 0.5, known.r[at] ?? 0.5];
  let u = known.u[at] ?? 0.5;
  if (one.outcome.level !== 'exact') return { match: Math.log2(m / u), related: Math.log2(r / u) };
  if (one.value !== '') u = known.values?.get(one.value) ?? known.rareValue ?? u;
  if (known.follows && agreed.has(known.follows.field)) u = Math.max(u, known.follows.u);
  // Agreement that was to be expected is no news, but it is never a point against.
  u = Math.min(u, m);
  return { match: Math.log2(m / u), related: Math.log2(Math.min(r, m) / u) };
}

/** What the fields of a pair say together. `bits` are field by field, against whichever other reading is the likelier one. */
export type Verdict = { bits: number[]; odds: number; score: number; relatedScore: number };

/** Judges a pair: one person, two relatives, or two strangers. Weak evidence is held below the model's limit. */
export function judge(model: MatchModel, comparisons: readonly Comparison[]): Verdict {
  const agreed = new Set(comparisons.filter((one) => one.outcome.level === 'exact').map((one) => one.field));
  const found = comparisons.map((one) => evidence(modelOf(model, one.field, one.kind), one, agreed));
  const isWeak = (at: number) => WEAK.has(comparisons[at]?.kind ?? 'person') && (found[at]?.match ?? 0) > 0;
  const weak = found.reduce((sum, one, at) => (isWeak(at) ? sum + one.match : sum), 0);
  const share = weak > model.weakBits ? model.weakBits / weak : 1;
  if (share < 1)
    for (const [at, one] of found.entries()) if (isWeak(at)) found[at] = { match: one.match * share, related: one.related * share };
  const match = found.reduce((sum, one) => sum + one.match, model.priorBits);
  const related = found.reduce((sum, one) => sum + one.related, model.relatedBits);
  const rival = related > 0 ? related + Math.log2(1 + 2 ** -related) : Math.log2(1 + 2 ** related);
  const odds = match - rival;
  const bits = found.map((one) => (related > 0 ? one.match - one.related : one.match));
  const other = match > 0 ? match + Math.log2(1 + 2 ** -match) : Math.log2(1 + 2 ** match);
  return { bits, odds, score: probability(odds), relatedScore: probability(related - other) };
}

/** Probability that belongs to log2 odds. */
function probability(bits: number): number {
  return 1 / (1 + 2 ** -bits);
}

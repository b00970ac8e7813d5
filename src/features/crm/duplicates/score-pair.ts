import type { Comparison } from './compare-records.js';
import { compareRecords, FIRST_NAME, LAST_NAME } from './compare-records.js';
import type { Level } from './compare-values.js';
import { LEVELS } from './compare-values.js';
import type { MatchModel, Verdict } from './match-model.js';
import { judge } from './match-model.js';
import type { MatchRecord, PreparedRecord } from './match-record.js';
import { prepareRecord } from './match-record.js';

/** Why a pair scored as it did: one field, how it agrees, what that is worth in bits, and a sentence for people. */
export type MatchFactor = { field: string; level: Level; weight: number; left: string; right: string; explanation: string };
/** `score` is the probability of one person, `weight` the same as log2 odds: `base`, from before any field is seen, and all factors' weights. */
export type PairScore = { score: number; weight: number; base: number; factors: MatchFactor[] };
export type ScoredPair = PairScore & { leftId: string; rightId: string };

const TITLES: Readonly<Record<string, string>> = {
  name: 'Name',
  company: 'Company',
  email: 'E-mail',
  phone: 'Phone',
  domain: 'E-mail domain',
};

function titleOf(field: string): string {
  const words = field
    .replace(/^attributes\./, '')
    .replace(/[_\-.]+/g, ' ')
    .trim();
  return TITLES[field] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

const round = (bits: number): number => Math.round(bits * 100) / 100;

function factor(one: Comparison, weight: number): MatchFactor {
  const explanation = `${titleOf(one.field)} ${one.outcome.words}`;
  return { field: one.field, level: one.outcome.level, weight: round(weight), left: one.left, right: one.right, explanation };
}

/** Both halves of a name are told as one factor, in the words of the half that agrees less. */
function nameFactor(halves: readonly Comparison[], weight: number, names: readonly [string, string]): MatchFactor | undefined {
  const worst = halves.toSorted((a, b) => LEVELS.indexOf(b.outcome.level) - LEVELS.indexOf(a.outcome.level))[0];
  const other = halves.find((half) => half !== worst);
  if (!worst) return undefined;
  const base = { ...factor({ ...worst, field: 'name' }, weight), left: names[0], right: names[1] };
  if (worst.outcome.level !== 'different' || !other || other.outcome.level === 'different') return base;
  const [good, bad] = worst.field === FIRST_NAME ? ['Last name', 'first name'] : ['First name', 'last name'];
  return { ...base, explanation: `${good} ${other.outcome.words}, ${bad} ${worst.outcome.words}` };
}

/** Scores two prepared records; see `comparePair`. */
export function scorePrepared(a: PreparedRecord, b: PreparedRecord, model: MatchModel): PairScore {
  const compared = compareRecords(a, b);
  const { bits, odds, score } = judge(model, compared);
  const isName = (one: Comparison) => one.field === FIRST_NAME || one.field === LAST_NAME;
  const nameBits = compared.reduce((sum, one, at) => (isName(one) ? sum + (bits[at] ?? 0) : sum), 0);
  const name = nameFactor(compared.filter(isName), nameBits, [a.name, b.name]);
  const others = compared.flatMap((one, at) => (isName(one) ? [] : [factor(one, bits[at] ?? 0)]));
  // A likeness that weighs nothing is no reason; an agreement is shown even so, because people look for it.
  const factors = others.filter((one) => one.weight !== 0 || one.level === 'exact');
  if (name) factors.unshift(name);
  factors.sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight));
  const base = bits.reduce((left, value) => left - value, odds);
  return { score, weight: round(odds), base: round(base), factors };
}

/** Log2 odds and probability alone, without the words: what a scan over many pairs needs. */
export function judgePair(a: PreparedRecord, b: PreparedRecord, model: MatchModel): Verdict {
  return judge(model, compareRecords(a, b));
}

/** Probability that both records are one person or company, with the reasons, strongest first. */
export function comparePair(a: MatchRecord, b: MatchRecord, model: MatchModel): PairScore {
  return scorePrepared(prepareRecord(a), prepareRecord(b), model);
}

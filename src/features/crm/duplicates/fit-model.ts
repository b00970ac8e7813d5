import { candidatePairs } from './candidate-pairs.js';
import type { Comparison } from './compare-records.js';
import { compareRecords, LAST_NAME } from './compare-records.js';
import { LEVELS } from './compare-values.js';
import type { FieldColumn } from './field-values.js';
import { agreeingPairs, fieldColumns, jointlyAgreeingPairs } from './field-values.js';
import type { FieldModel, Grades, MatchModel } from './match-model.js';
import { DEFAULT_MODEL, judge, LAST_NAME_OF_RELATIVES, modelOf } from './match-model.js';
import type { MatchRecord, PreparedRecord, ValueKind } from './match-record.js';
import { prepareRecord } from './match-record.js';

/** Random pairs that show how strangers agree. */
const STRANGER_PAIRS = 20_000;
/** Candidate pairs the estimation looks at; a larger batch is sampled evenly. */
const STUDIED_PAIRS = 40_000;
/** How many observations the general assumptions of a kind are worth against what the batch shows. */
const ASSUMED = 20;
const ROUNDS = 12;
const MOST_DIFFERENT = 0.25;
const LEAST_SHARED = 0.5;
/** Fewer records than this show nothing about an organization. */
const FEWEST_RECORDS = 30;
/** One field follows from another when it agrees at least this many times as often once the other does. */
const LIFT = 2;
/** Only of a field whose agreements are mostly those of strangers can it be told how strangers agree then. */
const MOSTLY_STRANGERS = 0.5;
/** Fewer pairs of strangers than this that agree on both are chance. */
const FEWEST_JOINT = 5;

type Counts = Map<string, number[]>;

function count(counts: Counts, one: Comparison, share: number): void {
  const row = counts.get(one.field) ?? [0, 0, 0, 0];
  const at = LEVELS.indexOf(one.outcome.level);
  row[at] = (row[at] ?? 0) + share;
  counts.set(one.field, row);
}

/** Observed shares, pulled towards what is assumed of the kind while there is little to see. */
function shares(observed: readonly number[] | undefined, assumed: Grades): Grades {
  const seen = observed ?? [0, 0, 0, 0];
  const total = seen.reduce((sum, value) => sum + value, ASSUMED);
  const share = (at: 0 | 1 | 2 | 3) => ((seen[at] ?? 0) + ASSUMED * assumed[at]) / total;
  return [share(0), share(1), share(2), share(3)];
}

/** A lower grade of agreement never speaks louder for a match than a higher one. */
function inOrder(m: Grades, u: Grades): Grades {
  const bound = (at: 1 | 2 | 3, ratio: number) => Math.min(m[at], ratio * u[at]);
  const close = bound(1, m[0] / u[0]);
  const similar = bound(2, close / u[1]);
  return [m[0], close, similar, bound(3, similar / u[2])];
}

/** How strangers agree: pairs drawn by chance, without the few that are plainly one person. */
function strangers(records: readonly PreparedRecord[]): Counts {
  const counts: Counts = new Map();
  let state = 0x2545f491;
  const next = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const wanted = Math.min(STRANGER_PAIRS, (records.length * (records.length - 1)) / 2);
  for (let drawn = 0; drawn < wanted; drawn++) {
    const [a, b] = [records[next(records.length)], records[next(records.length)]];
    if (!a || !b || a === b) continue;
    const compared = compareRecords(a, b);
    if (judge(DEFAULT_MODEL, compared).score < 0.5) for (const one of compared) count(counts, one, 1);
  }
  return counts;
}

/** Chance that a stranger holds the same value, value by value; the two of the pair itself do not count. */
function valueChances(column: FieldColumn, usual: number): Pick<FieldModel, 'values' | 'rareValue'> {
  const holders = column.counts.reduce((sum, held) => sum + held, 0);
  const chance = (held: number) => (Math.max(0, held - 2) + 0.5 + ASSUMED * usual) / (holders + ASSUMED);
  const values = new Map<string, number>();
  for (const [id, held] of column.counts.entries()) if (held > 2) values.set(column.texts[id] ?? '', chance(held));
  return { values, rareValue: chance(0) };
}

type Work = { studied: Studied[]; scale: number; totalPairs: number; kinds: ReadonlyMap<string, ValueKind> };
type Studied = { left: number; right: number; compared: Comparison[] };

function study(records: readonly PreparedRecord[], pairs: Uint32Array): { studied: Studied[]; scale: number } {
  const total = pairs.length / 2;
  const step = Math.max(1, Math.ceil(total / STUDIED_PAIRS));
  const studied: Studied[] = [];
  for (let at = 0; at < total; at += step) {
    const [left, right] = [pairs[at * 2] ?? 0, pairs[at * 2 + 1] ?? 0];
    const [a, b] = [records[left], records[right]];
    if (a && b) studied.push({ left, right, compared: compareRecords(a, b) });
  }
  return { studied, scale: step };
}

/** Prior log2 odds of a kind of pair that makes up so many of all pairs; never quite none. */
function oddsOf(pairs: number, totalPairs: number): number {
  const share = Math.min(0.4, Math.max(pairs, 0.5) / totalPairs);
  return Math.log2(share / (1 - share));
}

/** Agreement never speaks louder for relatives than for one person, nor disagreement louder for one person. */
function relatedInOrder(r: Grades, m: Grades): Grades {
  const least = Math.min(1, r[0] / m[0]);
  const most = Math.max(least, Math.min(1, r[3]) / m[3]);
  const between = (at: 1 | 2) => Math.min(most, Math.max(least, r[at] / m[at])) * m[at];
  return [least * m[0], between(1), between(2), most * m[3]];
}

/** One person's records may differ in any field, but not as a rule; without this bound, households would pass for one person. */
function mostlyAgreeing([exact, close, similar, different]: Grades): Grades {
  const excess = Math.max(0, different - MOST_DIFFERENT);
  return [exact + excess, close, similar, different - excess];
}

/** Relatives are relatives because they share what is shared, and two people because they do not share what is personal. */
function relatives(r: Grades, assumed: Grades): Grades {
  const isShared = assumed[0] >= LEAST_SHARED;
  const exact = isShared ? Math.max(r[0], LEAST_SHARED) : Math.min(r[0], assumed[0]);
  const close = isShared ? r[1] : Math.min(r[1], assumed[1]);
  return [exact, close, r[2], Math.max(0.01, 1 - exact - close - r[2])];
}

/** Where no two records agree, as in the numbers of another system, the field tells records apart and not people: it is left out. */
const silent = (u: Grades): FieldModel => ({ m: u, r: u, u });
const isSilent = (known: FieldModel): boolean => known.m === known.u;

/** One round of estimation: which pairs look like one person or like relatives so far, and how those agree if that is right. */
function round(model: MatchModel, { studied, scale, totalPairs, kinds }: Work): MatchModel {
  const matching: Counts = new Map();
  const relating: Counts = new Map();
  let [matched, related] = [0, 0];
  for (const { compared } of studied) {
    const { score, relatedScore } = judge(model, compared);
    matched += score * scale;
    related += relatedScore * scale;
    for (const one of compared) {
      count(matching, one, score);
      count(relating, one, relatedScore);
    }
  }
  const fields = new Map<string, FieldModel>();
  for (const [field, known] of model.fields) {
    if (isSilent(known)) {
      fields.set(field, known);
      continue;
    }
    const assumed = model.kinds[kinds.get(field) ?? 'text'];
    const m = inOrder(mostlyAgreeing(shares(matching.get(field), assumed.m)), known.u);
    const assumedOfRelatives = field === LAST_NAME ? LAST_NAME_OF_RELATIVES : assumed.r;
    fields.set(field, {
      ...known,
      m,
      r: relatedInOrder(relatives(shares(relating.get(field), assumedOfRelatives), assumedOfRelatives), m),
    });
  }
  return { ...model, fields, priorBits: oddsOf(matched, totalPairs), relatedBits: oddsOf(related, totalPairs) };
}

/** Fields that follow from one named before them, with the matches themselves taken out of the count. */
function dependences(columns: readonly FieldColumn[], model: MatchModel, work: Work): MatchModel {
  const fields = new Map(model.fields);
  const weights = work.studied.map(({ compared }) => judge(model, compared).score * work.scale);
  const among = (one: FieldColumn, other: FieldColumn) =>
    work.studied.reduce((sum, { left, right }, at) => {
      const agree = (column: FieldColumn) => (column.ids[left] ?? 0) > 0 && column.ids[left] === column.ids[right];
      return agree(one) && agree(other) ? sum + (weights[at] ?? 0) : sum;
    }, 0);
  for (const [at, column] of columns.entries()) {
    const known = modelOf(model, column.field, column.kind);
    if (isSilent(known)) continue;
    let follows: FieldModel['follows'];
    for (const before of columns.slice(0, at)) {
      const agreeing = agreeingPairs(before);
      const held = Math.max(0, agreeing - among(before, before));
      const both = Math.min(held, Math.max(0, jointlyAgreeingPairs(before, column) - among(before, column)));
      const u = Math.min(1, (both + ASSUMED * known.u[0]) / (held + ASSUMED));
      if (held >= MOSTLY_STRANGERS * agreeing && both >= FEWEST_JOINT && u > LIFT * known.u[0] && u > (follows?.u ?? 0))
        follows = { field: before.field, u };
    }
    if (follows) fields.set(column.field, { ...known, follows });
  }
  return { ...model, fields };
}

/** Fits a model to prepared records whose candidate pairs are known; see `fitModel`. */
export function fitPrepared(records: readonly PreparedRecord[], pairs: Uint32Array): MatchModel {
  if (records.length < FEWEST_RECORDS) return DEFAULT_MODEL;
  const columns = fieldColumns(records);
  const apart = strangers(records);
  const { kinds } = DEFAULT_MODEL;
  const fields = new Map<string, FieldModel>();
  for (const column of columns) {
    const assumed = kinds[column.kind];
    const u = shares(apart.get(column.field), assumed.u);
    if (agreeingPairs(column) === 0) {
      fields.set(column.field, silent(u));
      continue;
    }
    const m = inOrder(assumed.m, u);
    const r = relatedInOrder(column.field === LAST_NAME ? LAST_NAME_OF_RELATIVES : assumed.r, m);
    fields.set(column.field, { m, r, u, ...valueChances(column, u[0]) });
  }
  const totalPairs = (records.length * (records.length - 1)) / 2;
  const work: Work = { ...study(records, pairs), totalPairs, kinds: new Map(columns.map((column) => [column.field, column.kind])) };
  let model: MatchModel = {
    kinds,
    fields,
    priorBits: Math.log2(0.2 / records.length),
    relatedBits: Math.log2(0.2 / records.length),
    weakBits: Infinity,
  };
  for (let turn = 0; turn < ROUNDS; turn++) {
    if (turn === 1 || turn === 3) model = dependences(columns, model, work);
    model = round(model, work);
  }
  return model;
}

/** What part of an organization's records a sample is: `seeds` of them were drawn, the others are their likely partners. */
export type SampleOf = { readonly total: number; readonly seeds: number };

/**
 * A model for `total` records fitted to a sample. Among `total` records there are total / (2 * seeds) times the pairs of one person that
 * the seeds have, but all pairs grow with the square: so each pair is that much less likely one person than the sample lets it seem.
 */
export function fitSample(records: readonly PreparedRecord[], pairs: Uint32Array, { total, seeds }: SampleOf): MatchModel {
  const model = fitPrepared(records, pairs);
  if (model === DEFAULT_MODEL || seeds === 0 || seeds >= records.length) return model;
  const shift = Math.log2(records.length ** 2 / (2 * seeds * total));
  return { ...model, priorBits: model.priorBits + shift, relatedBits: model.relatedBits + shift };
}

/**
 * Learns from an organization's own records, without any labels, how its duplicates and its strangers agree (Fellegi-Sunter, expectation
 * maximization with the strangers' side measured on random pairs). Too few records give the default model.
 */
export function fitModel(records: readonly MatchRecord[]): MatchModel {
  const prepared = records.map(prepareRecord);
  return fitPrepared(prepared, candidatePairs(prepared));
}

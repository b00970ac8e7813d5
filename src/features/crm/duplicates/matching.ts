import { candidatePairs, hashKey } from './candidate-pairs.js';
import { clusterLinks, type Link, weakestLink } from './clusters.js';
import { fitSample, type SampleOf } from './fit-model.js';
import { preparedKeys } from './match-keys.js';
import type { MatchModel } from './match-model.js';
import { type MatchRecord, prepareRecord } from './match-record.js';
import { judgePair, type MatchFactor, scorePrepared } from './score-pair.js';
import { modelFrom, storedModel, type StoredModel } from './stored-model.js';

/** Two members of one group below this probability contradict each other. */
const CONTRADICTION = 0.01;

/** A pair that is likely enough, by places in the records of the question. */
export interface JudgedPair {
  readonly left: number;
  readonly right: number;
  /** Log2 odds. */
  readonly weight: number;
  readonly score: number;
  readonly factors: readonly MatchFactor[];
}

/** Records that are one person, by their places, and the log2 odds of the weakest link that holds them together. */
export interface Group {
  readonly places: readonly number[];
  readonly weight: number;
}

/** What is asked of the engine: only plain values, so that a thread can take it. */
export type MatchQuestion =
  | { readonly ask: 'keys'; readonly records: readonly MatchRecord[] }
  | { readonly ask: 'fit'; readonly records: readonly MatchRecord[]; readonly sample: SampleOf }
  | {
      readonly ask: 'judge';
      readonly model: StoredModel;
      readonly records: readonly MatchRecord[];
      /** Flat: left, right, left, right. */
      readonly pairs: readonly number[];
      readonly threshold: number;
    }
  | {
      readonly ask: 'group';
      readonly model: StoredModel;
      readonly records: readonly MatchRecord[];
      readonly links: readonly Link[];
      /** Pairs of places that people have said are not one person; flat. */
      readonly apart: readonly number[];
    };

/** The answer to each kind of question. */
export interface MatchAnswers {
  keys: number[][];
  fit: StoredModel;
  judge: JudgedPair[];
  group: Group[];
}

const revived = new WeakMap<StoredModel, MatchModel>();

function modelOf(stored: StoredModel): MatchModel {
  const known = revived.get(stored) ?? modelFrom(stored);
  revived.set(stored, known);
  return known;
}

/** Answers one question; the same question always gets the same answer. */
export function answerOf<Q extends MatchQuestion>(question: Q): MatchAnswers[Q['ask']];
export function answerOf(question: MatchQuestion): MatchAnswers[keyof MatchAnswers] {
  switch (question.ask) {
    case 'keys':
      return question.records.map((record) => [...new Set(preparedKeys(prepareRecord(record)).map(hashKey))]);
    case 'fit': {
      const prepared = question.records.map(prepareRecord);
      return storedModel(fitSample(prepared, candidatePairs(prepared), question.sample));
    }
    case 'judge':
      return judged(question);
    case 'group':
      return grouped(question);
  }
}

function judged({ model: stored, records, pairs, threshold }: Extract<MatchQuestion, { ask: 'judge' }>): JudgedPair[] {
  const model = modelOf(stored);
  const prepared = records.map(prepareRecord);
  const found: JudgedPair[] = [];
  for (let at = 0; at < pairs.length; at += 2) {
    const [left = 0, right = 0] = pairs.slice(at, at + 2);
    const [one, other] = [prepared[left], prepared[right]];
    if (!one || !other) throw new RangeError(`No records at places ${left} and ${right}`);
    const { odds, score } = judgePair(one, other, model);
    if (score >= threshold) found.push({ left, right, weight: odds, score, factors: scorePrepared(one, other, model).factors });
  }
  return found;
}

function grouped({ model: stored, records, links, apart }: Extract<MatchQuestion, { ask: 'group' }>): Group[] {
  const model = modelOf(stored);
  const prepared = records.map(prepareRecord);
  const said = new Set<string>();
  for (let at = 0; at < apart.length; at += 2) said.add(`${apart[at]} ${apart[at + 1]}`).add(`${apart[at + 1]} ${apart[at]}`);
  const contradicts = (left: number, right: number): boolean => {
    const [one, other] = [prepared[left], prepared[right]];
    if (!one || !other || said.has(`${left} ${right}`)) return true;
    return judgePair(one, other, model).score < CONTRADICTION;
  };
  return clusterLinks(links, contradicts).map((places) => ({ places, weight: weakestLink(places, links) }));
}

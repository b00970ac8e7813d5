import { candidatePairs } from './candidate-pairs.js';
import type { Link } from './clusters.js';
import { clusterLinks } from './clusters.js';
import { fitPrepared } from './fit-model.js';
import { preparedKeys } from './match-keys.js';
import type { MatchModel } from './match-model.js';
import type { MatchRecord, PreparedRecord } from './match-record.js';
import { prepareRecord } from './match-record.js';
import type { ScoredPair } from './score-pair.js';
import { judgePair, scorePrepared } from './score-pair.js';

export type FindOptions = {
  /** Fitted to the records themselves when left out. */
  model?: MatchModel;
  /** Least probability of a reported pair; 0.5 makes the fewest mistakes. */
  threshold?: number;
};
export type FoundDuplicates = { pairs: ScoredPair[]; clusters: string[][]; model: MatchModel };

const MORE_LIKELY_THAN_NOT = 0.5;
/** Two members of one group below this probability contradict each other. */
const CONTRADICTION = 0.01;
/** Records under one key above which the key says nothing. */
const LARGEST_BLOCK = 200;

function at(records: readonly PreparedRecord[], place: number): PreparedRecord {
  const record = records[place];
  if (!record) throw new RangeError(`No record at place ${place}`);
  return record;
}

/** Finds the duplicates within one batch of records, strongest first, and groups them. */
export function findDuplicates(records: readonly MatchRecord[], options: FindOptions = {}): FoundDuplicates {
  const prepared = records.map(prepareRecord);
  const candidates = candidatePairs(prepared);
  const model = options.model ?? fitPrepared(prepared, candidates);
  const threshold = options.threshold ?? MORE_LIKELY_THAN_NOT;
  const links: Link[] = [];
  for (let pair = 0; pair < candidates.length; pair += 2) {
    const [left, right] = [candidates[pair] ?? 0, candidates[pair + 1] ?? 0];
    const { odds, score } = judgePair(at(prepared, left), at(prepared, right), model);
    if (score >= threshold) links.push({ left, right, weight: odds });
  }
  links.sort((a, b) => b.weight - a.weight || a.left - b.left || a.right - b.right);
  const contradicts = (left: number, right: number) => judgePair(at(prepared, left), at(prepared, right), model).score < CONTRADICTION;
  const clusters = clusterLinks(links, contradicts).map((group) => group.map((place) => at(prepared, place).id));
  return { pairs: links.map(({ left, right }) => scored(at(prepared, left), at(prepared, right), model)), clusters, model };
}

function scored(left: PreparedRecord, right: PreparedRecord, model: MatchModel): ScoredPair {
  return { leftId: left.id, rightId: right.id, ...scorePrepared(left, right, model) };
}

/** Finds existing records that each new record may be a duplicate of, strongest first; pairs below the threshold are left out. */
export function matchAgainst(
  newRecords: readonly MatchRecord[],
  existing: readonly MatchRecord[],
  model: MatchModel,
  threshold = MORE_LIKELY_THAN_NOT,
): ScoredPair[] {
  const known = existing.map(prepareRecord);
  const byKey = new Map<string, PreparedRecord[]>();
  for (const record of known) {
    for (const key of preparedKeys(record)) {
      const block = byKey.get(key);
      if (block) block.push(record);
      else byKey.set(key, [record]);
    }
  }
  const found: ScoredPair[] = [];
  for (const fresh of newRecords.map(prepareRecord)) {
    const blocks = preparedKeys(fresh).map((key) => byKey.get(key) ?? []);
    for (const candidate of new Set(blocks.filter((block) => block.length <= LARGEST_BLOCK).flat())) {
      if (candidate.id === fresh.id) continue;
      if (judgePair(fresh, candidate, model).score >= threshold) found.push(scored(fresh, candidate, model));
    }
  }
  return found.sort((a, b) => b.weight - a.weight);
}

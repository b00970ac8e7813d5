import { findDuplicates, matchAgainst } from './find-duplicates.js';
import type { MatchRecord } from './match-record.js';
import type { MatchFactor, ScoredPair } from './score-pair.js';

/** New records, which may be duplicates of each other and of those that were there; only plain values, so that a thread can take it. */
export interface DuplicateQuestion {
  readonly fresh: readonly Omit<MatchRecord, 'id'>[];
  readonly existing: readonly MatchRecord[];
}

/** `left` and `right` are places in `fresh`; `existingId` stands instead of `right` for a record that was there before. */
export interface DuplicatePair {
  readonly left: number;
  readonly right: number | null;
  readonly existingId: string | null;
  readonly score: number;
  readonly factors: readonly MatchFactor[];
}

/** More pairs than this come from a file that repeats itself; nobody reads them. */
const MOST_PAIRS = 50_000;

/** Pairs that are more likely than not one person, strongest first; the same question always gets the same answer. */
export function searchDuplicates({ fresh, existing }: DuplicateQuestion): DuplicatePair[] {
  const records = fresh.map((record, place) => ({ ...record, id: String(place) }));
  const among = findDuplicates(records);
  const known = existing.length > 0 ? matchAgainst(records, existing, among.model) : [];
  const pairs = [...among.pairs.map((pair) => ({ pair, isKnown: false })), ...known.map((pair) => ({ pair, isKnown: true }))];
  return pairs
    .sort(
      (a, b) =>
        b.pair.weight - a.pair.weight || Number(a.pair.leftId) - Number(b.pair.leftId) || (a.pair.rightId < b.pair.rightId ? -1 : 1),
    )
    .slice(0, MOST_PAIRS)
    .map(({ pair, isKnown }) => placed(pair, isKnown));
}

function placed({ leftId, rightId, score, factors }: ScoredPair, isKnown: boolean): DuplicatePair {
  return { left: Number(leftId), right: isKnown ? null : Number(rightId), existingId: isKnown ? rightId : null, score, factors };
}

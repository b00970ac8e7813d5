import { rankBetween, rebalancedRanks } from '../../../shared/rank.js';

/** A card and its order key. */
export interface RankedCard {
  readonly id: string;
  readonly rank: string;
}

/** A run of crowded cards reaches until the next key that is no longer than this. */
export const ROOMY_LENGTH = 20;

/**
 * Short keys for the crowded runs of a column, which comes in its order. Cards in roomy places keep theirs, so few rows change: a run
 * is spread between its neighbours, under a stem that lies between them whatever follows it.
 */
export function shortenedRanks(column: readonly RankedCard[]): RankedCard[] {
  const changed: RankedCard[] = [];
  let before: string | null = null;
  let run: RankedCard[] = [];
  const spread = (after: string | null): void => {
    const stem = rankBetween(before, after, '');
    const ranks = rebalancedRanks(run.length);
    changed.push(...run.map(({ id }, index) => ({ id, rank: stem + ranks[index] })));
    run = [];
  };
  for (const card of column) {
    if (card.rank.length > ROOMY_LENGTH) run.push(card);
    else {
      if (run.length > 0) spread(card.rank);
      before = card.rank;
    }
  }
  if (run.length > 0) spread(null);
  return changed;
}

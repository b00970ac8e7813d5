import type { FoundLead } from '../../crm/index.js';

/** How a lead fits what was searched for, the better ways first; in a worse way than the best it is only a suggestion. */
const CLASSES = ['exact', 'words', 'prefix', 'slip', 'company', 'email', 'part', 'near'] as const;

export type SearchClass = (typeof CLASSES)[number];

/** Below this a name is only somewhat like the one that was asked for, and nobody is taken for whoever was meant. */
const SURE = 0.55;

export function classOf({ score, kind, match }: Pick<FoundLead, 'score' | 'kind' | 'match'>): SearchClass {
  if (score >= SURE && kind !== 'near' && kind !== 'unlike') return kind;
  if (match === 'company' || match === 'email') return match;
  return match === 'name' || match === 'name-prefix' ? 'part' : 'near';
}

export interface SortedHits<T> {
  readonly items: readonly T[];
  /** Those that fit less well than the best. */
  readonly weaker: readonly T[];
}

/** The hits that fit best, and the others; each in the order they were found in. */
export function sortedHits<T extends Pick<FoundLead, 'score' | 'kind' | 'match'>>(found: readonly T[]): SortedHits<T> {
  const best = CLASSES.find((one) => found.some((lead) => classOf(lead) === one));
  return { items: found.filter((lead) => classOf(lead) === best), weaker: found.filter((lead) => classOf(lead) !== best) };
}

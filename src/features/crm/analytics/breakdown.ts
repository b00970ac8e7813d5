import { grouped, total, totalMinor } from './figures.js';
import { type Outcome, outcomeOf } from './funnel.js';
import type { StageKind } from '../pipelines/pipeline.js';

/** So many leads of one source or owner, one outcome and one currency. */
export interface GroupedLeads {
  /** Empty for leads without one. */
  readonly key: string;
  /** Whether it stands for all that are not listed by themselves. */
  readonly isRest: boolean;
  /** Null for leads that went to another pipeline. */
  readonly kind: StageKind | null;
  readonly currency: string | null;
  readonly count: number;
  readonly sum: string;
}

export interface GroupFigure {
  readonly currency: string;
  readonly count: number;
  readonly amountMinor: string;
  readonly wonMinor: string;
}

export interface Group extends Outcome {
  readonly key: string | null;
  readonly values: readonly GroupFigure[];
}

export interface Breakdown {
  readonly items: readonly Group[];
  readonly rest: Group | null;
  readonly total: Group;
}

// Outcomes are counted by kind, so a kind may stand for the stages of it.
const KINDS: ReadonlyMap<string, StageKind> = new Map((['open', 'won', 'lost'] as const).map((kind) => [kind, kind]));

/** Leads by source or owner, most first; whoever is not listed is in the rest, so that all of it adds up to the total. */
export function breakdownOf(rows: readonly GroupedLeads[]): Breakdown {
  const rest = rows.filter(({ isRest }) => isRest);
  const listed = [
    ...grouped(
      rows.filter(({ isRest }) => !isRest),
      ({ key }) => key,
    ),
  ];
  const items = listed.map(([key, own]) => groupOf(key === '' ? null : key, own));
  items.sort((a, b) => b.leads - a.leads || compare(a.key ?? '', b.key ?? ''));
  return { items, rest: rest.length > 0 ? groupOf(null, rest) : null, total: groupOf(null, rows) };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function groupOf(key: string | null, rows: readonly GroupedLeads[]): Group {
  const currencies = [...new Set(rows.flatMap(({ currency }) => currency ?? []))].sort();
  const outcome = outcomeOf(
    rows.map(({ kind, count }) => ({ stage: kind, count })),
    KINDS,
  );
  return {
    key,
    ...outcome,
    values: currencies.map((currency) => {
      const own = rows.filter((row) => row.currency === currency);
      return {
        currency,
        count: total(own, ({ count }) => count),
        amountMinor: String(totalMinor(own, ({ sum }) => sum)),
        wonMinor: String(totalMinor(own, ({ kind, sum }) => (kind === 'won' ? sum : '0'))),
      };
    }),
  };
}

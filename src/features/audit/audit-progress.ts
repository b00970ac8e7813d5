/** Numbers of events nobody has seen yet: their transaction is open, or was rolled back. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** Every transaction that could fill the gap has a smaller number than this. */
  readonly fence: number;
  /** When it was noticed, ISO 8601. */
  readonly at: string;
}

/** How far the sealer has come over all organizations. */
export interface SealingProgress {
  /** The highest number seen. */
  readonly lastId: number;
  readonly gaps: readonly Gap[];
  /** Organizations whose chain was tampered with, and the number from which they wait to be sealed. */
  readonly held: Readonly<Record<string, number>>;
}

/** What the database knew of open transactions: those with smaller numbers than `horizon` had ended before the events were read. */
export interface TransactionsSeen {
  readonly horizon: number;
  /** Taken after the events were read. */
  readonly fence: number;
  readonly now: Date;
}

// A transaction takes the number of its event an instant before it has a number itself, so the fence alone does not know of it.
const KEPT_AT_LEAST_MS = 10 * 60_000;

/**
 * The progress after events were read: `fresh` are numbers above `lastId`, ascending; `late` those found in gaps. Numbers are given out
 * in order but committed in any, so what is skipped is remembered until nobody can come with it any more.
 */
export function progressAfter(
  progress: SealingProgress,
  { fresh, late }: { readonly fresh: readonly number[]; readonly late: ReadonlySet<number> },
  seen: TransactionsSeen,
): SealingProgress {
  const kept = progress.gaps.filter((gap) => isOpen(gap, seen)).flatMap((gap) => without(gap, late));
  return { ...progress, lastId: fresh.at(-1) ?? progress.lastId, gaps: [...kept, ...newGaps(progress.lastId, fresh, seen)] };
}

function isOpen(gap: Gap, { horizon, now }: TransactionsSeen): boolean {
  return gap.fence > horizon || now.getTime() - Date.parse(gap.at) < KEPT_AT_LEAST_MS;
}

function without(gap: Gap, late: ReadonlySet<number>): Gap[] {
  const found = [...late].filter((id) => id >= gap.from && id <= gap.to).sort((left, right) => left - right);
  const parts: Gap[] = [];
  let from = gap.from;
  for (const id of [...found, gap.to + 1]) {
    if (id > from) parts.push({ ...gap, from, to: id - 1 });
    from = id + 1;
  }
  return parts;
}

function newGaps(lastId: number, fresh: readonly number[], { fence, now }: TransactionsSeen): Gap[] {
  const gaps: Gap[] = [];
  let expected = lastId + 1;
  for (const id of fresh) {
    if (id > expected) gaps.push({ from: expected, to: id - 1, fence, at: now.toISOString() });
    expected = id + 1;
  }
  return gaps;
}

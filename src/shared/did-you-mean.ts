const MAX_GIVEN = 64;
const MAX_EDITS = 3;

/**
 * The option a misspelt word most likely meant: at most one edit per three letters (one for short words), where an edit adds,
 * drops or changes a letter or swaps two neighbours. Case does not count; of equally near options the first wins.
 */
export function didYouMean(given: string, options: readonly string[]): string | undefined {
  if (given === '' || given.length > MAX_GIVEN) return undefined;
  const word = given.toLowerCase();
  let best: string | undefined;
  let fewest = Infinity;
  for (const option of options) {
    const longest = Math.max(word.length, option.length);
    const allowed = Math.min(MAX_EDITS, Math.max(1, Math.floor(longest / 3)));
    if (Math.abs(word.length - option.length) > allowed) continue;
    const edits = editDistance(word, option.toLowerCase());
    // A one-letter word turned into another one shares nothing with it.
    if (edits <= allowed && edits < fewest && edits < longest) {
      best = option;
      fewest = edits;
    }
  }
  return best;
}

/** Damerau-Levenshtein, restricted (no edit inside a swapped pair), over three rows. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = left[i - 1] === right[j - 1] ? 0 : 1;
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + change);
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (isSwap) cost = Math.min(cost, beforeLast[j - 2] + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length];
}

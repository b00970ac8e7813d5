/**
 * The word of a vocabulary that a misspelt one stands for; undefined when it is none, or as near to another. Only for words of the grammar,
 * never for names: short words must keep their letters ("Mary" is not "mark"), the first letter counts most.
 */
export function correctedWord(given: string, vocabulary: Iterable<string>): string | undefined {
  const word = given.toLowerCase();
  if (word.length < 3 || word.length > 24) return undefined;
  let best: string | undefined;
  let fewest = Infinity;
  let isTied = false;
  for (const option of vocabulary) {
    if (option === word) return option;
    const edits = likelyEdits(word, option);
    if (edits === undefined || edits > fewest) continue;
    isTied = edits === fewest && option !== best;
    best = option;
    fewest = edits;
  }
  return isTied ? undefined : best;
}

/** Whether a word is likely another one with a slip of the fingers. */
export function isSlipOf(word: string, option: string): boolean {
  return word === option || likelyEdits(word, option) !== undefined;
}

function likelyEdits(word: string, option: string): number | undefined {
  const allowed = option.length >= 7 ? 2 : 1;
  if (option.length < 4 || Math.abs(word.length - option.length) > allowed) return undefined;
  const isFirstKept = word[0] === option[0] || (word[0] === option[1] && word[1] === option[0]);
  if (!isFirstKept) return undefined;
  // Another letter in a word of four makes another word of it; a missing, doubled or swapped one is a slip of the fingers.
  if (option.length === 4 && word.length === 4) return isSwap(word, option) ? 1 : undefined;
  const edits = editDistance(word, option);
  return edits <= allowed ? edits : undefined;
}

function isSwap(left: string, right: string): boolean {
  const at = [...left].findIndex((letter, index) => letter !== right[index]);
  return left[at] === right[at + 1] && left[at + 1] === right[at] && left.slice(at + 2) === right.slice(at + 2);
}

/** Edits where one adds, drops or changes a letter or swaps two neighbours. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (isSwapped) cost = Math.min(cost, beforeLast[j - 2] + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length];
}

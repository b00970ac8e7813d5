import { foldText } from '../../../shared/text.js';

/** How surely a name that was asked for is the name of a lead. */
export interface NameScore {
  /** From 0 to 1: 1 is the whole name, letter by letter. */
  readonly score: number;
  /**
   * `exact`: the whole name. `words`: whole words of it. `prefix`: beginnings of its words. `slip`: it is that name with a slip of the
   * finger. `near`: it may as well be somebody else's name.
   */
  readonly kind: 'exact' | 'words' | 'prefix' | 'slip' | 'near' | 'unlike';
}

type WordMatch = 'same' | 'prefix' | 'slip' | 'near' | 'unlike';

const RANK: Readonly<Record<WordMatch, number>> = { same: 0, prefix: 1, slip: 2, near: 3, unlike: 4 };
const SUBSTITUTION = 1.5;
/** A letter instead of another one in a short word makes another name (Jane, Jake). */
const LONG_FOR_ONE = 6;
const LONG_FOR_TWO = 8;
const SHORTEST_PREFIX = 2;

const wordsOf = (text: string): string[] =>
  foldText(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** Compares a name as somebody wrote it with the name of a lead; the order of words does not count. */
export function scoreName(asked: string, name: string): NameScore {
  const [given, own] = [wordsOf(asked), wordsOf(name)];
  if (given.length === 0 || own.length === 0) return { score: 0, kind: 'unlike' };
  if (given.join(' ') === own.join(' ')) return { score: 1, kind: 'exact' };
  const left = [...own];
  let worst: WordMatch = 'same';
  let likeness = 0;
  let letters = 0;
  for (const word of given) {
    const best = bestWord(word, left);
    if (best.match === 'unlike') return { score: 0, kind: 'unlike' };
    left.splice(best.at, 1);
    if (RANK[best.match] > RANK[worst]) worst = best.match;
    likeness += best.likeness * word.length;
    letters += word.length;
  }
  const whole = given.length / own.length;
  const share = likeness / letters;
  if (worst === 'same')
    return left.length === 0 ? { score: 0.99, kind: 'exact' } : { score: 0.85 + 0.1 * Math.min(1, whole), kind: 'words' };
  if (worst === 'prefix') return { score: 0.75 + 0.1 * Math.min(1, whole), kind: 'prefix' };
  if (worst === 'slip' && !isSafe(given, own)) return { score: 0.5 * share, kind: 'near' };
  if (worst === 'slip') return { score: (0.7 + 0.15 * Math.min(1, whole)) * share, kind: 'slip' };
  return { score: 0.5 * share * Math.min(1, whole), kind: 'near' };
}

/**
 * Letters in another order are a slip. A letter more or less is one too, where the other words of the name bear it out; a single word
 * that differs by a letter (Johnson, Johnston) may as well be another name.
 */
function isSafe(given: readonly string[], own: readonly string[]): boolean {
  if (given.length > 1) return true;
  const letters = (word: string): string => [...word].sort().join('');
  return given.every((word) => own.some((other) => letters(word) === letters(other)));
}

function bestWord(word: string, among: readonly string[]): { match: WordMatch; at: number; likeness: number } {
  let best: { match: WordMatch; at: number; likeness: number } = { match: 'unlike', at: -1, likeness: 0 };
  for (const [at, other] of among.entries()) {
    const { match, likeness } = compareWords(word, other);
    if (RANK[match] < RANK[best.match] || (match === best.match && likeness > best.likeness)) best = { match, at, likeness };
  }
  return best;
}

function compareWords(word: string, other: string): { match: WordMatch; likeness: number } {
  if (word === other) return { match: 'same', likeness: 1 };
  // A number with another digit is another number.
  if (/\d/.test(word) || /\d/.test(other)) return { match: 'unlike', likeness: 0 };
  if (word.length >= SHORTEST_PREFIX && other.startsWith(word)) return { match: 'prefix', likeness: word.length / other.length };
  const longest = Math.max(word.length, other.length);
  const cost = slipCost(word, other);
  const likeness = Math.max(0, 1 - cost / longest);
  if (cost <= 1 && longest > 2) return { match: 'slip', likeness };
  if (cost <= SUBSTITUTION && longest >= LONG_FOR_ONE) return { match: 'slip', likeness };
  if (cost <= 1 + SUBSTITUTION && longest >= LONG_FOR_TWO) return { match: 'slip', likeness };
  return likeness >= 0.5 ? { match: 'near', likeness } : { match: 'unlike', likeness: 0 };
}

/** Edits between two words: a letter more, less, or swapped with its neighbour costs 1, another letter 1.5. */
export function slipCost(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const isSame = left[i - 1] === right[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : SUBSTITUTION));
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (isSwap) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length] ?? 0;
}

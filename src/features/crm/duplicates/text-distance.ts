import { foldText } from '../../../shared/text.js';

/** The words of a text in lower case, without accents and punctuation. */
export function foldWords(text: string): string {
  return foldText(text)
    .replace(/['’`]/g, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/** Edits (insert, delete, replace, swap of neighbours) between two strings; stops above `limit` and answers `limit + 1`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
      if (cost < best) best = cost;
    }
    if (best > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return Math.min(previous[b.length] ?? 0, limit + 1);
}

/** Whether two strings of equal length differ by one swap of neighbours and by nothing else. */
export function isTransposition(a: string, b: string): boolean {
  if (a.length !== b.length || a === b) return false;
  let at = 0;
  while (a[at] === b[at]) at++;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

function jaro(a: string, b: string): number {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const usedB = new Array<boolean>(b.length).fill(false);
  const fromA: string[] = [];
  for (let i = 0; i < a.length; i++) {
    for (let j = Math.max(0, i - reach); j < Math.min(b.length, i + reach + 1); j++) {
      if (usedB[j] || a[i] !== b[j]) continue;
      usedB[j] = true;
      fromA.push(b.charAt(j));
      break;
    }
  }
  const matched = fromA.length;
  if (matched === 0) return 0;
  let out = 0;
  let next = 0;
  for (let j = 0; j < b.length; j++) {
    if (!usedB[j]) continue;
    if (fromA[next] !== b[j]) out++;
    next++;
  }
  return (matched / a.length + matched / b.length + (matched - out / 2) / matched) / 3;
}

/** Jaro-Winkler similarity, 0 to 1, the same in both directions. */
export function jaroWinkler(left: string, right: string): number {
  if (left === right) return 1;
  const [a, b] = left.length < right.length || (left.length === right.length && left < right) ? [left, right] : [right, left];
  const base = jaro(a, b);
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a[prefix] === b[prefix]) prefix++;
  return base + prefix * 0.1 * (1 - base);
}

const SOUND: Readonly<Record<string, string>> = {
  b: '1',
  f: '1',
  p: '1',
  v: '1',
  c: '2',
  g: '2',
  j: '2',
  k: '2',
  q: '2',
  s: '2',
  x: '2',
  z: '2',
  d: '3',
  t: '3',
  l: '4',
  m: '5',
  n: '5',
  r: '6',
};

/** American Soundex of one folded word; a word in another script is its own first letters. */
export function soundex(word: string): string {
  if (!/^[a-z]/.test(word)) return word.slice(0, 4);
  let code = word.charAt(0);
  let last = SOUND[code] ?? '';
  for (const letter of word.slice(1)) {
    const sound = SOUND[letter] ?? '';
    if (sound !== '' && sound !== last) code += sound;
    if (letter !== 'h' && letter !== 'w') last = sound;
    if (code.length === 4) break;
  }
  return code.padEnd(4, '0');
}

/** Share of common words: 1 when both hold the same set of words, 0 when none is common. */
export function wordOverlap(a: string, b: string): number {
  const left = new Set(a.split(' '));
  const right = new Set(b.split(' '));
  let common = 0;
  for (const word of left) if (right.has(word)) common++;
  return common / (left.size + right.size - common);
}

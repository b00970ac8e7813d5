import { conceptsByStem } from './concepts.js';
import { WORD_LEVELS } from './word-levels.js';
import { stemOf, type Word, wordsOf } from './words.js';

/**
 * How much each kind of feature counts beside a word. Chosen on one half of the clauses that bench/embeddings.mjs measures, by few coarse
 * steps; it reports on the other half. Changing any of it makes other vectors, and so needs another name of the model.
 */
const SHARE = { unknownWord: 0.8, number: 0.4, pair: 0.9, concept: 0.6, letters: 0.08, lettersOfUnknown: 0.4 };
/** The rarity of a word counts by its root: with plain inverse frequency, names outweigh what is said. */
const RARITY_POWER = 0.5;
const LEAST_LEVEL = 0.3;
/** Lengths of runs of letters, by which words with typing errors and words of no known language still meet. */
const RUNS = [2, 3];
/** How the name of a feature of letters begins. */
export const RUN = 'run ';
const NOTHING: ReadonlyMap<string, number> = new Map([['nothing', 1]]);

const concepts = conceptsByStem(stemOf);
const weights = new Map(
  WORD_LEVELS.flatMap((stems, level) => {
    const weight = Math.max(LEAST_LEVEL, level) ** RARITY_POWER;
    return stems
      .trim()
      .split(/\s+/)
      .map((stem) => [stem, weight] as const);
  }),
);

/** What a text is made of, each with its weight: words, neighbouring words, concepts, runs of letters. Never empty. */
export function featuresOf(text: string): ReadonlyMap<string, number> {
  const words = wordsOf(text);
  if (words.length === 0) return NOTHING;
  const features = new Map<string, number>();
  for (const { word, count } of counted(words)) addWord(features, word, weightOf(word) * (1 + Math.log(count)));
  words.reduce((before, word) => {
    features.set(`pair ${before.stem} ${word.stem}`, SHARE.pair * Math.sqrt(weightOf(before) * weightOf(word)));
    return word;
  });
  return features;
}

function weightOf({ stem }: Word): number {
  return /^\p{N}/u.test(stem) ? SHARE.number : (weights.get(stem) ?? SHARE.unknownWord);
}

function counted(words: readonly Word[]): Iterable<{ word: Word; count: number }> {
  const found = new Map<string, { word: Word; count: number }>();
  for (const word of words) {
    const known = found.get(word.stem);
    if (known) known.count++;
    else found.set(word.stem, { word, count: 1 });
  }
  return found.values();
}

function addWord(features: Map<string, number>, word: Word, weight: number): void {
  features.set(`word ${word.stem}`, weight);
  for (const concept of concepts.get(word.stem) ?? []) add(features, concept, weight * SHARE.concept);
  // A word that is not in the table is a name or a misspelling: how it is written is most of what is known of it.
  const letters = weights.has(word.stem) ? SHARE.letters : SHARE.lettersOfUnknown;
  for (const run of runsOf(word.stem)) add(features, run, weight * letters);
}

/** Squares add up, so that many words of one concept do not drown the rest. */
function add(features: Map<string, number>, feature: string, weight: number): void {
  features.set(feature, Math.hypot(features.get(feature) ?? 0, weight));
}

function runsOf(stem: string): string[] {
  const framed = `<${stem}>`;
  const runs: string[] = [];
  for (const length of RUNS) {
    for (let at = 0; at + length <= framed.length; at++) runs.push(RUN + framed.slice(at, at + length));
  }
  return runs;
}

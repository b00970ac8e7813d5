import { foldText } from '../../../shared/text.js';
import type { RerankCall } from '../ai-types.js';

/** Vectors say what a text is about, words whether it says just this; the mixture that did best on clauses and leads. */
const WEIGHT_OF_WORDS = 0.4;

interface Vectors {
  readonly query: Float32Array;
  readonly documents: readonly Float32Array[];
}

/** Documents by nearness of their vectors and by the query's words they hold, rare words counting more; ties keep their order. */
export function localRanking(call: Pick<RerankCall, 'query' | 'documents'>, vectors: Vectors): { index: number; score: number }[] {
  const wanted = [...wordsOf(call.query)];
  const held = call.documents.map((text) => wordsOf(text));
  const weights = wanted.map((word) => Math.log(1 + call.documents.length / (1 + held.filter((words) => words.has(word)).length)));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return held
    .map((words, index) => {
      const overlap = wanted.reduce((sum, word, at) => sum + (words.has(word) ? (weights[at] ?? 0) : 0), 0);
      const nearness = Math.max(0, cosine(vectors.query, vectors.documents[index]));
      return { index, score: WEIGHT_OF_WORDS * (whole > 0 ? overlap / whole : 0) + (1 - WEIGHT_OF_WORDS) * nearness };
    })
    .sort((a, b) => b.score - a.score || a.index - b.index);
}

function wordsOf(text: string): Set<string> {
  return new Set(foldText(text).match(/[\p{L}\p{N}]{2,}/gu) ?? []);
}

/** Of unit vectors; rounding may take it a little past 1. */
function cosine(left: Float32Array, right: Float32Array | undefined): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += (left[at] ?? 0) * (right?.[at] ?? 0);
  return Math.min(1, sum);
}

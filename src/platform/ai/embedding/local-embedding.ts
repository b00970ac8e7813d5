import { VECTOR_DIMENSIONS } from '../ai-types.js';
import type { LocalEmbedder } from '../local-embedder.js';
import { featuresOf } from './features.js';
import { projected } from './projection.js';

/**
 * One vector of length 1 for each text, without a model: the same on every machine and in every run. Case, accents, spaces and punctuation
 * make no difference; texts that share words, neighbouring words, spellings or concepts point the same way. A text without a word gets
 * one fixed vector. Takes some 0.5 ms a text of 40 words: long lists are for a job, in pieces.
 */
export function embedTexts(texts: readonly string[]): Float32Array[] {
  return texts.map((text) => projected(featuresOf(text)));
}

/** The engine that needs no key and no model; the default. */
export const localEmbedding = {
  name: 'local',
  model: 'concord-hash-v1',
  dimensions: VECTOR_DIMENSIONS,
  embed: embedTexts,
} as const satisfies LocalEmbedder & { readonly name: string; readonly dimensions: number };

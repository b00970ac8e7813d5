import { VECTOR_DIMENSIONS } from '../ai-types.js';
import { RUN } from './features.js';

/** Of the 1024 places each feature takes these; enough that every place of a text of a few words is used, so that signs mean something. */
const PLACES = 128;
/** Runs of letters are many and each says little. */
const PLACES_OF_RUN = 32;
const PLACE_BITS = 10;

/**
 * The weighted features of a text as one vector of length 1. Each feature adds or subtracts its weight at places its hash chooses, so
 * that the cosine of two vectors is near that of their features, off by some 0.03.
 */
export function projected(features: ReadonlyMap<string, number>): Float32Array {
  const sums = new Float64Array(VECTOR_DIMENSIONS);
  for (const [feature, weight] of features) scatter(sums, feature, weight);
  return unit(sums);
}

function scatter(sums: Float64Array, feature: string, weight: number): void {
  let state = hashOf(feature) || 1;
  const places = feature.startsWith(RUN) ? PLACES_OF_RUN : PLACES;
  // Fewer places of more weight: the length of what a feature adds is the same.
  const step = weight / Math.sqrt(places);
  for (let place = 0; place < places; place++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const mixed = mix(state);
    const at = mixed & (VECTOR_DIMENSIONS - 1);
    sums[at] = (sums[at] ?? 0) + ((mixed >>> PLACE_BITS) & 1 ? step : -step);
  }
}

/** FNV-1a over UTF-16 units, then mixed: whole numbers only, so that every machine gives the same. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return mix(hash);
}

function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The vector of the same direction and length 1. */
export function unit(values: ArrayLike<number>): Float32Array {
  let squares = 0;
  for (let at = 0; at < values.length; at++) squares += (values[at] ?? 0) ** 2;
  const length = Math.sqrt(squares);
  if (!(length > 0 && Number.isFinite(length))) throw new RangeError('A vector of zeros, or with what is no number, has no direction');
  return Float32Array.from(values, (value) => value / length);
}

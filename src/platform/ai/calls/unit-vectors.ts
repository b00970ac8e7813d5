import { VECTOR_DIMENSIONS } from '../ai-types.js';
import { EngineFailure } from '../engines/engine-failure.js';

/**
 * Vectors as we store them: one a text, `VECTOR_DIMENSIONS` long, of unit length. Shorter ones are filled with zeros, which changes no
 * angle; longer ones are refused, because cutting them would.
 */
export function unitVectors(given: readonly (readonly number[] | Float32Array)[], count: number): Float32Array[] {
  if (given.length !== count) throw new EngineFailure('broken-answer', `it gave ${given.length} vectors for ${count} texts`);
  return given.map(unitVector);
}

function unitVector(given: readonly number[] | Float32Array): Float32Array {
  if (given.length === 0 || given.length > VECTOR_DIMENSIONS)
    throw new EngineFailure('misconfigured', `its vectors have ${given.length} dimensions, we store up to ${VECTOR_DIMENSIONS}`);
  const vector = new Float32Array(VECTOR_DIMENSIONS);
  vector.set(given);
  const length = Math.hypot(...vector);
  // A text without a single word has no direction: it is left as it is, near to nothing.
  if (!Number.isFinite(length)) throw new EngineFailure('broken-answer', 'its vectors are not made of numbers');
  return length === 0 ? vector : vector.map((value) => value / length);
}

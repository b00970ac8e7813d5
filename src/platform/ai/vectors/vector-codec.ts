import { VECTOR_DIMENSIONS } from '../ai-types.js';
import { unit } from '../embedding/projection.js';

const BYTES = 4;

/** The vector as unit length; throws a RangeError for another number of dimensions, zeros or what is no number. */
export function checkedVector(vector: ArrayLike<number>): Float32Array {
  if (vector.length !== VECTOR_DIMENSIONS) throw new RangeError(`A vector has ${VECTOR_DIMENSIONS} numbers, not ${vector.length}`);
  return unit(vector);
}

/** Signs as PostgreSQL reads a bit string: 1 for a positive number. */
export function signsOf(vector: Float32Array): string {
  let signs = '';
  for (const value of vector) signs += value > 0 ? '1' : '0';
  return signs;
}

/** Float32, little-endian, whatever the machine. */
export function bytesOf(vector: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(vector.length * BYTES);
  vector.forEach((value, at) => bytes.writeFloatLE(value, at * BYTES));
  return bytes;
}

export function vectorOf(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.length / BYTES }, (_, at) => bytes.readFloatLE(at * BYTES));
}

/** The cosine of a vector of unit length and one that is stored, without making the latter. */
export function cosine(vector: Float32Array, bytes: Buffer): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sum = 0;
  for (let at = 0; at < vector.length; at++) sum += (vector[at] ?? 0) * view.getFloat32(at * BYTES, true);
  return sum;
}

/** Vectors without a model; `embedding/` is the one there is. */
export abstract class LocalEmbedder {
  /** Name of this way to make vectors; another one has another name, because vectors of two never compare. */
  abstract readonly model: string;
  /** One vector a text, in order, `VECTOR_DIMENSIONS` long and of unit length. */
  abstract embed(texts: readonly string[]): readonly Float32Array[];
}

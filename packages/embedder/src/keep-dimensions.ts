import { LarderError } from "@larder/contracts";

/**
 * The first `count` values of a vector as a unit vector; a vector of `count` values comes back as it is, bit for bit.
 * @throws {@link LarderError} `EMBEDDER_OUTPUT_INVALID` if what is left has no direction
 * @source Kusupati et al.: Matryoshka Representation Learning, NeurIPS 2022, arXiv:2205.13147
 */
export function keepDimensions(vector: Float32Array, count: number): Float32Array {
  if (vector.length === count) return vector;
  const kept = vector.subarray(0, count);
  let squares = 0;
  for (const value of kept) squares += value * value;
  const norm = Math.sqrt(squares);
  if (!(norm > 0 && norm < Number.POSITIVE_INFINITY)) {
    throw new LarderError("EMBEDDER_OUTPUT_INVALID", { details: { norm: String(norm), keptDimensions: count } });
  }
  return kept.map((value) => value / norm);
}

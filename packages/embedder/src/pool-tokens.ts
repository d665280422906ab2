import { LarderError } from "@larder/contracts";
import type { Pooling } from "./embedding-models.ts";

/**
 * One unit vector from a row-major matrix of `tokens × dimensions`.
 *
 * Sums are kept in double precision and rounded once, in a fixed order: the same rows give the same bits.
 * @throws {@link LarderError} `EMBEDDER_OUTPUT_INVALID` if the result has no direction (zero, NaN or infinite)
 */
export function poolTokens(rows: Float32Array, dimensions: number, pooling: Pooling): Float32Array {
  const sum = new Float64Array(dimensions);
  const last = rows.length - dimensions;
  const from = pooling === "last_token" ? last : 0;
  const to = pooling === "first_token" ? 0 : last;
  for (let start = from; start <= to; start += dimensions) {
    for (let d = 0; d < dimensions; d++) sum[d] = (sum[d] ?? 0) + (rows[start + d] ?? 0);
  }
  let squares = 0;
  for (const value of sum) squares += value * value;
  const norm = Math.sqrt(squares);
  if (!(norm > 0 && norm < Number.POSITIVE_INFINITY)) {
    throw new LarderError("EMBEDDER_OUTPUT_INVALID", { details: { norm: String(norm) } });
  }
  return Float32Array.from(sum, (value) => value / norm);
}

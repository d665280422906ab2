import { LarderError } from "@larder/contracts";

/**
 * @param matrix - Row-major, `count` rows of `dimensions`.
 * @throws {@link LarderError} `INDEX_VECTOR_INVALID` unless each row is finite and not zero
 */
export function checkVectors(matrix: Float32Array, count: number, dimensions: number): void {
  if (matrix.length !== count * dimensions || (count > 0 && !(Number.isInteger(dimensions) && dimensions > 0))) {
    throw new LarderError("INDEX_VECTOR_INVALID", { details: { values: matrix.length, passages: count, dimensions } });
  }
  for (let row = 0; row < count; row++) {
    let squares = 0;
    for (let i = row * dimensions; i < (row + 1) * dimensions; i++) squares += (matrix[i] ?? Number.NaN) ** 2;
    if (!Number.isFinite(squares) || squares === 0) {
      throw new LarderError("INDEX_VECTOR_INVALID", { details: { row, dimensions } });
    }
  }
}

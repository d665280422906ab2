import { LarderError } from "@larder/contracts";

const normToleranceMax = 1e-3; // float32 rounding of up to 4,096 dimensions stays below a hundredth of it

/**
 * Refuses a matrix that is not `rowCount` finite rows of unit length.
 * @throws {@link LarderError} `EMBEDDER_OUTPUT_INVALID`
 */
export function checkUnitRows(matrix: Float32Array, rowCount: number, dimensions: number): Float32Array {
  if (matrix.length !== rowCount * dimensions) {
    throw new LarderError("EMBEDDER_OUTPUT_INVALID", {
      details: { expectedValues: rowCount * dimensions, actualValues: matrix.length },
    });
  }
  for (let row = 0; row < rowCount; row++) {
    let squares = 0;
    for (let i = row * dimensions; i < (row + 1) * dimensions; i++) squares += (matrix[i] ?? 0) ** 2;
    const norm = Math.sqrt(squares);
    if (!(Math.abs(norm - 1) <= normToleranceMax)) {
      throw new LarderError("EMBEDDER_OUTPUT_INVALID", { details: { row, norm: String(norm) } }); // also NaN
    }
  }
  return matrix;
}

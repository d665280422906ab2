/**
 * `x` of `A x = b` for a symmetric positive definite `A` of which the lower triangle is read, by Cholesky's
 * decomposition. Nothing checks that it is positive definite: otherwise there are NaNs. `O(n³)`.
 */
export function solvePositiveDefinite(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const n = right.length;
  const at = (rows: readonly Float64Array[], i: number, j: number): number => rows[i]?.[j] ?? 0;
  const lower = Array.from({ length: n }, () => new Float64Array(n));
  for (const [i, row] of lower.entries()) {
    for (let j = 0; j <= i; j += 1) {
      let rest = at(matrix, i, j);
      for (let k = 0; k < j; k += 1) rest -= at(lower, i, k) * at(lower, j, k);
      row[j] = i === j ? Math.sqrt(rest) : rest / at(lower, j, j);
    }
  }
  const solution = Float64Array.from(right);
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k < i; k += 1) solution[i] = (solution[i] ?? 0) - at(lower, i, k) * (solution[k] ?? 0);
    solution[i] = (solution[i] ?? 0) / at(lower, i, i);
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < n; k += 1) solution[i] = (solution[i] ?? 0) - at(lower, k, i) * (solution[k] ?? 0);
    solution[i] = (solution[i] ?? 0) / at(lower, i, i);
  }
  return solution;
}

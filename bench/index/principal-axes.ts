export interface PrincipalAxes {
  /** Falling. */
  readonly values: Float64Array;
  /** Column `j` belongs to `values[j]`: element `i` of it is `vectors[i * n + j]`. */
  readonly vectors: Float64Array;
}

const sweepsMax = 30;

/**
 * Eigenvalues and eigenvectors of a symmetric `n × n` matrix by rotations of two axes at a time. `O(n³)` a sweep, some
 * ten sweeps: two seconds for 256.
 * @source Golub, Van Loan: Matrix Computations, 4th edition, §8.5 (cyclic Jacobi)
 */
export function principalAxes(matrix: Float64Array, n: number): PrincipalAxes {
  const a = matrix.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < sweepsMax && offDiagonal(a, n) > 1e-20 * diagonal(a, n); sweep++) {
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).toSorted((i, j) => at(a, j * n + j) - at(a, i * n + i));
  const vectors = new Float64Array(n * n);
  for (const [j, from] of order.entries()) for (let i = 0; i < n; i++) vectors[i * n + j] = at(v, i * n + from);
  return { values: Float64Array.from(order, (i) => at(a, i * n + i)), vectors };
}

/** Makes element `(p, q)` zero. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const pq = at(a, p * n + q);
  if (Math.abs(pq) < 1e-300) return;
  const theta = (at(a, q * n + q) - at(a, p * n + p)) / (2 * pq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let i = 0; i < n; i++) turn(a, i * n + p, i * n + q, c, s);
  for (let i = 0; i < n; i++) turn(a, p * n + i, q * n + i, c, s);
  for (let i = 0; i < n; i++) turn(v, i * n + p, i * n + q, c, s);
}

function turn(values: Float64Array, i: number, j: number, c: number, s: number): void {
  const x = at(values, i);
  const y = at(values, j);
  values[i] = c * x - s * y;
  values[j] = s * x + c * y;
}

function diagonal(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += at(a, i * n + i) ** 2;
  return sum;
}

function offDiagonal(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n * n; i++) sum += at(a, i) ** 2;
  return sum - diagonal(a, n);
}

function at(values: Float64Array, i: number): number {
  return values[i] ?? 0;
}

import { clusterVectors } from "./cluster-vectors.ts";
import { principalAxes } from "./principal-axes.ts";
import type { RealEmbeddings } from "./real-embeddings.ts";
import type { VectorStatistics } from "./vector-statistics.ts";

const passagesPerCluster = 100; // enough to know a cluster's main axes, few enough to be one topic
const rounds = 10;
const axesRowsMax = 128; // rows of one half of a cluster: as many axes are estimated, at `O(rows³)`
const axesClustersMax = 60;

/**
 * The numbers of `VectorStatistics` of real passages: k-means, then principal variances of the centres and inside the
 * clusters. The latter are those of one half of a cluster along axes that were found on the other half, because a
 * sample's own axes have too much variance. What no axis covers is spread evenly over the rest.
 */
export function fitStatistics({
  passages,
  documents,
  dimensions,
  embedder,
}: RealEmbeddings): Omit<VectorStatistics, "questionMix"> {
  const count = documents.length;
  const clusters = Math.max(2, Math.round(count / passagesPerCluster));
  const { assigned, centres, sizes } = clusterVectors(passages, dimensions, clusters, rounds);
  const mean = new Float64Array(dimensions);
  for (let i = 0; i < passages.length; i++) {
    mean[i % dimensions] = (mean[i % dimensions] ?? 0) + (passages[i] ?? 0) / count;
  }
  const residuals = passages.map((value, i) => {
    const k = assigned[Math.floor(i / dimensions)] ?? 0;
    return value - (centres[k * dimensions + (i % dimensions)] ?? 0);
  });
  const squares = new Float64Array(clusters); // mean squared distance from the centre
  for (let i = 0; i < count; i++) {
    const k = assigned[i] ?? 0;
    squares[k] = (squares[k] ?? 0) + dot(residuals, i, i, dimensions) / (sizes[k] ?? 1);
  }
  const meanSquare = squares.reduce((sum, square, k) => sum + (square * (sizes[k] ?? 0)) / count, 0);
  const pairs = neighbourPairs(documents, assigned);
  const shared = pairs.reduce((sum, [i, j]) => sum + dot(residuals, i, j, dimensions), 0);
  const own = pairs.reduce((sum, [i, j]) => {
    return sum + (dot(residuals, i, i, dimensions) + dot(residuals, j, j, dimensions)) / 2;
  }, 0);
  return {
    embedder,
    passages: count,
    dimensions,
    meanLength: Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0)),
    clusters,
    sizeExponent: sizeExponentOf(sizes),
    centreVariances: centreVariances(centres, sizes, mean, dimensions),
    clusterVariances: clusterVariances(residuals, assigned, squares, dimensions).map((value) => value * meanSquare),
    clusterSpread: deviation([...squares].filter((square) => square > 0).map((square) => Math.log(square) / 2)),
    groupShare: shared / own,
    groupSize: count / new Set(Array.from(documents, (document, i) => `${document} ${assigned[i]}`)).size,
  };
}

/** Passages beside each other in one document and one cluster. */
function neighbourPairs(documents: Uint32Array, assigned: Uint32Array): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  for (let i = 1; i < documents.length; i++) {
    if (documents[i] === documents[i - 1] && assigned[i] === assigned[i - 1]) pairs.push([i - 1, i]);
  }
  return pairs;
}

function centreVariances(centres: Float32Array, sizes: Uint32Array, mean: Float64Array, n: number): readonly number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const covariance = new Float64Array(n * n);
  for (const [k, size] of sizes.entries()) {
    const offset = Float64Array.from(mean, (value, j) => (centres[k * n + j] ?? 0) - value);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        covariance[i * n + j] = (covariance[i * n + j] ?? 0) + ((offset[i] ?? 0) * (offset[j] ?? 0) * size) / total;
      }
    }
  }
  return Array.from(principalAxes(covariance, n).values, (value) => Math.max(0, value));
}

/** Sums to one. The largest clusters count alike, each scaled to the same spread. */
function clusterVariances(
  residuals: Float32Array,
  assigned: Uint32Array,
  squares: Float64Array,
  n: number,
): readonly number[] {
  const members = new Map<number, number[]>();
  for (const [i, k] of assigned.entries()) {
    const rows = members.get(k) ?? [];
    members.set(k, rows);
    rows.push(i);
  }
  const largest = [...members].toSorted(([, a], [, b]) => b.length - a.length).slice(0, axesClustersMax);
  const sums = new Array<number>(n).fill(0);
  for (const [k, rows] of largest) {
    const known = rows.filter((_, i) => i % 2 === 0).slice(0, axesRowsMax);
    const other = rows.filter((_, i) => i % 2 === 1);
    const variances = variancesAlong(residuals, known, other, n);
    const rest = (squares[k] ?? 0) - variances.reduce((sum, value) => sum + value, 0);
    const each = Math.max(0, rest) / Math.max(1, n - variances.length);
    for (let j = 0; j < n; j++) sums[j] = (sums[j] ?? 0) + (variances[j] ?? each);
  }
  const total = sums.reduce((sum, value) => sum + value, 0);
  return sums.map((value) => value / total).toSorted((a, b) => b - a);
}

/** Mean squares of `other` rows along the principal axes of the `known` ones, found by way of their inner products. */
function variancesAlong(
  residuals: Float32Array,
  known: readonly number[],
  other: readonly number[],
  n: number,
): readonly number[] {
  const m = known.length;
  const products = new Float64Array(m * m);
  for (const [a, i] of known.entries())
    for (const [b, j] of known.entries()) products[a * m + b] = dot(residuals, i, j, n);
  const { values, vectors } = principalAxes(products, m);
  const axes = Array.from(values, (value, column) => ({ value, column })).filter(({ value }) => value > 1e-9);
  return axes.slice(0, n).map(({ value, column }) => {
    const axis = new Float64Array(n);
    for (const [a, i] of known.entries()) {
      const weight = (vectors[a * m + column] ?? 0) / Math.sqrt(value);
      for (let j = 0; j < n; j++) axis[j] = (axis[j] ?? 0) + weight * (residuals[i * n + j] ?? 0);
    }
    const squares = other.map((i) => axis.reduce((sum, x, j) => sum + x * (residuals[i * n + j] ?? 0), 0) ** 2);
    return squares.reduce((sum, square) => sum + square, 0) / squares.length;
  });
}

/** Least squares of log size over log rank, without the smallest fifth, which k-means leaves odd. */
function sizeExponentOf(sizes: Uint32Array): number {
  const sorted = [...sizes].filter((size) => size > 0).toSorted((a, b) => b - a);
  const points = sorted.slice(0, Math.ceil(sorted.length * 0.8)).map((size, i) => [Math.log(i + 1), Math.log(size)]);
  const meanOf = (axis: number): number => points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / points.length;
  const [x, y] = [meanOf(0), meanOf(1)];
  const sum = (f: (dx: number, dy: number) => number): number =>
    points.reduce((total, [px = 0, py = 0]) => total + f(px - x, py - y), 0);
  return -sum((dx, dy) => dx * dy) / sum((dx) => dx * dx);
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** Of rows `i` and `j`. */
function dot(rows: Float32Array, i: number, j: number, n: number): number {
  let sum = 0;
  for (let d = 0; d < n; d++) sum += (rows[i * n + d] ?? 0) * (rows[j * n + d] ?? 0);
  return sum;
}

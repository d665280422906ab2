import { seededRandom } from "@larder/testkit";
import { VectorRotation } from "./rotate-vector.ts";
import { writeRows } from "./vector-blocks.ts";
import type { VectorStatistics } from "./vector-statistics.ts";

export interface GeneratedFiles {
  readonly vectors: string;
  readonly queries: string;
}

export interface GeneratedCounts {
  readonly vectors: number;
  /** Drawn like the vectors and kept apart from them. */
  readonly queries: number;
}

/** How queries lie: as the passages that are stored, or as real questions about them. */
export type Asked = "held-out" | "questions";

interface Cluster {
  readonly centre: Float32Array;
  readonly spread: number;
  /** Each cluster has its variance along axes of its own. */
  readonly rotation: VectorRotation;
}

/**
 * Writes unit vectors that lie as those of passages do: topics of very different sizes (clusters), in these passages of
 * one document beside each other (groups), each level a Gaussian with the principal variances of the real ones. Queries
 * are further passages of the same documents, taken out evenly, so none of them is stored, and are moved away from these by
 * as much as questions are. The same seed, statistics and
 * counts give the same bytes.
 *
 * Twice the vectors are √2 times the clusters, each √2 times as large. The exponent is chosen arbitrarily, between a
 * collection that only grows wider and one that only grows denser.
 */
export function generateVectors(
  statistics: VectorStatistics,
  counts: GeneratedCounts,
  { seed, ask }: { readonly seed: number; readonly ask: Asked },
  files: GeneratedFiles,
): void {
  const queries: Float32Array[] = [];
  const total = counts.vectors + counts.queries;
  function* stored(): Generator<Float32Array> {
    let i = 0;
    for (const vector of drawVectors(statistics, total, seed)) {
      const isQuery = Math.floor(((i + 1) * counts.queries) / total) > Math.floor((i * counts.queries) / total);
      i += 1;
      if (isQuery) queries.push(vector.slice());
      else yield vector;
    }
  }
  writeRows(files.vectors, statistics.dimensions, stored());
  const mix = ask === "questions" ? statistics.questionMix : 0;
  writeRows(files.queries, statistics.dimensions, mixRows(queries, mix));
}

/** Each row with `mix` of the row after it, of unit length. Rows beside each other are of unlike documents. */
export function mixRows(rows: readonly Float32Array[], mix: number): readonly Float32Array[] {
  return rows.map((row, i) => {
    const other = rows[(i + 1) % rows.length];
    const mixed = row.map((value, j) => value + mix * (other?.[j] ?? 0));
    scaleToUnit(mixed);
    return mixed;
  });
}

/** One array, filled anew for each vector. */
function* drawVectors(statistics: VectorStatistics, count: number, seed: number): Generator<Float32Array> {
  const { dimensions, groupShare, groupSize } = statistics;
  const random = seededRandom(seed);
  const normal = normalNumbers(random);
  const clusters = drawClusters(statistics, count, random, normal);
  const pick = pickerBySize(clusters.length, statistics.sizeExponent, random);
  const deviations = statistics.clusterVariances.map(Math.sqrt);
  const deviation = new Float32Array(dimensions);
  const groupDeviation = new Float32Array(dimensions);
  const vector = new Float32Array(dimensions);
  const [common, own] = [Math.sqrt(groupShare), Math.sqrt(1 - groupShare)];
  for (let left = 0, i = 0; i < count; i++, left--) {
    if (left === 0) {
      left = Math.ceil(Math.log(1 - random()) / Math.log(1 - 1 / groupSize)) || 1; // geometric, at least one
      fillNormal(groupDeviation, deviations, normal);
      pick.next();
    }
    const cluster = clusters[pick.last];
    if (cluster === undefined) throw new Error("no cluster");
    fillNormal(deviation, deviations, normal);
    for (let j = 0; j < dimensions; j++) {
      deviation[j] = common * (groupDeviation[j] ?? 0) + own * (deviation[j] ?? 0);
    }
    cluster.rotation.apply(deviation);
    for (let j = 0; j < dimensions; j++) vector[j] = (cluster.centre[j] ?? 0) + cluster.spread * (deviation[j] ?? 0);
    scaleToUnit(vector);
    yield vector;
  }
}

function drawClusters(
  { dimensions, passages, clusters, centreVariances, meanLength, clusterSpread }: VectorStatistics,
  count: number,
  random: () => number,
  normal: () => number,
): readonly Cluster[] {
  const rotation = new VectorRotation(dimensions, random);
  const mean = new Float32Array(dimensions);
  mean[dimensions - 1] = meanLength; // along the axis of the least variance, then turned like the rest
  const deviations = centreVariances.map(Math.sqrt);
  const wanted = Math.max(2, Math.round(clusters * Math.sqrt(count / passages)));
  return Array.from({ length: wanted }, () => {
    const centre = new Float32Array(dimensions);
    fillNormal(centre, deviations, normal);
    for (let j = 0; j < dimensions; j++) centre[j] = (centre[j] ?? 0) + (mean[j] ?? 0);
    rotation.apply(centre);
    // The mean of a log-normal spread's square is kept at one.
    const spread = Math.exp(clusterSpread * normal() - clusterSpread ** 2);
    return { centre, spread, rotation: new VectorRotation(dimensions, random) };
  });
}

/** Chooses among `count` by rank to the power of `-exponent`. */
function pickerBySize(count: number, exponent: number, random: () => number) {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += (i + 1) ** -exponent;
    sums[i] = sum;
  }
  const picker = {
    last: 0,
    next(): void {
      const wanted = random() * sum;
      let [low, high] = [0, count - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((sums[middle] ?? 0) < wanted) low = middle + 1;
        else high = middle;
      }
      picker.last = low;
    },
  };
  return picker;
}

/** @source Box, Muller: A note on the generation of random normal deviates, 1958, doi:10.1214/aoms/1177706645 */
function normalNumbers(random: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

function fillNormal(target: Float32Array, deviations: readonly number[], normal: () => number): void {
  for (let j = 0; j < target.length; j++) target[j] = (deviations[j] ?? 0) * normal();
}

function scaleToUnit(vector: Float32Array): void {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const inverse = 1 / Math.sqrt(sum);
  for (let j = 0; j < vector.length; j++) vector[j] = (vector[j] ?? 0) * inverse;
}

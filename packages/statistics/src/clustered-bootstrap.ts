import { mean } from "./mean.ts";
import { seededRandom } from "./seeded-random.ts";

export interface Interval {
  readonly mean: number;
  /** Bounds of the 95 % interval. */
  readonly low: number;
  readonly high: number;
}

export interface PairedDifference extends Interval {
  /** Two-sided: how often a resample falls on the other side of zero, doubled, at most 1. */
  readonly p: number;
}

/** One set's values by query, and which cluster each query belongs to, in the same order. */
export interface ClusteredValues {
  readonly values: readonly number[];
  /** Questions about one document are not independent: whole clusters are drawn. */
  readonly clusters: readonly string[];
}

const resamples = 10_000;

/**
 * Mean over queries with its percentile bootstrap interval. Clusters are drawn with replacement and the mean is over
 * the queries drawn. Repeats for one seed. One cluster alone has no spread: its interval is the mean.
 * @source Efron, Tibshirani: An Introduction to the Bootstrap, 1993, chapter 13; Field, Welsh: Bootstrapping clustered
 * data, Journal of the Royal Statistical Society B 69(3), 2007
 */
export function bootstrapMean(sample: ClusteredValues, seed = 1): Interval {
  return { mean: mean(sample.values), ...bounds(resampledMeans(sample, seed)) };
}

/** Mean of per-query differences with interval and p-value; of one cluster, which says nothing of others, that is 1. */
export function bootstrapDifference(differences: ClusteredValues, seed = 1): PairedDifference {
  const found = withP(mean(differences.values), resampledMeans(differences, seed));
  return groupClusters(differences.clusters).length < 2 ? { ...found, p: 1 } : found;
}

/** The mean of the sets' means, each set counting the same, its clusters drawn apart from the others'. */
export function bootstrapMacroDifference(sets: readonly ClusteredValues[], seed = 1): PairedDifference {
  const drawn = sets.map((set, i) => resampledMeans(set, seed + i));
  const means = new Float64Array(resamples);
  for (let i = 0; i < resamples; i += 1) means[i] = mean(drawn.map((ofSet) => ofSet[i] ?? 0));
  return withP(mean(sets.map(({ values }) => mean(values))), means);
}

/** `a[i] - b[i]`: both systems answered the same queries in the same order. */
export function differencesOf(
  a: readonly number[],
  b: readonly number[],
  clusters: readonly string[],
): ClusteredValues {
  return { values: a.map((value, i) => value - (b[i] ?? 0)), clusters };
}

/** Indexes of the queries of each cluster, in order of first appearance. */
export function groupClusters(clusters: readonly string[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const [i, cluster] of clusters.entries()) {
    const group = groups.get(cluster);
    if (group === undefined) groups.set(cluster, [i]);
    else group.push(i);
  }
  return [...groups.values()];
}

function resampledMeans({ values, clusters }: ClusteredValues, seed: number): Float64Array {
  const random = seededRandom(seed);
  const groups = groupClusters(clusters);
  const sums = groups.map((group) => group.reduce((sum, i) => sum + (values[i] ?? 0), 0));
  const counts = groups.map((group) => group.length);
  const means = new Float64Array(resamples);
  for (let i = 0; i < resamples; i += 1) {
    let sum = 0;
    let count = 0;
    for (let n = 0; n < groups.length; n += 1) {
      const drawn = Math.floor(random() * groups.length);
      sum += sums[drawn] ?? 0;
      count += counts[drawn] ?? 0;
    }
    means[i] = count === 0 ? 0 : sum / count;
  }
  return means;
}

function withP(value: number, means: Float64Array): PairedDifference {
  const below = means.filter((resampled) => resampled <= 0).length / means.length;
  const above = means.filter((resampled) => resampled >= 0).length / means.length;
  return { mean: value, ...bounds(means), p: Math.min(1, 2 * Math.min(below, above)) };
}

function bounds(means: Float64Array): { readonly low: number; readonly high: number } {
  const sorted = means.toSorted();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { low: at(0.025), high: at(0.975) };
}

import { mean } from "./metrics.ts";

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

const resamples = 10_000;

/**
 * Mean of per-query values with its percentile bootstrap interval over queries. Repeats for one seed.
 * @source Efron, Tibshirani: An Introduction to the Bootstrap, 1993, chapter 13
 */
export function bootstrapMean(values: readonly number[], seed = 1): Interval {
  const means = resampledMeans(values, seed);
  return { mean: mean(values), ...bounds(means) };
}

/** Mean of `a[i] - b[i]` with interval and p-value: both systems answered the same queries in the same order. */
export function pairedBootstrap(a: readonly number[], b: readonly number[], seed = 1): PairedDifference {
  const differences = a.map((value, i) => value - (b[i] ?? 0));
  const means = resampledMeans(differences, seed);
  const below = means.filter((value) => value <= 0).length / means.length;
  const above = means.filter((value) => value >= 0).length / means.length;
  return { mean: mean(differences), ...bounds(means), p: Math.min(1, 2 * Math.min(below, above)) };
}

function resampledMeans(values: readonly number[], seed: number): Float64Array {
  const random = seeded(seed);
  const means = new Float64Array(resamples);
  for (let i = 0; i < resamples; i += 1) {
    let sum = 0;
    for (let n = 0; n < values.length; n += 1) sum += values[Math.floor(random() * values.length)] ?? 0;
    means[i] = values.length === 0 ? 0 : sum / values.length;
  }
  return means.sort();
}

function bounds(sorted: Float64Array): { readonly low: number; readonly high: number } {
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { low: at(0.025), high: at(0.975) };
}

/** @source Marsaglia: Xorshift RNGs, Journal of Statistical Software 8(14), 2003, the triple (13, 17, 5) */
function seeded(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

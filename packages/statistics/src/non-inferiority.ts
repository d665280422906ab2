import type { ClusteredValues } from "./clustered-bootstrap.ts";
import { groupClusters } from "./clustered-bootstrap.ts";
import { designEffect } from "./design-effect.ts";
import { expandedBounds, resampledStatistic } from "./draw-clusters.ts";
import { mean } from "./mean.ts";
import { studentT } from "./student-t.ts";

export interface NonInferiority {
  /** Mean difference, ours less theirs. */
  readonly delta: number;
  /** What the difference is above with 97.5 % certainty. */
  readonly lower: number;
  /** What it is below with 97.5 % certainty. */
  readonly upper: number;
  /** `lower` is above `-margin`. */
  readonly isEstablished: boolean;
}

/**
 * Whether a paired difference of qualities, each -1 … 1, is at worst `margin` below 0.
 *
 * The bounds are the wider ones of two intervals. A clustered bootstrap sees nothing where no pair differs, and would
 * then be sure after three questions; so it is joined by a score interval, which never is: `n / (n + z²)` of the mean,
 * with `z²` differences of ±1 added, and `n` divided by what the clusters cost. Where no pair differs its lower bound is
 * `-z² / (n + z²)`, as Tango's.
 * @source Agresti, Min: Simple improved confidence intervals for comparing matched proportions, Statistics in Medicine
 * 24, 2005; Tango: Equivalence test and confidence interval for the difference in proportions, Statistics in Medicine 17,
 * 1998
 */
export function nonInferiority(
  differences: ClusteredValues,
  margin: number,
  { seed = 1, resamples = 10_000 }: { readonly seed?: number; readonly resamples?: number } = {},
): NonInferiority {
  const { values, clusters } = differences;
  const delta = mean(values);
  const clusterCount = groupClusters(clusters).length;
  const average = (sums: readonly number[], count: number): number => (count === 0 ? 0 : (sums[0] ?? 0) / count);
  const drawn = resampledStatistic([values], clusters, average, { seed, resamples });
  const bootstrap = expandedBounds(drawn, clusterCount);
  const score = scoreBounds(differences, clusterCount);
  const lower = Math.min(bootstrap.low, score.low);
  return { delta, lower, upper: Math.max(bootstrap.high, score.high), isEstablished: lower > -margin };
}

function scoreBounds({ values, clusters }: ClusteredValues, clusterCount: number) {
  if (clusterCount < 2) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const count = values.length / designEffect(values, clusters);
  const scale = count / values.length;
  const t = studentT(0.975, clusterCount - 1);
  const added = t ** 2;
  const total = count + added;
  const middle = (scale * values.reduce((sum, value) => sum + value, 0)) / total;
  const squares = (scale * values.reduce((sum, value) => sum + value ** 2, 0) + added) / total;
  const half = t * Math.sqrt(Math.max(0, squares - middle ** 2) / total);
  return { low: middle - half, high: middle + half };
}

import { groupClusters } from "./clustered-bootstrap.ts";
import { seededRandom } from "./seeded-random.ts";
import type { Certainty } from "./student-t.ts";
import { normalCumulative, studentT } from "./student-t.ts";

/**
 * A statistic of column sums under redrawn clusters: `statistic(sums, count)` for each resample, ascending. Columns are
 * summed once a cluster, so a resample costs one step a cluster.
 */
export function resampledStatistic(
  columns: readonly (readonly number[])[],
  clusters: readonly string[],
  statistic: (sums: readonly number[], count: number) => number,
  { seed, resamples }: { readonly seed: number; readonly resamples: number },
): Float64Array {
  const random = seededRandom(seed);
  const groups = groupClusters(clusters);
  const totals = groups.map((group) => columns.map((column) => group.reduce((sum, i) => sum + (column[i] ?? 0), 0)));
  const drawn = new Float64Array(resamples);
  const sums = columns.map(() => 0);
  for (let i = 0; i < resamples; i += 1) {
    sums.fill(0);
    let count = 0;
    for (let n = 0; n < groups.length; n += 1) {
      const at = Math.floor(random() * groups.length);
      for (let c = 0; c < sums.length; c += 1) sums[c] = (sums[c] ?? 0) + (totals[at]?.[c] ?? 0);
      count += groups[at]?.length ?? 0;
    }
    drawn[i] = statistic(sums, count);
  }
  return drawn.sort();
}

/**
 * Bounds of a percentile interval, each with this certainty (0.975 both ways is 95 %), whose share is corrected for few clusters: plain percentiles are as narrow as a
 * normal interval with the biased variance, these are as wide as Student's. `G` clusters: the tails are
 * `Φ(-√(G/(G-1)) · t(G-1))`. One cluster has no interval: its bounds are infinite.
 * @source Hesterberg: What teachers should know about the bootstrap, The American Statistician 69(4), 2015, section 5.3
 */
export function expandedBounds(
  ascending: Float64Array,
  clusterCount: number,
  certainty: Certainty = 0.975,
): { readonly low: number; readonly high: number } {
  if (clusterCount < 2) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const tail = normalCumulative(-Math.sqrt(clusterCount / (clusterCount - 1)) * studentT(certainty, clusterCount - 1));
  const index = Math.floor(tail * ascending.length);
  return { low: ascending[index] ?? 0, high: ascending[ascending.length - 1 - index] ?? 0 };
}

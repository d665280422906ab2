import { groupClusters } from "./clustered-bootstrap.ts";
import { expandedBounds, resampledStatistic } from "./draw-clusters.ts";

/** What two ways took for the same questions, in the same order. */
export interface PairedTotals {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  readonly clusters: readonly string[];
}

export interface SavedShare {
  /** `1 - Σ ours / Σ theirs`: a ratio of sums, signed. 0 where neither took anything. */
  readonly share: number;
  /** 95 %, by redrawn clusters. Without bounds where there is only one cluster. */
  readonly low: number;
  readonly high: number;
  /**
   * Each bound with 99 % certainty, for whoever has to say yes or no. The 95 % interval errs slightly too often: in
   * simulations 2.5 to 3.9 % of the differences that are none seem to save something.
   */
  readonly sureLow: number;
  readonly sureHigh: number;
}

/** The share of their total that we did not take, with its interval. Repeats for one seed. */
export function bootstrapSavedShare(
  { ours, theirs, clusters }: PairedTotals,
  { seed = 1, resamples = 10_000 }: { readonly seed?: number; readonly resamples?: number } = {},
): SavedShare {
  const share = (sums: readonly number[]): number => shareOf(sums[0] ?? 0, sums[1] ?? 0);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const drawn = resampledStatistic([ours, theirs], clusters, share, { seed, resamples });
  const clusterCount = groupClusters(clusters).length;
  const sure = expandedBounds(drawn, clusterCount, 0.99);
  return {
    share: shareOf(sum(ours), sum(theirs)),
    ...expandedBounds(drawn, clusterCount),
    sureLow: sure.low,
    sureHigh: sure.high,
  };
}

function shareOf(ours: number, theirs: number): number {
  if (theirs === 0) return ours === 0 ? 0 : Number.NEGATIVE_INFINITY; // any amount more than nothing
  return 1 - ours / theirs;
}

export {
  bootstrapDifference,
  bootstrapMacroDifference,
  bootstrapMean,
  type ClusteredValues,
  differencesOf,
  groupClusters,
  type Interval,
  type PairedDifference,
} from "./clustered-bootstrap.ts";
export { expandedBounds } from "./draw-clusters.ts";
export { independentNonInferiority } from "./independent-non-inferiority.ts";
export { type Agreement, cohenKappa } from "./kappa.ts";
export { areaOnLogTokens, type CurvePoint, tokensForRecall } from "./log-curve.ts";
export { exactMcNemar } from "./mcnemar.ts";
export { mean } from "./mean.ts";
export { type NonInferiority, nonInferiority } from "./non-inferiority.ts";
export { quantile } from "./quantile.ts";
export { bootstrapRatio } from "./ratio-of-sums.ts";
export { bootstrapSavedShare, type PairedTotals, type SavedShare } from "./saved-share.ts";
export { qualityInterval } from "./score-interval.ts";
export { seededRandom } from "./seeded-random.ts";
export { type Certainty, studentT } from "./student-t.ts";
export { wilsonInterval } from "./wilson.ts";

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
export { mean } from "./mean.ts";
export { quantile } from "./quantile.ts";
export { bootstrapRatio } from "./ratio-of-sums.ts";
export { seededRandom } from "./seeded-random.ts";

import { groupClusters } from "./clustered-bootstrap.ts";
import { mean } from "./mean.ts";

/** Variance of the mean by clusters over that of as many independent values; at least 1. */
export function designEffect(values: readonly number[], clusters: readonly string[]): number {
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  if (variance === 0) return 1;
  const between = groupClusters(clusters).reduce(
    (sum, group) => sum + group.reduce((part, i) => part + ((values[i] ?? 0) - middle), 0) ** 2,
    0,
  );
  return Math.max(1, between / variance);
}

import type { ClusteredValues } from "./clustered-bootstrap.ts";
import { groupClusters } from "./clustered-bootstrap.ts";
import { designEffect } from "./design-effect.ts";
import { mean } from "./mean.ts";
import type { NonInferiority } from "./non-inferiority.ts";
import { studentT } from "./student-t.ts";

/**
 * Whether the mean of one sample, each value 0 … 1, is at worst `margin` below that of another that shares no question
 * with it.
 *
 * Newcombe's interval: the distances of each share from the bounds of its own score interval, squared and added. Each
 * sample counts as many values as its clusters are worth, with Student's quantile for so many clusters. A sample of one
 * cluster, or of none, establishes nothing.
 * @source Newcombe: Interval estimation for the difference between independent proportions, Statistics in Medicine 17,
 * 1998, method 10
 */
export function independentNonInferiority(
  ours: ClusteredValues,
  theirs: ClusteredValues,
  margin: number,
): NonInferiority {
  const [a, b] = [scoreInterval(ours), scoreInterval(theirs)];
  const delta = a.mean - b.mean;
  const lower = delta - Math.hypot(a.mean - a.low, b.high - b.mean);
  const upper = delta + Math.hypot(a.high - a.mean, b.mean - b.low);
  return { delta, lower, upper, isEstablished: lower > -margin };
}

function scoreInterval({ values, clusters }: ClusteredValues) {
  const clusterCount = groupClusters(clusters).length;
  const share = mean(values);
  if (clusterCount < 2) return { mean: share, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const count = values.length / designEffect(values, clusters);
  const t2 = studentT(0.975, clusterCount - 1) ** 2;
  const middle = (share + t2 / (2 * count)) / (1 + t2 / count);
  const half = Math.sqrt(t2 * ((share * (1 - share)) / count + t2 / (4 * count ** 2))) / (1 + t2 / count);
  return { mean: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

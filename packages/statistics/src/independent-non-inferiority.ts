import type { ClusteredValues } from "./clustered-bootstrap.ts";
import type { NonInferiority } from "./non-inferiority.ts";
import { scoreInterval } from "./score-interval.ts";

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

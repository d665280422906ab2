import type { ClusteredValues, Interval } from "./clustered-bootstrap.ts";
import { bootstrapMean, groupClusters } from "./clustered-bootstrap.ts";
import { designEffect } from "./design-effect.ts";
import { mean } from "./mean.ts";
import { studentT } from "./student-t.ts";

/**
 * 95 % score interval of the mean of values 0 … 1: Wilson's, with as many values as the clusters are worth and Student's
 * quantile for so many clusters. Infinite where there is one cluster or none: nothing is known of others.
 * @source Wilson: Probable inference, the law of succession, and statistical inference, JASA 22, 1927
 */
export function scoreInterval({ values, clusters }: ClusteredValues): Interval {
  const clusterCount = groupClusters(clusters).length;
  const share = mean(values);
  if (clusterCount < 2) return { mean: share, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const count = values.length / designEffect(values, clusters);
  const t2 = studentT(0.975, clusterCount - 1) ** 2;
  const middle = (share + t2 / (2 * count)) / (1 + t2 / count);
  const half = Math.sqrt(t2 * ((share * (1 - share)) / count + t2 / (4 * count ** 2))) / (1 + t2 / count);
  return { mean: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * Mean quality, 0 … 1, with its 95 % interval by redrawn clusters. Where all values are the same no draw differs from
 * another, and a bootstrap would be sure of anything after three questions: there it is the score interval.
 */
export function qualityInterval(sample: ClusteredValues, seed = 1): Interval {
  const isOne = new Set(sample.values).size < 2 || new Set(sample.clusters).size < 2;
  return isOne ? scoreInterval(sample) : bootstrapMean(sample, seed);
}

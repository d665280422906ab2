const confidenceZ = 1.645; // one-sided 95 %

export interface MeasuredRecall {
  /** Mean of the queries' recall, 0 … 1. */
  readonly mean: number;
  /** The true mean lies above this with 95 % confidence. */
  readonly lowerBound: number;
}

/**
 * What the recall of sampled queries says about all queries: Wilson's lower bound for a proportion, one-sided. Each of
 * `neighbours` per query is one trial; but those of one query are found or missed together, so the trials are divided
 * by how much more the queries' means vary than independent trials would (the design effect of a cluster sample).
 * 1,000 queries without a miss give 0.9997, so a bound of 1 is never reached. No queries: both are 0.
 *
 * @source Wilson: Probable inference, the law of succession, and statistical inference, 1927,
 * doi:10.1080/01621459.1927.10502953; Kish: Survey Sampling, 1965 (design effect)
 */
export function measureRecall(recalls: readonly number[], neighbours: number): MeasuredRecall {
  const { length } = recalls;
  if (length === 0) return { mean: 0, lowerBound: 0 };
  const mean = recalls.reduce((sum, recall) => sum + recall, 0) / length;
  const variance = recalls.reduce((sum, recall) => sum + (recall - mean) ** 2, 0) / Math.max(1, length - 1);
  const independent = (mean * (1 - mean)) / neighbours;
  const designEffect = independent === 0 ? 1 : Math.max(1, variance / independent);
  const trials = (length * neighbours) / designEffect;
  const z2 = confidenceZ ** 2;
  const centre = mean + z2 / (2 * trials);
  const margin = confidenceZ * Math.sqrt((mean * (1 - mean) + z2 / (4 * trials)) / trials);
  return { mean, lowerBound: (centre - margin) / (1 + z2 / trials) };
}

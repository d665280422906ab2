import type { Interval } from "./clustered-bootstrap.ts";
import { quantile } from "./quantile.ts";
import { seededRandom } from "./seeded-random.ts";

const resamples = 2_000;

/**
 * Sum over sum with its 95 % percentile interval: pairs are drawn anew with replacement. Repeats for one seed. A mean of
 * ratios would let the smallest pair count as much as the largest. 0 for no pairs, and for denominators that sum to 0.
 */
export function bootstrapRatio(
  pairs: readonly { readonly numerator: number; readonly denominator: number }[],
  seed = 1,
): Interval {
  const random = seededRandom(seed);
  const ratioOf = (draw: (index: number) => number) => {
    let [numerator, denominator] = [0, 0];
    for (let i = 0; i < pairs.length; i += 1) {
      const pair = pairs[draw(i)];
      numerator += pair?.numerator ?? 0;
      denominator += pair?.denominator ?? 0;
    }
    return denominator === 0 ? 0 : numerator / denominator;
  };
  const ratios = Array.from({ length: resamples }, () => ratioOf(() => Math.floor(random() * pairs.length)));
  return { mean: ratioOf((i) => i), low: quantile(ratios, 0.025), high: quantile(ratios, 0.975) };
}

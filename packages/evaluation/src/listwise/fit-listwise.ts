import type { JudgedList } from "./judged-list.ts";
import { scoresOf, softmax } from "./judged-list.ts";
import { solvePositiveDefinite } from "./solve-positive-definite.ts";

/** Strength of the pull to 0. With hundreds of lists it settles directions that the lists leave open and no others. */
const ridge = 2;
const stepsMax = 50; // it takes about ten
const halvingsMax = 30;
const stepMin = 1e-6;

/**
 * Weights of a linear score such that a softmax over each list's candidates draws the list's gold with the greatest
 * likelihood.
 *
 * Maximises `Σ over lists Σ over candidates t log p - ridge / 2 |w|²`, where `t` is the candidate's share of the gold that
 * the list's candidates hold and `p` its share of the softmax. Lists without gold say nothing. That is concave, so there is
 * one maximum; Newton's method finds it, each step halved until it helps. Cost: `O(candidates × features²)` a step.
 *
 * @returns As many as features; all 0 without lists. Their sum is the softmax's sharpness for weights that add up to 1.
 * @source Cao et al.: Learning to Rank: From Pairwise Approach to Listwise Approach, ICML 2007 (ListNet, top one)
 */
export function fitListwise(lists: readonly JudgedList[], featureCount: number): readonly number[] {
  const targets = lists.flatMap((list) => {
    const sum = list.gold.reduce((total, gold) => total + gold, 0);
    return sum === 0 ? [] : [{ list, shares: list.gold.map((gold) => gold / sum) }];
  });
  let weights: readonly number[] = new Array<number>(featureCount).fill(0);
  let loss = lossOf(targets, weights);
  for (let step = 0; step < stepsMax; step += 1) {
    const direction = newtonStep(targets, weights);
    const next = halveUntilBetter(direction, loss, weights, (moved) => lossOf(targets, moved));
    if (next === undefined) break;
    weights = next.weights;
    loss = next.loss;
    if (direction.every((size) => Math.abs(size) < stepMin)) break;
  }
  return weights;
}

interface Target {
  readonly list: JudgedList;
  /** Of each candidate; they add up to 1. */
  readonly shares: readonly number[];
}

function halveUntilBetter(
  direction: Float64Array,
  loss: number,
  weights: readonly number[],
  lossAt: (weights: readonly number[]) => number,
): { readonly weights: readonly number[]; readonly loss: number } | undefined {
  for (let halvings = 0, length = 1; halvings < halvingsMax; halvings += 1, length /= 2) {
    const moved = weights.map((weight, j) => weight + length * (direction[j] ?? 0));
    const lossThere = lossAt(moved);
    if (lossThere < loss) return { weights: moved, loss: lossThere };
  }
  return undefined;
}

/** The objective, negated. */
function lossOf(targets: readonly Target[], weights: readonly number[]): number {
  let loss = (ridge / 2) * weights.reduce((sum, weight) => sum + weight * weight, 0);
  for (const { list, shares } of targets) {
    const drawn = softmax(scoresOf(list, weights));
    for (const [i, share] of shares.entries()) if (share > 0) loss -= share * Math.log(drawn[i] ?? 0);
  }
  return loss;
}

/** The inverse of the loss's curvature times its downward slope. */
function newtonStep(targets: readonly Target[], weights: readonly number[]): Float64Array {
  const n = weights.length;
  const slope = Float64Array.from(weights, (weight) => -ridge * weight);
  const curvature = Array.from({ length: n }, (_, j) =>
    Float64Array.from({ length: n }, (__, k) => (j === k ? ridge : 0)),
  );
  const centred = new Float64Array(n);
  for (const { list, shares } of targets) {
    const drawn = softmax(scoresOf(list, weights));
    const means = new Float64Array(n);
    for (const [i, share] of drawn.entries()) {
      for (let j = 0; j < n; j += 1) means[j] = (means[j] ?? 0) + share * (list.features[i * n + j] ?? 0);
    }
    for (const [i, share] of drawn.entries()) {
      for (let j = 0; j < n; j += 1) {
        const feature = list.features[i * n + j] ?? 0;
        slope[j] = (slope[j] ?? 0) + ((shares[i] ?? 0) - share) * feature;
        centred[j] = feature - (means[j] ?? 0);
      }
      for (const [j, row] of curvature.entries()) {
        for (let k = 0; k <= j; k += 1) row[k] = (row[k] ?? 0) + share * (centred[j] ?? 0) * (centred[k] ?? 0);
      }
    }
  }
  return solvePositiveDefinite(curvature, slope);
}

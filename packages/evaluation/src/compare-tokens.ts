import { groupClusters, quantile, seededRandom, tokensForRecall } from "@larder/statistics";
import type { PairedValues } from "./pair-scores.ts";
import { evidenceRecallName } from "./query-scores.ts";
import { tokenBudgets } from "./token-budgets.ts";

/** Tokens for one level of evidence recall in two runs. */
export interface TokenComparison {
  /** 0.8, 0.9 or 0.95. */
  readonly recall: number;
  /** Absent where the greatest budget does not reach it. */
  readonly a?: number;
  readonly b?: number;
  /** `b / a` with its 95 % interval, clustered by document; absent unless both reach it. */
  readonly ratio?: { readonly mean: number; readonly low: number; readonly high: number };
}

const levels = [0.8, 0.9, 0.95];
const resamples = 2_000; // each makes two curves; the bounds move by less than a point between seeds

/** A resample that does not reach the level counts as the greatest budget: its ratio is then a bound. */
export function compareTokens(paired: ReadonlyMap<string, PairedValues>, seed = 1): readonly TokenComparison[] {
  const columns = tokenBudgets.flatMap((tokens) => {
    const values = paired.get(evidenceRecallName(tokens));
    return values === undefined ? [] : [{ tokens, values }];
  });
  const clusters = columns[0]?.values.clusters;
  if (clusters === undefined) return [];
  const groups = groupClusters(clusters);
  const count = clusters.length;
  const curve = (side: "a" | "b", weights: readonly number[], total: number) =>
    columns.map(({ tokens, values }) => ({
      tokens,
      recall: values[side].reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0) / total,
    }));
  const random = seededRandom(seed);
  const drawnCurves = Array.from({ length: resamples }, () => {
    const weights = new Array<number>(count).fill(0);
    let total = 0;
    for (let n = 0; n < groups.length; n += 1) {
      const group = groups[Math.floor(random() * groups.length)] ?? [];
      for (const i of group) weights[i] = (weights[i] ?? 0) + 1;
      total += group.length;
    }
    return { a: curve("a", weights, total), b: curve("b", weights, total) };
  });
  const once = new Array<number>(count).fill(1);
  const greatest = columns.at(-1)?.tokens ?? 1;
  return levels.map((recall) => {
    const a = tokensForRecall(curve("a", once, count), recall);
    const b = tokensForRecall(curve("b", once, count), recall);
    const ratios = drawnCurves.map(
      (drawn) => (tokensForRecall(drawn.b, recall) ?? greatest) / (tokensForRecall(drawn.a, recall) ?? greatest),
    );
    return {
      recall,
      ...(a === undefined ? {} : { a }),
      ...(b === undefined ? {} : { b }),
      ...(a === undefined || b === undefined
        ? {}
        : { ratio: { mean: b / a, low: quantile(ratios, 0.025), high: quantile(ratios, 0.975) } }),
    };
  });
}

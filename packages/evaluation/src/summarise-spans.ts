import type { CurvePoint, Interval } from "@larder/statistics";
import { bootstrapMean, mean, tokensForRecall } from "@larder/statistics";
import type { PipelineScores } from "./query-scores.ts";
import { evidenceRecallName, tokensSpentName } from "./query-scores.ts";
import { tokenBudgets } from "./token-budgets.ts";

/** Tokens that reach 80, 90 and 95 % evidence recall; absent where the greatest budget does not reach it. */
export interface TokensForRecall {
  readonly t80?: number;
  readonly t90?: number;
  readonly t95?: number;
}

/** One pipeline on a set of long documents with gold spans. */
export interface SpanSummary extends TokensForRecall {
  readonly queries: number;
  readonly spanRecallAt5: Interval;
  readonly characterRecallAt5: Interval;
  readonly precisionAt5: number;
  readonly intersectionOverUnionAt5: number;
  readonly curve: readonly {
    readonly tokenBudget: number;
    readonly recall: Interval;
    /** Mean o200k tokens of evidence text under this budget. */
    readonly tokensSpent: number;
  }[];
  /** Under the budget that the pipeline chooses; absent when it does not. */
  readonly auto?: { readonly recall: Interval; readonly tokensSpent: number };
  /** The same three over the tokens of text that were spent, instead of the budget that allowed them. */
  readonly spent: TokensForRecall;
  /** Mean evidence recall over the logarithm of the budget, 0 … 1. */
  readonly area: Interval;
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
  /** Of evidence text, per second of retrieval. */
  readonly tokensPerSecond?: number;
}

export function summariseSpans({ queries, clusters, values, latencyMs, ...rest }: PipelineScores): SpanSummary {
  const interval = (name: string): Interval => bootstrapMean({ values: values[name] ?? [], clusters });
  const meanOf = (name: string): number => mean(values[name] ?? []);
  const curve = tokenBudgets.map((tokenBudget) => ({
    tokenBudget,
    recall: interval(evidenceRecallName(tokenBudget)),
    tokensSpent: meanOf(tokensSpentName(tokenBudget)),
  }));
  const byBudget = curve.map(({ tokenBudget, recall }) => ({ tokens: tokenBudget, recall: recall.mean }));
  return {
    queries: queries.length,
    spanRecallAt5: interval("spanRecallAt5"),
    characterRecallAt5: interval("characterRecallAt5"),
    precisionAt5: meanOf("precisionAt5"),
    intersectionOverUnionAt5: meanOf("intersectionOverUnionAt5"),
    curve,
    ...allTokensForRecall(byBudget),
    ...(values[evidenceRecallName("Auto")] === undefined
      ? {}
      : { auto: { recall: interval(evidenceRecallName("Auto")), tokensSpent: meanOf(tokensSpentName("Auto")) } }),
    spent: allTokensForRecall(spentCurve(values)),
    area: interval("evidenceArea"),
    latencyMsP50: latencyMs.p50,
    latencyMsP99: latencyMs.p99,
    ...(rest.tokensPerSecond === undefined ? {} : { tokensPerSecond: rest.tokensPerSecond }),
  };
}

/** Mean evidence recall over the mean tokens of evidence text, one point a budget. */
export function spentCurve(values: PipelineScores["values"]): readonly CurvePoint[] {
  return tokenBudgets.map((tokenBudget) => ({
    tokens: mean(values[tokensSpentName(tokenBudget)] ?? []),
    recall: mean(values[evidenceRecallName(tokenBudget)] ?? []),
  }));
}

function allTokensForRecall(curve: readonly CurvePoint[]): TokensForRecall {
  const [t80, t90, t95] = [0.8, 0.9, 0.95].map((recall) => tokensForRecall(curve, recall));
  return {
    ...(t80 === undefined ? {} : { t80 }),
    ...(t90 === undefined ? {} : { t90 }),
    ...(t95 === undefined ? {} : { t95 }),
  };
}

import { tokensForRecall } from "@larder/statistics";
import { compareTokens } from "./compare-tokens.ts";
import { pairScores } from "./pair-scores.ts";
import type { PipelineScores } from "./query-scores.ts";
import { spentCurve } from "./summarise-spans.ts";
import { tokenBudgets } from "./token-budgets.ts";

/** Our tokens for a recall as a share of another pipeline's, on the same questions of one set. */
export interface TokenShare {
  /** 0.8, 0.9 or 0.95. */
  readonly recall: number;
  /** Absent when we do not reach the recall. */
  readonly share?: number;
  /** They do not reach it by the greatest budget, so the true share is smaller. */
  readonly isUpperBound: boolean;
  /** 95 %, clustered by document; absent unless both reach it. */
  readonly interval?: { readonly low: number; readonly high: number };
  /** The same of the tokens of evidence text that were spent, without titles and markers; absent unless both reach it. */
  readonly spentShare?: number;
}

export function tokenShares(ours: PipelineScores, theirs: PipelineScores): readonly TokenShare[] {
  const greatest = tokenBudgets[tokenBudgets.length - 1] ?? 1;
  const [ourSpent, theirSpent] = [spentCurve(ours.values), spentCurve(theirs.values)];
  const spentShare = (recall: number) => {
    const [a, b] = [tokensForRecall(ourSpent, recall), tokensForRecall(theirSpent, recall)];
    return a === undefined || b === undefined ? {} : { spentShare: a / b };
  };
  return compareTokens(pairScores(theirs, ours)).map(({ recall, a, b, ratio }) => ({
    recall,
    ...(b === undefined ? {} : { share: b / (a ?? greatest) }),
    isUpperBound: a === undefined,
    ...(ratio === undefined ? {} : { interval: { low: ratio.low, high: ratio.high } }),
    ...spentShare(recall),
  }));
}

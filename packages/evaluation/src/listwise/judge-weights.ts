import type { CurvePoint } from "@larder/statistics";
import { areaOnLogTokens, mean } from "@larder/statistics";
import { tokenBudgets } from "../token-budgets.ts";
import type { JudgedList } from "./judged-list.ts";
import { scoresOf, softmax } from "./judged-list.ts";

/**
 * Share of a question's gold in the best candidates that fit each budget, the last one cut. Tokens are those of the
 * candidates' text alone, and nothing is joined or filled: it compares weights, not what a prompt will cost.
 */
export function recallCurve(list: JudgedList, weights: readonly number[]): readonly CurvePoint[] {
  const order = bestFirst(scoresOf(list, weights));
  return tokenBudgets.map((budget) => {
    let left: number = budget;
    let held = 0;
    for (const i of order) {
      const tokens = list.tokens[i] ?? 0;
      held += (list.gold[i] ?? 0) * Math.min(1, tokens === 0 ? 1 : left / tokens);
      left -= tokens;
      if (left <= 0) break;
    }
    return { tokens: budget, recall: list.goldTotal === 0 ? 0 : held / list.goldTotal };
  });
}

/** The curves' mean, point by point. */
export function meanCurve(curves: readonly (readonly CurvePoint[])[]): readonly CurvePoint[] {
  return tokenBudgets.map((tokens, n) => ({ tokens, recall: mean(curves.map((curve) => curve[n]?.recall ?? 0)) }));
}

/** Mean recall over the logarithm of the budget, question by question. */
export function areasOf(lists: readonly JudgedList[], weights: readonly number[]): readonly number[] {
  return lists.map((list) => areaOnLogTokens(recallCurve(list, weights)));
}

export interface Calibration {
  /** Share of the gold that the taken candidates are expected to hold, at least. */
  readonly predicted: number;
  /** Share of the gold of all candidates that they hold, mean over questions. */
  readonly recall: number;
  /** Mean tokens of their text. */
  readonly tokens: number;
}

/**
 * Takes each question's candidates, best first, until their shares of the softmax add up to `predicted`, and compares
 * that with the gold that they hold. Questions of whose gold no candidate holds any are left out.
 *
 * @param weights - Not scaled to add up to 1: their sum is the softmax's sharpness.
 */
export function calibrationOf(
  lists: readonly JudgedList[],
  weights: readonly number[],
  predicted: number,
): Calibration {
  const recalls: number[] = [];
  const spent: number[] = [];
  for (const list of lists) {
    const found = list.gold.reduce((sum, gold) => sum + gold, 0);
    if (found === 0) continue;
    const scores = scoresOf(list, weights);
    const shares = softmax(scores);
    let [expected, gold, tokens] = [0, 0, 0];
    for (const i of bestFirst(scores)) {
      if (expected >= predicted) break;
      expected += shares[i] ?? 0;
      gold += list.gold[i] ?? 0;
      tokens += list.tokens[i] ?? 0;
    }
    recalls.push(gold / found);
    spent.push(tokens);
  }
  return { predicted, recall: mean(recalls), tokens: mean(spent) };
}

/** Indexes by falling score; equal ones in their order. */
function bestFirst(scores: Float64Array): readonly number[] {
  return Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
}

import { mean, qualityInterval } from "@larder/statistics";
import { sum } from "./compare-arms.ts";
import type { Figures } from "./figures.ts";
import { paired } from "./figures.ts";
import type { Comparison } from "./report-schema.ts";

/**
 * What Larder takes at the smallest budget that is surely good enough: the lower bound of its quality there is at least
 * the other's less the margin. `still_holds` says whether every greater budget is good enough too, since more evidence can
 * make answers worse. Where no budget is, there is no saving to tell.
 *
 * The other gets the same chance: of its own budgets, the smallest that is surely good enough. It is never charged for a
 * greater one than the one that set the target.
 *
 * @param ours - by budget, ascending
 * @param theirs - by budget, ascending; the last one sets the target
 */
export function atEqualQuality(
  ours: readonly Figures[],
  theirs: readonly Figures[],
  { margin, seed, isComplete }: { readonly margin: number; readonly seed: number; readonly isComplete: boolean },
): Comparison["at_equal_quality"] {
  const setter = theirs.at(-1);
  if (setter === undefined) return null;
  const target = mean(setter.quality) - margin;
  const lowerOf = (figures: Figures): number => {
    const clusters = figures.questions.map(({ cluster }) => cluster);
    return qualityInterval({ values: figures.quality, clusters }, seed).low;
  };
  const lowers = ours.map(lowerOf);
  const first = lowers.findIndex((lower) => lower >= target);
  const reached = ours[first];
  const nothing = { our_budget_tok: null, baseline_budget_tok: null, still_holds: null };
  if (reached === undefined || !isComplete) {
    return { q_star: target, ...nothing, tokens_ratio: null, usd_ratio: null };
  }
  const [mine, other] = paired(reached, theirs.find((figures) => lowerOf(figures) >= target) ?? setter);
  const ratio = (a: readonly number[], b: readonly number[]): number | null =>
    sum(b) === 0 ? null : 1 - sum(a) / sum(b);
  return {
    q_star: target,
    our_budget_tok: reached.budget,
    baseline_budget_tok: other.budget,
    still_holds: lowers.slice(first).every((lower) => lower >= target),
    tokens_ratio: ratio(mine.tokens, other.tokens),
    usd_ratio: mine.cost === undefined || other.cost === undefined ? null : ratio(mine.cost, other.cost),
  };
}

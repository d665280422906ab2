import { mean, qualityInterval } from "@larder/statistics";
import { sum } from "./compare-arms.ts";
import type { Figures } from "./figures.ts";
import { paired } from "./figures.ts";
import type { Comparison } from "./report-schema.ts";

/**
 * What Larder takes at the smallest budget that is surely good enough: the lower bound of its quality there is at least
 * the other's less the margin. `still_holds` says whether every greater budget is good enough too, since more evidence can
 * make answers worse. Where no budget is, there is no saving to tell.
 */
export function atEqualQuality(
  ours: readonly Figures[],
  theirs: Figures,
  { margin, seed }: { readonly margin: number; readonly seed: number },
): Comparison["at_equal_quality"] {
  const target = mean(theirs.quality) - margin;
  const lowers = ours.map((figures) => {
    const clusters = figures.questions.map(({ cluster }) => cluster);
    return qualityInterval({ values: figures.quality, clusters }, seed).low;
  });
  const first = lowers.findIndex((lower) => lower >= target);
  const reached = ours[first];
  if (reached === undefined) {
    return { q_star: target, our_budget_tok: null, still_holds: null, tokens_ratio: null, usd_ratio: null };
  }
  const [mine, other] = paired(reached, theirs);
  const ratio = (a: readonly number[], b: readonly number[]): number | null =>
    sum(b) === 0 ? null : 1 - sum(a) / sum(b);
  return {
    q_star: target,
    our_budget_tok: reached.budget,
    still_holds: lowers.slice(first).every((lower) => lower >= target),
    tokens_ratio: ratio(mine.tokens, other.tokens),
    usd_ratio: mine.cost === undefined || other.cost === undefined ? null : ratio(mine.cost, other.cost),
  };
}

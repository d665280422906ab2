import type { ArmReport, Comparison } from "./report-schema.ts";
import { isBound } from "./run-arms.ts";

/** The cheapest arm that somebody could use instead and that is as good; without one, the cheapest at all. */
export function headlineComparator(
  comparisons: readonly Comparison[],
  reports: readonly ArmReport[],
): Comparison | undefined {
  const usable = comparisons.filter(({ baseline, savings }) => savings !== null && !isBound(baseline));
  const costOf = ({ baseline, baseline_budget_tok }: Comparison): number => {
    const report = reports.find(({ id, budget_tok }) => id === baseline && budget_tok === baseline_budget_tok);
    if (report === undefined) return Number.POSITIVE_INFINITY;
    if (report.cost_usd !== null) return Number(report.cost_usd);
    return Object.values(report.tokens).reduce((total, value) => total + value, 0);
  };
  const passes = ({ noninferior }: Comparison): boolean =>
    noninferior !== null && noninferior.delta <= noninferior.margin;
  const best = (some: readonly Comparison[]) => some.toSorted((a, b) => costOf(a) - costOf(b))[0];
  return best(usable.filter(passes)) ?? best(usable);
}

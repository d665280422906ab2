import type { MetricComparison, RunComparison, TokenComparison } from "@larder/evaluation";
import { isBaseline } from "@larder/evaluation";
import Table from "cli-table3";

/** What is looked at first; the others are shown when asked for, and are always in the JSON. */
const mainMetrics: ReadonlySet<string> = new Set([
  "ndcgAt10",
  "recallAt5",
  "recallAt20",
  "reciprocalRankAt10",
  "allGoldAt10",
  "spanRecallAt5",
  "characterRecallAt5",
  "intersectionOverUnionAt5",
  "evidenceArea",
]);

/** The second file against the first: a difference above 0 means that the second has more. */
export function renderComparison(comparison: RunComparison, hasAllMetrics: boolean): string {
  // Baselines change only with their own code.
  const isShown = ({ pipeline }: { readonly pipeline: string }): boolean => hasAllMetrics || !isBaseline(pipeline);
  const [sets, macro] = [comparison.sets.filter(isShown), comparison.macro.filter(isShown)];
  const table = newTable(["set", "pipeline", "queries", "metric", "A", "B", "B - A", "95 % interval", "p"]);
  const shown = ({ metric }: MetricComparison): boolean => hasAllMetrics || mainMetrics.has(metric);
  for (const { set, pipeline, queries, metrics } of sets) {
    for (const metric of metrics.filter(shown)) table.push([set, pipeline, queries, ...cells(metric)]);
  }
  for (const metric of macro.filter(shown)) {
    table.push([`mean of ${metric.sets} sets`, metric.pipeline, "", ...cells(metric)]);
  }
  const tokens = newTable(["set", "pipeline", "tokens for", "A", "B", "B / A", "95 % interval"]);
  for (const { set, pipeline, tokens: levels } of sets) {
    for (const level of levels) tokens.push([set, pipeline, ...tokenCells(level)]);
  }
  return tokens.length === 0 ? table.toString() : `${table.toString()}\n${tokens.toString()}`;
}

function cells({ metric, a, b, difference: { mean, low, high, p } }: MetricComparison): string[] {
  const digits = Math.max(Math.abs(a), Math.abs(b)) > 10 ? 0 : 4;
  const signed = (value: number): string => `${value >= 0 ? "+" : ""}${value.toFixed(digits)}`;
  const chance = p < 0.001 ? "< .001" : p.toFixed(3);
  return [metric, a.toFixed(digits), b.toFixed(digits), signed(mean), `${signed(low)} to ${signed(high)}`, chance];
}

function tokenCells({ recall, a, b, ratio }: TokenComparison): string[] {
  const tokens = (value: number | undefined): string => (value === undefined ? "> 16k" : value.toFixed(0));
  const range = ratio === undefined ? "" : `${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}`;
  return [`${100 * recall} %`, tokens(a), tokens(b), ratio?.mean.toFixed(2) ?? "", range];
}

function newTable(head: string[]) {
  return new Table({ head, style: { head: [], border: [], compact: true } });
}

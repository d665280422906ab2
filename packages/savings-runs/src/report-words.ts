import type { ArmReport, Comparison } from "./report-schema.ts";
import { nameOfArm } from "./run-arms.ts";

/** Money as people read it, signed; "unknown" without a price. */
export function dollars(usd: string | null): string {
  if (usd === null) return "unknown";
  const value = Number(usd);
  const size = Math.abs(value);
  const text = size >= 1 ? size.toFixed(2) : size === 0 ? "0" : size.toPrecision(3);
  return `${value < 0 ? "-" : ""}$${text}`;
}

export function percent(share: number | null, digits = 1): string {
  return share === null ? "unknown" : `${(100 * share).toFixed(digits)} %`;
}

export function tokens(value: number | null): string {
  return value === null ? "not reached" : Math.round(value).toLocaleString("en-US");
}

export function between(
  [low, high]: readonly [number | null, number | null],
  text: (value: number | null) => string,
): string {
  return `${text(low)} to ${text(high)}`;
}

export function armName({ id, budget_tok }: Pick<ArmReport, "id" | "budget_tok">): string {
  return budget_tok === null ? nameOfArm(id) : `${nameOfArm(id)}, ${tokens(budget_tok)}`;
}

export function baselineName({ baseline, baseline_budget_tok }: Comparison): string {
  return armName({ id: baseline, budget_tok: baseline_budget_tok });
}

/** The rows of a table of arms, the first cell its name. */
export const armHead = [
  "arm",
  "n",
  "quality",
  "95 %",
  "evidence recall",
  "input tokens",
  "$ per 1,000",
  "$ per pass",
  "failures",
];

export function armRow(arm: ArmReport): readonly string[] {
  const { tokens: sums, n, quality } = arm;
  const input = sums.in_fresh + sums.in_cache_read + sums.in_cache_write + sums.in_other;
  return [
    armName(arm),
    String(n),
    percent(quality.value),
    between(quality.ci, percent),
    quality.evidence_recall === null ? "-" : percent(quality.evidence_recall),
    tokens(input),
    dollars(arm.usd_per_1k),
    dollars(arm.cost_per_pass_usd),
    String(arm.failures),
  ];
}

export const comparisonHead = [
  "against",
  "verdict",
  "quality difference",
  "lower bound",
  "McNemar p",
  "only ours / only theirs",
  "tokens saved",
  "money saved",
  "95 %",
  "top 1 %",
];

export function comparisonRow(one: Comparison): readonly string[] {
  const { noninferior: gate, savings } = one;
  const points = (value: number | null): string => (value === null ? "unknown" : (100 * value).toFixed(1));
  return [
    baselineName(one),
    one.verdict,
    gate === null ? "-" : points(gate.delta),
    gate === null ? "-" : points(gate.lower),
    gate === null ? "-" : gate.mcnemar_p.toPrecision(2),
    gate === null ? "-" : `${gate.only_ours} / ${gate.only_theirs}`,
    savings === null ? "-" : percent(savings.tokens.ratio),
    savings?.usd == null ? "-" : percent(savings.usd.ratio),
    savings === null ? "-" : between((savings.usd ?? savings.tokens).ci, percent),
    one.concentration_top1pct_ratio === null ? "-" : percent(one.concentration_top1pct_ratio, 0),
  ];
}

export const curveHead = ["arm", "T80", "T90", "T90, 95 %", "T95", "area", "skill"];

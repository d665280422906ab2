import type { RecallCurve, SavingsReport } from "./report-schema.ts";
import {
  armHead,
  armName,
  armRow,
  baselineName,
  between,
  comparisonHead,
  comparisonRow,
  curveHead,
  dollars,
  percent,
  tokens,
} from "./report-words.ts";
import { nameOfArm, ourArm } from "./run-arms.ts";

/** The report for a terminal, a pull request or a page of documentation. */
export function renderSavingsMarkdown(report: SavingsReport): string {
  const { preregistered: plan, scope } = report;
  return [
    "# Measured savings",
    `> ${report.headline}`,
    section("Verdicts", table(comparisonHead, report.comparisons.map(comparisonRow))),
    report.comparisons.map((one) => `- ${baselineName(one)}: ${one.because}`).join("\n"),
    section("Arms", table(armHead, report.arms.map(armRow))),
    report.curves.length === 0
      ? ""
      : section("Tokens that reach a recall", table(curveHead, report.curves.map(curveRow))),
    report.curves.length === 0 ? "" : section("Evidence recall by budget", recallTable(report.curves)),
    equalQuality(report),
    batchLane(report),
    section("What was not measured", unmeasured(report)),
    section("What was fixed beforehand", facts(report)),
    report.warnings.length === 0 ? "" : section("Read with care", report.warnings.map((one) => `- ${one}`).join("\n")),
    `Measuring cost ${dollars(report.measurement_cost_usd)}, of which the judge took ${dollars(report.judge_cost_usd)}; neither is in any saving. Run ${report.run_id}, set ${plan.set_sha256.slice(0, 12)}, corpus ${scope.corpus_sha256.slice(0, 12)}.`,
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

export function curveRow(curve: RecallCurve): readonly string[] {
  return [
    nameOfArm(curve.arm),
    tokens(curve.t80_tok),
    tokens(curve.t90_tok),
    curve.t90_ci === null ? "-" : between(curve.t90_ci, tokens),
    tokens(curve.t95_tok),
    curve.auc_log.toFixed(3),
    curve.skill === null ? "-" : curve.skill.toFixed(3),
  ];
}

function recallTable(curves: readonly RecallCurve[]): string {
  const budgets = curves[0]?.points.map(({ b_tok }) => tokens(b_tok)) ?? [];
  return table(
    ["arm", ...budgets],
    curves.map(({ arm, points }) => [nameOfArm(arm), ...points.map(({ mean }) => percent(mean))]),
  );
}

function equalQuality({ comparisons }: SavingsReport): string {
  const rows = comparisons.flatMap((one) => {
    const at = one.at_equal_quality;
    if (at === null) return [];
    const budget = at.our_budget_tok === null ? "not established" : tokens(at.our_budget_tok);
    const other = at.baseline_budget_tok === null ? "-" : tokens(at.baseline_budget_tok);
    const holds = at.still_holds === null ? "-" : at.still_holds ? "yes" : "no";
    const cell = (ratio: number | null) => (ratio === null ? "-" : percent(ratio));
    return [[baselineName(one), percent(at.q_star), budget, other, holds, cell(at.tokens_ratio), cell(at.usd_ratio)]];
  });
  const head = [
    "against",
    "q*",
    "our budget that surely reaches it",
    "the other's",
    "holds above",
    "tokens saved",
    "money saved",
  ];
  return rows.length === 0 ? "" : section("Savings at equal quality (S@q*)", table(head, rows));
}

export const batchHead = ["arm", "$ per 1,000 in a batch", "Larder saves"];

export function batchRow(row: NonNullable<SavingsReport["batch_lane"]>["rows"][number]): readonly string[] {
  const saved = row.arm === ourArm || row.saved_ratio === null ? "-" : percent(row.saved_ratio);
  return [armName({ id: row.arm, budget_tok: row.budget_tok }), dollars(row.usd_per_1k), saved];
}

function batchLane({ batch_lane: lane }: SavingsReport): string {
  if (lane === null || !lane.feasible) return "";
  return section("Both sides at the batch lane (modelled)", table(batchHead, lane.rows.map(batchRow)));
}

/** Arms that cannot be taken, and costs that are none: each with its reason. */
export function unmeasuredFacts(report: SavingsReport): readonly (readonly [string, string])[] {
  const { infeasible, batch_lane: lane, index_amortised: index } = report;
  return [
    ...infeasible.map(({ arm, reason }) => [arm.replaceAll("_", " "), reason] as const),
    ...(lane === null || lane.reason === null ? [] : [["batch lane", lane.reason] as const]),
    ...(index === null
      ? []
      : [["index, amortised", `${dollars(index.usd_per_query)} a query. ${index.because}`] as const]),
  ];
}

function unmeasured(report: SavingsReport): string {
  return unmeasuredFacts(report)
    .map(([name, reason]) => `- ${name}: ${reason}`)
    .join("\n");
}

/** Name and value of everything that was decided before the first question. */
export function preregisteredFacts(report: SavingsReport): readonly (readonly [string, string])[] {
  const { preregistered: plan, scope, price_book } = report;
  return [
    [
      "questions",
      `${plan.n} of ${plan.set_name}${plan.is_synthetic ? ", synthetic" : ""}, about ${plan.clusters} documents`,
    ],
    ["corpus", `${scope.corpus_name}: ${scope.corpus_documents} documents, ${tokens(scope.corpus_tok)} tokens`],
    ["metric", `${plan.metric}, margin ${(100 * plan.margin_ratio).toFixed(1)} points`],
    ["budgets", `${plan.budgets_tok.map(tokens).join(", ")}; compared at ${tokens(plan.primary_budget_tok)}`],
    ["runs, seed", `${plan.runs}, ${plan.seed}`],
    ["model", scope.model ?? "none"],
    ["judge", scope.judge ?? "none"],
    ["prices", `${price_book.version}, as of ${price_book.as_of}`],
    ["retriever", scope.retriever],
    ["embedder", scope.embedder],
    [
      "basis",
      `${report.basis}; tokens by ${report.counts.source === "provider_usage" ? "the provider" : report.counts.counter}`,
    ],
  ];
}

function facts(report: SavingsReport): string {
  return preregisteredFacts(report)
    .map(([name, value]) => `- ${name}: ${value}`)
    .join("\n");
}

function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

import type { RecallCurve, SavingsReport } from "./report-schema.ts";
import {
  armHead,
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
import { nameOfArm } from "./run-arms.ts";

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
    const holds = at.still_holds === null ? "-" : at.still_holds ? "yes" : "no";
    const cell = (ratio: number | null) => (ratio === null ? "-" : percent(ratio));
    return [[baselineName(one), percent(at.q_star), budget, holds, cell(at.tokens_ratio), cell(at.usd_ratio)]];
  });
  const head = ["against", "q*", "our budget that surely reaches it", "holds above", "tokens saved", "money saved"];
  return rows.length === 0 ? "" : section("Savings at equal quality (S@q*)", table(head, rows));
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

import { nameAsRun, pastedClause } from "./pasted-clause.ts";
import type { ArmReport, Comparison, SavingsReport } from "./report-schema.ts";
import { dollars, percent } from "./report-words.ts";

type Facts = Pick<
  SavingsReport,
  "preregistered" | "scope" | "arms" | "comparisons" | "money_basis" | "quality_basis" | "is_complete" | "infeasible"
>;

/**
 * One sentence that a reader may quote, with what speaks against it in the same breath: whose cache it is, what is not
 * claimed, and that a set is synthetic or money only modelled.
 */
export function headlineOf(facts: Facts, comparator: Comparison | undefined): string {
  const { preregistered: plan, scope } = facts;
  const ours = facts.arms.find(({ id, budget_tok }) => id === "larder" && budget_tok === plan.primary_budget_tok);
  const synthetic = plan.is_synthetic ? "synthetic questions (made from the documents by rule)" : "questions";
  if (ours === undefined || ours.n === 0) return "Nothing was measured yet.";
  const sentences = [
    `On ${count(ours.n)} ${synthetic}${facts.is_complete ? "" : " of an unfinished run"}, ${qualityClause(comparator, ours, facts)}${costClause(ours, facts)}.`,
    ...pastedClause(facts),
    ...lexicalClause(facts),
    ...(comparator === undefined
      ? []
      : [`Verdict against ${nameAsRun(comparator.baseline, facts)}: ${comparator.verdict}.`]),
    ...(facts.money_basis === "modelled_local"
      ? [`Nothing was sent: money is our token counts at the prices of ${scope.model ?? "no model"}.`]
      : []),
  ];
  return sentences.join(" ");
}

function qualityClause(comparator: Comparison | undefined, ours: ArmReport, facts: Facts): string {
  const gate = comparator?.noninferior;
  const reached = `${ours.quality.metric.replaceAll("_", " ")} ${percent(ours.quality.value)}`;
  if (gate == null || comparator === undefined) return `at ${reached}, `;
  const difference = `difference ${signed(gate.delta)} points, margin ${(100 * gate.margin).toFixed(1)}, ${reached}`;
  const other = nameAsRun(comparator.baseline, facts);
  return gate.status === "established"
    ? `at no worse quality than ${other} (${difference}), `
    : `with quality that is not shown to hold against ${other} (${difference}), `;
}

function costClause(ours: ArmReport, { preregistered, money_basis }: Facts): string {
  const tokens = Object.values(ours.tokens).reduce((total, value) => total + value, 0) / Math.max(1, ours.n);
  if (ours.usd_per_1k === null) {
    return `this index takes ${count(Math.round(tokens))} tokens a question at a budget of ${count(preregistered.primary_budget_tok)}`;
  }
  const verb = money_basis === "measured_paired" ? "answered for" : "would answer for";
  return `this index ${verb} ${dollars(ours.usd_per_1k)} per 1,000 queries`;
}

function lexicalClause({ arms, preregistered }: Facts): readonly string[] {
  const lexical = arms.find(
    ({ id, budget_tok }) => id === "lexical_passages" && budget_tok === preregistered.primary_budget_tok,
  );
  if (lexical === undefined) return [];
  const quality = `${lexical.quality.metric.replaceAll("_", " ")} ${percent(lexical.quality.value)}`;
  return [`BM25 alone: ${lexical.usd_per_1k === null ? "" : `${dollars(lexical.usd_per_1k)}, `}${quality}.`];
}

function signed(share: number): string {
  const value = 100 * share;
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(1)}`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

import type { ArmReport, Comparison, SavingsReport } from "./report-schema.ts";
import { nameOfArm } from "./run-arms.ts";

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
    `On ${count(ours.n)} ${synthetic}${facts.is_complete ? "" : " of an unfinished run"}, ${qualityClause(comparator, ours)}${costClause(ours, facts)}.`,
    ...stuffClauses(facts),
    ...lexicalClause(facts),
    ...(comparator === undefined ? [] : [`Verdict against ${nameOfArm(comparator.baseline)}: ${comparator.verdict}.`]),
    ...(facts.money_basis === "modelled_local"
      ? [`Nothing was sent: money is our token counts at the prices of ${scope.model ?? "no model"}.`]
      : []),
  ];
  return sentences.join(" ");
}

function qualityClause(comparator: Comparison | undefined, ours: ArmReport): string {
  const gate = comparator?.noninferior;
  const reached = `${ours.quality.metric.replaceAll("_", " ")} ${percent(ours.quality.value)}`;
  if (gate == null || comparator === undefined) return `at ${reached}, `;
  const difference = `difference ${signed(gate.delta)} points, margin ${(100 * gate.margin).toFixed(1)}, ${reached}`;
  const other = nameOfArm(comparator.baseline);
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

function stuffClauses({ arms, comparisons, infeasible, scope }: Facts): readonly string[] {
  const warm = arms.find(({ id }) => id === "stuff_cached")?.usd_per_1k;
  const cold = arms.find(({ id }) => id === "stuff_cold")?.usd_per_1k;
  const beyond = infeasible.find(({ arm, kind }) => arm.startsWith("stuff_c") && kind === "window");
  if (beyond !== undefined) {
    return [
      `Pasting the whole corpus (${count(scope.corpus_tok)} tokens) is not possible at this model: what Larder does here is a capability, not a saving.`,
    ];
  }
  const saved = (id: string): string => {
    const ratio = comparisons.find(({ baseline }) => baseline === id)?.savings?.usd?.ratio;
    if (ratio === undefined || ratio === null) return "";
    return ratio >= 0 ? `you save ${percent(ratio)}` : `you pay ${percent(-ratio)} more`;
  };
  const parts = [
    ...(warm == null ? [] : [`${dollars(warm)} with the provider's cache warm (${saved("stuff_cached")})`]),
    ...(cold == null ? [] : [`${dollars(cold)} without it (${saved("stuff_cold")}; we do not claim that part)`]),
  ];
  return parts.length === 0 ? [] : [`Pasting the whole corpus would cost ${parts.join(" or ")}.`];
}

function lexicalClause({ arms, preregistered }: Facts): readonly string[] {
  const lexical = arms.find(
    ({ id, budget_tok }) => id === "lexical_passages" && budget_tok === preregistered.primary_budget_tok,
  );
  if (lexical === undefined) return [];
  const quality = `${lexical.quality.metric.replaceAll("_", " ")} ${percent(lexical.quality.value)}`;
  return [`BM25 alone: ${lexical.usd_per_1k === null ? "" : `${dollars(lexical.usd_per_1k)}, `}${quality}.`];
}

function dollars(usd: string): string {
  const value = Number(usd);
  return `$${Math.abs(value) >= 1 ? value.toFixed(2) : value.toPrecision(3)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function signed(share: number): string {
  const value = 100 * share;
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(1)}`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

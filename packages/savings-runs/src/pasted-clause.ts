import type { ArmReport, Comparison, SavingsReport } from "./report-schema.ts";
import { dollars, percent, tokens } from "./report-words.ts";
import type { RunArmId } from "./run-arms.ts";
import { nameOfArm } from "./run-arms.ts";

type Facts = Pick<SavingsReport, "scope" | "arms" | "comparisons" | "money_basis" | "is_complete" | "infeasible">;

/** What pasting the whole corpus costs, each price with its own verdict: a ratio alone is never called a saving. */
export function pastedClause(facts: Facts): readonly string[] {
  const { arms, infeasible, scope } = facts;
  if (infeasible.some(({ arm, kind }) => arm.startsWith("stuff_c") && kind === "window")) {
    return [
      `Pasting the whole corpus (${tokens(scope.corpus_tok)} tokens) is not possible at this model: what Larder does here is a capability, not a saving.`,
    ];
  }
  const priceOf = (id: RunArmId) => arms.find((arm) => arm.id === id)?.usd_per_1k ?? null;
  const cached = priceOf("stuff_cached");
  const cold = priceOf("stuff_cold");
  const isCold = hasNoCacheRead(facts);
  const warmWords = isCold ? "with the corpus first, though no cache read happened," : "with the provider's cache warm";
  const coldWords = cached === null ? "without a cache" : isCold ? "with the cache kept out" : "without it";
  const parts = [
    ...(cached === null ? [] : [`${dollars(cached)} ${warmWords} (${verdictClause("stuff_cached", facts)})`]),
    ...(cold === null ? [] : [`${dollars(cold)} ${coldWords} (${verdictClause("stuff_cold", facts)})`]),
  ];
  return parts.length === 0 ? [] : [`Pasting the whole corpus would cost ${parts.join(" or ")}.`];
}

/** The arm's name; one that was billed without any cache read is not called warm. */
export function nameAsRun(arm: RunArmId, facts: Pick<Facts, "arms" | "money_basis">): string {
  return arm === "stuff_cached" && hasNoCacheRead(facts) ? "the whole corpus, no cache read" : nameOfArm(arm);
}

/** The arm that hopes for the provider's cache was billed, and its usage has not one token that was read from there. */
export function hasNoCacheRead({ arms, money_basis }: Pick<Facts, "arms" | "money_basis">): boolean {
  const cached: ArmReport | undefined = arms.find(({ id }) => id === "stuff_cached");
  return cached !== undefined && money_basis === "measured_paired" && cached.tokens.in_cache_read === 0;
}

function verdictClause(arm: "stuff_cached" | "stuff_cold", { comparisons, is_complete }: Facts): string {
  const found = comparisons.find(({ baseline }) => baseline === arm);
  if (found === undefined) return "not compared";
  const words = wordsOf(found, is_complete);
  return arm === "stuff_cold" && found.verdict === "saves" ? `${words}; we do not claim that part` : words;
}

function wordsOf({ verdict, savings }: Comparison, isComplete: boolean): string {
  const ratio = savings?.usd?.ratio ?? null;
  switch (verdict) {
    case "saves":
      return ratio === null ? "fewer tokens, money unknown" : `you save ${percent(ratio)}`;
    case "costs_more":
      return ratio === null ? "Larder takes more tokens, money unknown" : `Larder costs you ${percent(-ratio)} more`;
    case "no_measurable_effect":
      return "no measurable effect: the difference may be none";
    case "capability_only":
      return "a capability, not a saving";
    case "not_established":
      return isComplete ? "not established: quality is not shown to hold" : "not established: the run is not finished";
  }
}

import type { ArmId, CounterfactualArm, SavingsCalculator, SavingsQuestion } from "@larder/contracts";
import { armIds, armRules, inputTokensOf, nanoUsd } from "@larder/contracts";
import { verdictOf } from "../verdict.ts";
import type { ArmFinding, PriceArm } from "./arm-finding.ts";
import type { ArmQuestion } from "./arm-question.ts";
import { armQuestionOf, usableTokensOf } from "./arm-question.ts";
import { closedBook, inRunsOnly, sameBudget, topDocument } from "./passage-arms.ts";
import { batch, localPreload, stuffCached, stuffCold, stuffTruncated, stuffWarm } from "./stuffing-arms.ts";

export interface SavingsSettings {
  /** Tokens of the window that a stuffed prompt must leave for the answer. @defaultValue 1,024 */
  readonly outputTokensReserved?: number;
}

const priceArms: Readonly<Record<ArmId, PriceArm>> = {
  closed_book: closedBook,
  stuff_cold: stuffCold,
  stuff_warm: stuffWarm,
  stuff_cached: stuffCached,
  top_document: topDocument,
  stuff_truncated: stuffTruncated,
  random_passages: sameBudget,
  lexical_passages: sameBudget,
  previous_release: inRunsOnly("Only a run on a question set asks an older release."),
  oracle_evidence: inRunsOnly("No passages are known to answer a question that nobody labelled."),
  batch,
  local_preload: localPreload,
};

/**
 * Prices the ways to answer that were not taken, at the model that answered.
 *
 * The rules: both sides at one model, one price book, one token count, one lane, region and hour; no prompt larger than
 * the model's window, and no money claimed where it would have to be; savings signed; an unknown rate is no price, never
 * 0; an arm of unknown quality is shown and never the headline.
 */
export function createSavingsCalculator(settings: SavingsSettings = {}): SavingsCalculator {
  const outputTokensReserved = settings.outputTokensReserved ?? 1_024;
  return {
    counterfactuals(question) {
      const asked = armQuestionOf(question, outputTokensReserved);
      return armIds.map((arm) =>
        asked === undefined ? unknownWindow(arm, question) : compare(arm, priceArms[arm](asked), asked),
      );
    },
    headline: cheapestPresumed,
    usableTokens({ priceBook, provider, model, actual }) {
      const entry = priceBook.find(provider, model);
      if (entry === undefined || entry.contextTokens === null) return undefined;
      return usableTokensOf(entry, actual, outputTokensReserved);
    },
  };
}

/**
 * The earlier one of equals. `batch` is compared with what ours would cost in a batch, not with what it did cost, so it
 * is no headline of this answer.
 */
function cheapestPresumed(candidates: readonly CounterfactualArm[]): CounterfactualArm | undefined {
  let best: CounterfactualArm | undefined;
  for (const candidate of candidates) {
    const { arm, isFeasible, cost, quality = "presumed" } = candidate;
    if (!isFeasible || cost === undefined || quality !== "presumed" || arm === "batch") continue;
    if (best?.cost === undefined || cost < best.cost) best = candidate;
  }
  return best;
}

function unknownWindow(arm: ArmId, { provider, model, actual }: SavingsQuestion): CounterfactualArm {
  const name = `${provider}/${model}`;
  return {
    arm,
    model: name,
    quality: armRules[arm].quality,
    isFeasible: false,
    reason: `The context window of ${name} is not known.`,
    tokens: inputTokensOf(actual), // without a window there is no ceiling, so no token is claimed
    basis: "unpriced",
    saved: { tokens: 0, verdict: "not_established" },
  };
}

function compare(arm: ArmId, finding: ArmFinding, asked: ArmQuestion): CounterfactualArm {
  const { name, ratio, actualInput, question } = asked;
  const { tokens } = finding;
  const common = { arm, model: name, quality: armRules[arm].quality, tokens };
  const savedTokens = tokens - actualInput;
  if (finding.kind === "infeasible") {
    const { reason, verdict } = finding;
    return { ...common, isFeasible: false, reason, basis: "modelled", saved: { tokens: savedTokens, verdict } };
  }
  const { cost, cache } = finding;
  const feasible = {
    ...common,
    isFeasible: true,
    ...(ratio !== 1 && { assumption: `Our token counts are scaled by ${ratio.toFixed(3)}.` }),
    ...(cache && { cache }),
  };
  const ours = "ours" in finding ? finding.ours : question.actualCost;
  if (cost === undefined) {
    return { ...feasible, basis: "unpriced", saved: { tokens: savedTokens, verdict: "not_established" } };
  }
  const priced = { ...feasible, cost, basis: "modelled" as const };
  if (ours === undefined) return { ...priced, saved: { tokens: savedTokens, verdict: "not_established" } };
  const saved = nanoUsd(cost - ours);
  return { ...priced, saved: { tokens: savedTokens, cost: saved, verdict: verdictOf(saved) } };
}

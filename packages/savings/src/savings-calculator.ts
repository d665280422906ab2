import type { CounterfactualArm, ModelEntry, SavingsCalculator, SavingsQuestion } from "@larder/contracts";
import { inputTokensOf, nanoUsd, outputTokensOf } from "@larder/contracts";
import type { Arm, StuffedPrompt } from "./arms.ts";
import { arms } from "./arms.ts";
import { verdictOf } from "./verdict.ts";

export interface SavingsSettings {
  /** Tokens of the window that a stuffed prompt must leave for the answer. @defaultValue 1,024 */
  readonly outputTokensReserved?: number;
}

/**
 * Prices "put the whole knowledge base into the prompt", cold and with a warm cache, at the model that answered.
 *
 * The rules: both sides at one model, one price book and one token count; the stuffed prompt never larger than the
 * model's window, and no money claimed when it would have to be; savings signed; an unknown rate is no price, never 0.
 */
export function createSavingsCalculator(settings: SavingsSettings = {}): SavingsCalculator {
  const outputTokensReserved = settings.outputTokensReserved ?? 1_024;
  return {
    counterfactuals: (question) => arms.map((arm) => counterfactual(arm, question, outputTokensReserved)),
    headline: cheapest,
  };
}

/** The earlier one of equals. */
function cheapest(candidates: readonly CounterfactualArm[]): CounterfactualArm | undefined {
  let best: CounterfactualArm | undefined;
  for (const candidate of candidates) {
    if (!candidate.isFeasible || candidate.cost === undefined) continue;
    if (best?.cost === undefined || candidate.cost < best.cost) best = candidate;
  }
  return best;
}

function counterfactual(arm: Arm, question: SavingsQuestion, outputTokensReserved: number): CounterfactualArm {
  const { ratio, prompt } = stuffedPrompt(question);
  const common = {
    arm: arm.id,
    model: `${question.provider}/${question.model}`,
    assumption: ratio === 1 ? arm.assumption : `${arm.assumption} Our token counts are scaled by ${ratio.toFixed(3)}.`,
  };
  const actualInput = inputTokensOf(question.actual);
  const entry = question.priceBook.find(question.provider, question.model);
  if (entry === undefined || entry.contextTokens === null) {
    return {
      ...common,
      isFeasible: false,
      reason: `The context window of ${common.model} is not known.`,
      tokens: actualInput, // without a window there is no ceiling, so no token is claimed
      basis: "unpriced",
      saved: { tokens: 0, verdict: "not_established" },
    };
  }

  const tokens = prompt.corpus + prompt.overhead;
  const window = promptTokensMax(entry, question, outputTokensReserved);
  if (tokens > window) {
    return {
      ...common,
      isFeasible: false,
      reason: `The prompt would take ${count(tokens)} tokens; ${common.model} leaves ${count(window)} for it.`,
      tokens: window,
      basis: "modelled",
      saved: { tokens: window - actualInput, verdict: "capability_only" },
    };
  }

  const priced = question.priceBook.price(question.provider, question.model, arm.bill(prompt, question.actual));
  if (priced.kind === "unpriced") {
    return {
      ...common,
      isFeasible: true,
      tokens,
      basis: "unpriced",
      saved: { tokens: tokens - actualInput, verdict: "not_established" },
    };
  }
  const feasible = { ...common, isFeasible: true, tokens, cost: priced.cost, basis: "modelled" as const };
  if (question.actualCost === undefined) {
    return { ...feasible, saved: { tokens: tokens - actualInput, verdict: "not_established" } };
  }
  const savedCost = nanoUsd(priced.cost - question.actualCost);
  return { ...feasible, saved: { tokens: tokens - actualInput, cost: savedCost, verdict: verdictOf(savedCost) } };
}

const count = (value: number) => value.toLocaleString("en-US");

function stuffedPrompt(question: SavingsQuestion): { readonly ratio: number; readonly prompt: StuffedPrompt } {
  const given = question.tokenRatio ?? 1;
  const ratio = Number.isFinite(given) && given > 0 ? given : 1;
  return {
    ratio,
    prompt: {
      corpus: Math.round(question.corpusTokens * ratio),
      overhead: Math.round(question.overheadTokens * ratio),
    },
  };
}

/** Window less what the answer needs: as much as it took, and at least the reserve that the model can use. */
function promptTokensMax(entry: ModelEntry, question: SavingsQuestion, outputTokensReserved: number): number {
  const reserve = Math.min(outputTokensReserved, entry.outputTokensMax ?? outputTokensReserved);
  return Math.max(0, (entry.contextTokens ?? 0) - Math.max(reserve, outputTokensOf(question.actual)));
}

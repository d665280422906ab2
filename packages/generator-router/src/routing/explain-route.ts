import type { Attempt, Candidate, NanoUsd, Refusal } from "@larder/contracts";
import { formatUsd } from "@larder/contracts";
import type { OutCounts } from "./quote-models.ts";
import { noKeySentence } from "./refuse-model.ts";

const short: Readonly<Record<Refusal["code"], string>> = {
  context_too_small: "too small a window",
  output_too_small: "too short an output",
  capability_missing: "a missing capability",
  not_local: "not local",
  provider_not_allowed: "provider not allowed",
  model_not_allowed: "model not allowed",
  region_not_allowed: "region not allowed",
  quality_below_minimum: "too low a quality",
  quality_unknown: "unknown quality",
  model_not_pinned: "no model pinned",
  price_unknown: "unknown price",
  cost_above_maximum: "too high a cost",
  budget_exhausted: "an exhausted budget",
  retired: "retired",
  offline: "offline",
  no_credentials: "no credentials",
  cooling_down: "cooling down",
};

/**
 * One sentence: the model with its expected cost, the runner-up with its own, and how many are out for what.
 * @param outCounts - Of all models, where `candidates` are a part of them. @defaultValue counted in `candidates`
 */
export function explainRoute(
  candidates: readonly Candidate[],
  chosen: Candidate | undefined,
  attempts: readonly Attempt[],
  outCounts: OutCounts = countOut(candidates),
): string {
  const eligible = candidates.filter(({ isEligible }) => isEligible);
  const out = outText(outCounts);
  const isHedge = ({ error }: Attempt) => error?.code === "PROVIDER_HEDGE_LOST";
  const failed = attempts.filter((each) => each.outcome !== "answered" && !isHedge(each)).map(failureText);
  const slower = attempts.filter(isHedge).map(named);
  const tail = [
    ...(failed.length > 0 ? [`failed first: ${failed.join(", ")}`] : []),
    ...(slower.length > 0 ? [`asked at the same time and slower: ${slower.join(", ")}`] : []),
    ...(out === "" ? [] : [out]),
  ];
  if (chosen === undefined) {
    if (eligible.length === 0) return whyNone(candidates);
    return `${["No model answered", ...tail].join("; ")}.`;
  }
  const runnerUp = eligible.find((candidate) => candidate !== chosen && !isTried(candidate, attempts));
  const next = runnerUp === undefined ? "the only one left" : `before ${named(runnerUp)} at ${costText(runnerUp)}`;
  const rank = chosen === eligible[0] ? cheapestText(chosen) : "the next that can answer";
  return `${[`${named(chosen)} is ${rank}, at an expected ${costText(chosen)}, ${next}`, ...tail].join("; ")}.`;
}

/** Where a cheaper call would probably lead to a second one, the order is by both. */
function cheapestText({ escalation }: Candidate): string {
  if (escalation === undefined) return "the cheapest that can answer";
  const { provider, model, probability, totalCost } = escalation;
  const chance = `${Math.round(probability * 100)} %`;
  return `the cheapest start, $${formatUsd(totalCost)} with the ${chance} chance that ${provider}/${model} is asked too`;
}

const named = ({ provider, model }: { readonly provider: string; readonly model: string }) => `${provider}/${model}`;
const costText = ({ expectedCost }: Candidate) => `$${formatUsd(expectedCost ?? (0n as NanoUsd))}`;
const failureText = (attempt: Attempt) => `${named(attempt)} (${attempt.error?.code ?? attempt.outcome})`;

/**
 * Why there was nobody to ask. One sentence where one thing keeps every model out; otherwise the model that least stands
 * against, what does, and how many are out for what.
 */
function whyNone(candidates: readonly Candidate[]): string {
  if (candidates.length === 0) return "No model is configured, so none was asked.";
  const isForAll = (test: (refusal: Refusal, candidate: Candidate) => boolean) =>
    candidates.every((candidate) => candidate.refusals.some((refusal) => test(refusal, candidate)));
  if (isForAll(({ code }) => code === "not_local")) {
    return "Only local models are allowed and none is set up, so no model was asked.";
  }
  if (isForAll(({ code }) => code === "offline")) {
    return "Larder is offline and no local model is set up, so no model was asked.";
  }
  if (isForAll(({ sentence }, { provider }) => sentence === noKeySentence(provider))) {
    return "No provider key is set, so no model was asked.";
  }
  const [nearest] = candidates.toSorted((a, b) => distance(a) - distance(b));
  const why = nearest === undefined ? "" : ` The nearest is ${named(nearest)}: ${nearest.reasons.join(" ")}`;
  return `No model fits, so none was asked; ${outText(countOut(candidates))}.${why}`;
}

/** What the caller shut out is farther than what lacks a key or is paused. */
function distance({ refusals }: Candidate): number {
  return refusals.reduce((sum, { code }) => sum + (code.endsWith("_not_allowed") ? 10 : 1), 0);
}

function isTried(candidate: Candidate, attempts: readonly Attempt[]): boolean {
  return attempts.some(({ provider, model }) => provider === candidate.provider && model === candidate.model);
}

/** By the first reason of each. */
function countOut(candidates: readonly Candidate[]): OutCounts {
  const counts = new Map<Refusal["code"], number>();
  for (const { refusals } of candidates) {
    const code = refusals[0]?.code;
    if (code !== undefined) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return counts;
}

/** The numbers sum to the models that are out. */
function outText(counts: OutCounts): string {
  if (counts.size === 0) return "";
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const parts = [...counts].map(([code, count]) => `${count} for ${short[code]}`);
  return `${total} out (${parts.join(", ")})`;
}

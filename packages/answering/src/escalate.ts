import type { Attempt, Candidate, EscalationRates, NanoUsd, Policy, Route } from "@larder/contracts";
import { formatUsd, nanoUsd } from "@larder/contracts";

/** What an answer that is right is worth beyond one that is not. Chosen arbitrarily: some ten seconds of a person's time. */
const answerWorthDefault = nanoUsd(50_000_000n); // $0.05

/**
 * By `npm run eval:verifier`, held-out halves (docs/measurements.md): 89 % of the unsupported statements are caught. False
 * alarms are 7 % over all supported ones and 26 % over restated ones, of which a model's answers are partly made: 10 %.
 */
export const verifierRates: EscalationRates = { caught: 0.89, falseAlarms: 0.1 };

export interface EscalationChoice {
  readonly candidate?: Candidate;
  /** Why, or why not: one sentence. */
  readonly sentence: string;
}

/**
 * Whether a better model is asked after an answer was found wanting, and which: the cheapest that may be asked and is
 * above the first in the lower bound of its quality, if what it may improve is worth more than it costs. By Bayes' rule
 * an answer that was found wanting is good after all with probability `π f / (π f + (1 − π) c)`: `π` of the model's
 * answers are good, `f` of the good ones and `c` of the bad ones are found wanting.
 */
export function chooseEscalation(
  first: Candidate | undefined,
  candidates: readonly Candidate[],
  worth: NanoUsd = answerWorthDefault,
  { caught, falseAlarms }: EscalationRates = verifierRates,
): EscalationChoice {
  const bound = first?.quality?.lowerBound ?? 0;
  const candidate = candidates.find((each) => each.isEligible && (each.quality?.lowerBound ?? 0) > bound);
  if (candidate?.expectedCost === undefined) return { sentence: "No better model may be asked." };
  const good = first?.quality?.mean ?? 0.5;
  const isGoodAfterAll = (good * falseAlarms) / (good * falseAlarms + (1 - good) * caught);
  const gain = (candidate.quality?.mean ?? 0.5) - isGoodAfterAll;
  const value = nanoUsd(BigInt(Math.round(gain * Number(worth))));
  const figures = `it may bring $${formatUsd(value)} and costs $${formatUsd(candidate.expectedCost)}`;
  const name = `${candidate.provider}/${candidate.model}`;
  if (value <= candidate.expectedCost) return { sentence: `${name} is not asked: ${figures}.` };
  return { candidate, sentence: `${name} is asked: ${figures}.` };
}

/** The policy of the second call: that model and no other, with the money and the time that are left. */
export function policyForEscalation(
  policy: Policy,
  { provider, model }: Candidate,
  attempts: readonly Attempt[],
  elapsedMs: number,
): Policy {
  const spent = attempts.reduce(
    (sum, { cost, expected, billed }) => sum + (cost ?? (billed === "no" ? 0n : (expected?.cost ?? 0n))),
    0n,
  );
  const { isEscalationAllowed: _, ...rest } = policy;
  return {
    ...rest,
    models: [`${provider}/${model}`],
    ...(policy.costMax !== undefined && { costMax: nanoUsd(spent >= policy.costMax ? 0n : policy.costMax - spent) }),
    ...(policy.deadlineMs !== undefined && { deadlineMs: Math.max(1, Math.floor(policy.deadlineMs - elapsedMs)) }),
  };
}

/** One route of both calls: every attempt in order, the decision and candidates of the first, the model that is shown. */
export function joinRoutes(first: Route, second: Route, shown: Route, sentence: string): Route {
  return {
    ...first,
    ...(shown.chosen && { chosen: shown.chosen }),
    reason: `${first.reason} Its answer was found wanting; ${sentence}`,
    attempts: [...first.attempts, ...second.attempts],
  };
}

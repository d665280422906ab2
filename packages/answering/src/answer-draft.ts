import type { AnswerBasis, Attempt, Citation, CostBasis, ErrorRecord, NanoUsd, Route, Usage } from "@larder/contracts";
import { addTokens, LarderError, zeroUsd } from "@larder/contracts";

/** What an answer turned out to be, before it is written down. */
export interface AnswerDraft {
  readonly basis: AnswerBasis;
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly isGrounded: boolean;
  readonly route: Route;
  /** What was taken from providers. */
  readonly spending: Spending;
  readonly generateMs: number;
  /** Set when the text is not an answer. */
  readonly error?: ErrorRecord;
}

export interface Spending {
  /** Of all attempts; absent when nothing was sent, or nobody knows. */
  readonly usage?: Usage;
  /** Absent when any attempt's cost is not known. */
  readonly cost?: NanoUsd;
  readonly basis: CostBasis;
}

/** Nothing was sent: that costs nothing, and what it would have cost can only be modelled. */
const nothingSpent: Spending = { cost: zeroUsd, basis: "modelled" };

/** Sum over a route's attempts, failed ones included. */
export function spendingOf(route: Route, answered?: { readonly usage: Usage; readonly cost?: NanoUsd }): Spending {
  const paid = route.attempts.filter((attempt) => attempt.billed !== "no");
  if (paid.length === 0 && answered === undefined) return nothingSpent;
  const usages = paid.flatMap(({ usage }) => (usage === undefined ? [] : [usage]));
  const usage = usages.length === 0 ? answered?.usage : usages.reduce(addUsage);
  const isCostKnown = paid.every(({ cost }) => cost !== undefined);
  const sum = paid.reduce((total, { cost }) => total + (cost ?? 0n), 0n) as NanoUsd;
  const cost = answered === undefined ? (isCostKnown ? sum : undefined) : answered.cost;
  return {
    ...(usage === undefined ? {} : { usage }),
    ...(cost === undefined ? {} : { cost }),
    basis: cost === undefined ? "unpriced" : usage?.source === "provider" ? "billed" : "estimated",
  };
}

/** A sum that holds an estimate is one. */
function addUsage(a: Usage, b: Usage): Usage {
  const isProvider = a.source === "provider" && b.source === "provider";
  return { tokens: addTokens(a.tokens, b.tokens), source: isProvider ? "provider" : "estimated" };
}

/**
 * The route of a generation that was left before the router could give its last: with the attempts that it told of on
 * the way. If it told of none, whoever was being asked may bill what it has said so far, and nobody will say how much.
 */
export function interruptedRoute(
  route: Route,
  told: readonly Attempt[],
  { startedAtMs, endedAtMs }: { readonly startedAtMs: number; readonly endedAtMs: number },
): Route {
  if (told.length > route.attempts.length) return { ...route, attempts: [...told] };
  const asked = route.chosen ?? route.candidates.find(({ isEligible }) => isEligible);
  if (route.attempts.length > 0 || asked === undefined) return route;
  const attempt: Attempt = {
    provider: asked.provider,
    model: asked.model,
    outcome: "aborted",
    billed: "unknown",
    startedAtMs,
    totalMs: Math.max(0, endedAtMs - startedAtMs),
  };
  return { ...route, attempts: [attempt] };
}

export function nothingSaid(route: Route): AnswerDraft {
  return {
    basis: "abstained",
    text: "",
    citations: [],
    isGrounded: false,
    route,
    spending: nothingSpent,
    generateMs: 0,
  };
}

/** Why no model could be asked: for want of money where one was able, else for the policy. */
export function nobodyAsked({ candidates }: Route): LarderError {
  const refusals = candidates.flatMap((candidate) => candidate.refusals);
  const isForMoney = refusals.some(({ code }) => code === "budget_exhausted");
  return new LarderError(isForMoney ? "BUDGET_EXHAUSTED" : "POLICY_UNSATISFIABLE");
}

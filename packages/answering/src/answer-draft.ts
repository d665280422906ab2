import type {
  AnswerBasis,
  AnswerVerification,
  Attempt,
  Citation,
  CostBasis,
  ErrorRecord,
  FinishReason,
  NanoUsd,
  Route,
  Usage,
} from "@larder/contracts";
import { addTokens, zeroUsd } from "@larder/contracts";

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
  readonly finishReason?: FinishReason;
  readonly verification?: AnswerVerification;
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
export const nothingSpent: Spending = { cost: zeroUsd, basis: "modelled" };

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
 * The route of a generation that was left before the router could tell of its attempts: whoever was being asked may
 * bill what it has said so far, and nobody will say how much.
 */
export function interruptedRoute(route: Route, startedAtMs: number, endedAtMs: number): Route {
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

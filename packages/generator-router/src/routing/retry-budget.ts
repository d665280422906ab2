import type { Attempt, Candidate, Clock, LarderError, NanoUsd } from "@larder/contracts";
import type { Pause } from "./circuit-breaker.ts";
import type { Tried } from "./next-candidate.ts";
import { movesOn, nextCandidate, repeatableCandidate } from "./next-candidate.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";
import type { RetryLimits } from "./router-limits.ts";

/** How often it is looked whether somebody else's trial of the model has been answered. */
const trialWaitMs = 100;

export type NextStep =
  | { readonly kind: "call"; readonly candidate: Candidate }
  | { readonly kind: "wait"; readonly waitMs: number }
  | { readonly kind: "stop" };

/** What one request may still do. One budget for all of it: neither a candidate nor a provider has one of its own. */
export interface RetryBudget {
  /** Monotonic time at which everything must be over. */
  readonly deadlineAtMs: number;
  next(attempts: readonly Attempt[], lastError: LarderError | undefined): NextStep;
  /** A second model to ask while one is being asked. */
  hedge(attempts: readonly Attempt[], running: Candidate): Candidate | undefined;
}

export interface RetryBudgetOptions {
  readonly candidates: readonly Candidate[];
  readonly resolved: ResolvedPolicy;
  readonly limits: RetryLimits;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** 0 … 1 */
  random(): number;
  pauseOf(candidate: Candidate): Pause | undefined;
  /** Out for this request, such as for want of money. */
  refuses(candidate: Candidate): boolean;
}

export function createRetryBudget(options: RetryBudgetOptions): RetryBudget {
  const { candidates, resolved, limits, clock, random, pauseOf, refuses } = options;
  const startMs = clock.monotonicMs();
  const deadlineAtMs = startMs + Math.min(resolved.deadlineMs ?? Number.POSITIVE_INFINITY, limits.requestMs);
  const retryUntilMs = Math.min(deadlineAtMs, startMs + limits.retryMs);
  const costMax: { readonly costMax?: NanoUsd } =
    resolved.policy.costMax === undefined ? {} : { costMax: resolved.policy.costMax };
  const isPaused = (candidate: Candidate) => refuses(candidate) || pauseOf(candidate) !== undefined;
  let waitedMs = 0;
  /** Attempts after which their delay was waited. */
  let delayedFor = 0;

  const allowsAnother = (attempts: readonly Tried[]) =>
    attempts.length < limits.attemptsMax && clock.monotonicMs() < retryUntilMs;

  return {
    deadlineAtMs,
    next(attempts, lastError) {
      const { spreadsProviders } = resolved;
      if (attempts.length === 0) {
        const first = nextCandidate(candidates, { attempts, ...costMax, spreadsProviders, isPaused });
        return first === undefined ? { kind: "stop" } : { kind: "call", candidate: first };
      }
      if (!allowsAnother(attempts) || (lastError !== undefined && !movesOn(lastError))) return { kind: "stop" };
      if (resolved.allowsFailover) {
        const other = nextCandidate(candidates, { attempts, ...costMax, spreadsProviders, isPaused });
        if (other !== undefined) return { kind: "call", candidate: other };
      }
      const again = repeatableCandidate(candidates, { attempts, ...costMax });
      if (again === undefined) return { kind: "stop" };
      const pause = pauseOf(again);
      const spreadMs = limits.retryDelayMs * 2 ** (attempts.length - 1) * random();
      const delayMs = delayedFor === attempts.length ? 0 : spreadMs;
      const waitMs = pause?.kind === "probing" ? trialWaitMs : (pause?.remainingMs ?? 0) + delayMs;
      if (waitMs === 0) return { kind: "call", candidate: again };
      if (waitedMs + waitMs > limits.retryWaitMsMax || clock.monotonicMs() + waitMs >= retryUntilMs) {
        return { kind: "stop" };
      }
      if (pause?.kind !== "probing") delayedFor = attempts.length;
      waitedMs += waitMs;
      return { kind: "wait", waitMs };
    },
    hedge(attempts, running) {
      const tried: readonly Tried[] = [...attempts, { provider: running.provider, model: running.model }];
      if (!resolved.allowsFailover || !allowsAnother(tried)) return undefined;
      return nextCandidate(candidates, { attempts: tried, ...costMax, spreadsProviders: true, isPaused });
    },
  };
}

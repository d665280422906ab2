import type { AttemptTimeouts } from "./attempt-timers.ts";
import type { BreakerLimits } from "./circuit-breaker.ts";
import type { LaneLimits } from "./provider-lanes.ts";

/** What one request may take, over all its attempts. */
export interface RetryLimits {
  /** Provider calls for one request, over all candidates; a hedge is one of them. */
  readonly attemptsMax: number;
  /** No further attempt begins later than this after the request came. */
  readonly retryMs: number;
  /** All attempts and waits together; what is running then is stopped. */
  readonly requestMs: number;
  /** Waits of one request together, before the same model is asked again. */
  readonly retryWaitMsMax: number;
  /** Before the first repetition; doubled with each, of which a random part is taken. */
  readonly retryDelayMs: number;
}

export interface RouterLimits extends AttemptTimeouts, BreakerLimits, LaneLimits, RetryLimits {
  /**
   * When the first text is not there after this long, the next candidate is asked as well, and whichever gives text
   * first answers. The other one is stopped and may be billed. 0: off.
   */
  readonly hedgeDelayMs: number;
  /** Longest wait for money that other calls have reserved and may give back. */
  readonly budgetWaitMs: number;
}

/** Chosen from experience, not measured: a reasoning model may think for half a minute before its first word. */
export const defaultRouterLimits: RouterLimits = {
  attemptsMax: 3,
  retryMs: 120_000,
  requestMs: 600_000,
  retryWaitMsMax: 5_000,
  retryDelayMs: 250,
  budgetWaitMs: 5_000,
  firstTextMs: 60_000,
  idleMs: 30_000,
  totalMs: 300_000,
  overloadedMs: 1_000,
  failuresMax: 3,
  failingMs: 10_000,
  failingMsMax: 300_000,
  credentialMs: 300_000,
  callsMax: 100,
  queueMax: 1_000,
  queueMs: 10_000,
  hedgeDelayMs: 0,
};

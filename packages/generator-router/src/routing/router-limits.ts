import type { AttemptTimeouts } from "./attempt-timers.ts";
import type { CoolDownLimits } from "./cool-downs.ts";

export interface RouterLimits extends AttemptTimeouts, CoolDownLimits {
  /** Provider calls for one request, over all candidates. */
  readonly attemptsMax: number;
  /** Longest wait for money that other calls have reserved and may give back. */
  readonly budgetWaitMs: number;
}

/** Chosen from experience, not measured: a reasoning model may think for half a minute before its first word. */
export const defaultRouterLimits: RouterLimits = {
  attemptsMax: 3,
  budgetWaitMs: 5_000,
  firstTextMs: 60_000,
  idleMs: 30_000,
  totalMs: 300_000,
  overloadedMs: 1_000,
  failuresMax: 3,
  failingMs: 10_000,
  failingMsMax: 300_000,
  credentialMs: 300_000,
};

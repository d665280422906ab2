import type { AttemptTimeouts } from "./attempt-timers.ts";
import type { CoolDownLimits } from "./cool-downs.ts";

export interface RouterLimits extends AttemptTimeouts, CoolDownLimits {
  /** Provider calls for one request, over all candidates. */
  readonly attemptsMax: number;
}

/** Chosen from experience, not measured: a reasoning model may think for half a minute before its first word. */
export const defaultRouterLimits: RouterLimits = {
  attemptsMax: 3,
  firstTextMs: 60_000,
  idleMs: 30_000,
  totalMs: 300_000,
  overloadedMs: 1_000,
  failuresMax: 3,
  failingMs: 10_000,
  failingMsMax: 300_000,
  credentialMs: 300_000,
};

import type { ErrorRecord, LeasedTask } from "@larder/contracts";
import { LarderError, toErrorRecord } from "@larder/contracts";

export interface RetryLimits {
  /** Tries of one task, the first included. */
  readonly attemptsMax: number;
  readonly retryDelayMsMin: number;
  readonly retryDelayMsMax: number;
}

export type FailurePlan =
  | { readonly kind: "release"; readonly error: ErrorRecord; readonly delayMs: number }
  | { readonly kind: "fail"; readonly error: ErrorRecord };

/**
 * Tries of a task. One that makes a live document anew has twice as many: in the second half nobody reads its bytes any
 * more, since they may be what ended the first.
 */
export function attemptsOf({ remadeFor }: Pick<LeasedTask, "remadeFor">, attemptsMax: number): number {
  return remadeFor === undefined ? attemptsMax : 2 * attemptsMax;
}

/** What becomes of a task that threw: later again when that may help, else the end with its reason. */
export function planFailure(thrown: unknown, attempt: number, limits: RetryLimits): FailurePlan {
  const error = LarderError.is(thrown) ? thrown : new LarderError("UNEXPECTED", { cause: thrown });
  if (!error.retryable) return { kind: "fail", error: toErrorRecord(error) };
  if (attempt >= limits.attemptsMax) return { kind: "fail", error: exhausted(attempt, error.code) };
  const delayMs = Math.min(limits.retryDelayMsMax, limits.retryDelayMsMin * 2 ** (attempt - 1));
  return { kind: "release", error: toErrorRecord(error), delayMs };
}

/** The end of a task that was tried too often, such as one whose worker died each time. */
export function exhausted(attempts: number, lastCode?: string): ErrorRecord {
  const details = { attempts, ...(lastCode === undefined ? {} : { lastCode }) };
  return toErrorRecord(new LarderError("JOB_ATTEMPTS_EXHAUSTED", { details }));
}

import type { Attempt, Candidate, LarderError, NanoUsd } from "@larder/contracts";
import { errorRules, nanoUsd } from "@larder/contracts";

/** A refusal that another model may not share. Any other rejection would be repeated by everyone. */
const capabilityReasons: ReadonlySet<unknown> = new Set([
  "context_length",
  "response_format",
  "parameter_unsupported",
  "model_unknown",
]);

/** Failures that every model of the provider would share within this request. */
function isProviderWide(error: Tried["error"]): boolean {
  if (error?.code === "PROVIDER_BUSY") return error.details?.reason !== "cooling_down";
  return error?.code === "PROVIDER_UNREACHABLE" || error?.code === "PROVIDER_AUTHENTICATION";
}

/** Whether another candidate may be asked after this failure; none after text has been given. */
export function movesOn(error: LarderError): boolean {
  if (error.details.limit === "deadline") return false; // a timer may fire a hair early, and leave time for a bill only
  return error.code !== "PROVIDER_REJECTED" || capabilityReasons.has(error.details.reason);
}

/** A call that was made or is being made: without an outcome it still runs, and counts at its worst. */
export type Tried = Pick<Attempt, "provider" | "model"> & Partial<Pick<Attempt, "billed" | "cost" | "error">>;

export interface NextCandidateOptions {
  readonly attempts: readonly Tried[];
  readonly costMax?: NanoUsd;
  readonly spreadsProviders: boolean;
  isPaused(candidate: Candidate): boolean;
}

/**
 * The first eligible candidate, in the quote's order, that was not tried, is not paused, is not of a provider that
 * cannot be called at all, and whose worst cost still fits beside what the earlier attempts cost or may have cost.
 * Providers that failed come last where they are spread.
 */
export function nextCandidate(
  candidates: readonly Candidate[],
  { attempts, costMax, spreadsProviders, isPaused }: NextCandidateOptions,
): Candidate | undefined {
  const isTried = (each: Candidate) => attempts.some((attempt) => isSame(attempt, each));
  const isShut = ({ provider }: Candidate) =>
    attempts.some((attempt) => attempt.provider === provider && isProviderWide(attempt.error));
  const left = candidates.filter(
    (each) =>
      each.isEligible &&
      !isTried(each) &&
      !isShut(each) &&
      !isPaused(each) &&
      fits(each, attempts, candidates, costMax),
  );
  const hasFailed = ({ provider }: Candidate) => attempts.some((attempt) => attempt.provider === provider);
  return (spreadsProviders ? left.find((each) => !hasFailed(each)) : undefined) ?? left[0];
}

/**
 * The candidate that may be asked a second time when nobody else is left: each of its calls failed for a passing reason
 * and surely cost nothing. A call whose bill is unknown is never repeated: it could be paid for twice.
 */
export function repeatableCandidate(
  candidates: readonly Candidate[],
  { attempts, costMax }: Pick<NextCandidateOptions, "attempts" | "costMax">,
): Candidate | undefined {
  return candidates.find((each) => {
    const own = attempts.filter((attempt) => isSame(attempt, each));
    const isSafe = own.every(
      ({ billed, error }) =>
        billed === "no" &&
        error !== undefined &&
        errorRules[error.code].retryable &&
        !(error.code === "PROVIDER_BUSY" && isProviderWide(error)),
    );
    return each.isEligible && own.length > 0 && isSafe && fits(each, attempts, candidates, costMax);
  });
}

function fits(
  { worstCost }: Candidate,
  attempts: readonly Tried[],
  candidates: readonly Candidate[],
  costMax: NanoUsd | undefined,
): boolean {
  if (costMax === undefined) return true;
  const spent = attempts.reduce((sum, attempt) => sum + committed(attempt, candidates), 0n);
  return spent + (worstCost ?? 0n) <= costMax;
}

/** What an attempt takes of the budget: its cost, or its worst cost while the bill is unknown. */
function committed(attempt: Tried, candidates: readonly Candidate[]): bigint {
  if (attempt.cost !== undefined) return attempt.cost;
  return candidates.find((each) => isSame(attempt, each))?.worstCost ?? nanoUsd(0n);
}

function isSame(attempt: Tried, { provider, model }: Candidate): boolean {
  return attempt.provider === provider && attempt.model === model;
}

/** Money of all attempts together; `undefined` when any of them has no known cost. */
export function totalCost(attempts: readonly Attempt[]): NanoUsd | undefined {
  let sum = 0n;
  for (const { cost } of attempts) {
    if (cost === undefined) return undefined;
    sum += cost;
  }
  return nanoUsd(sum);
}

import type { Attempt, Candidate, LarderError, NanoUsd } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";

/** A refusal that another model may not share. Any other rejection would be repeated by everyone. */
const capabilityReasons: ReadonlySet<unknown> = new Set(["context_length", "response_format", "model_unknown"]);

/** Whether another candidate may be asked after this failure; none after text has been given. */
export function movesOn(error: LarderError): boolean {
  return error.code !== "PROVIDER_REJECTED" || capabilityReasons.has(error.details.reason);
}

export interface NextCandidateOptions {
  readonly attempts: readonly Attempt[];
  readonly costMax?: NanoUsd;
  readonly spreadsProviders: boolean;
  isPaused(candidate: Candidate): boolean;
}

/**
 * The first eligible candidate, in the quote's order, that was not tried, is not paused, and whose worst cost still
 * fits beside what the earlier attempts cost or may have cost. Providers that failed come last where they are spread.
 */
export function nextCandidate(
  candidates: readonly Candidate[],
  { attempts, costMax, spreadsProviders, isPaused }: NextCandidateOptions,
): Candidate | undefined {
  const spent = attempts.reduce((sum, attempt) => sum + committed(attempt, candidates), 0n);
  const fits = ({ worstCost }: Candidate) => costMax === undefined || spent + (worstCost ?? 0n) <= costMax;
  const isTried = ({ provider, model }: Candidate) =>
    attempts.some((attempt) => attempt.provider === provider && attempt.model === model);
  const left = candidates.filter((each) => each.isEligible && !isTried(each) && !isPaused(each) && fits(each));
  const hasFailed = ({ provider }: Candidate) => attempts.some((attempt) => attempt.provider === provider);
  return (spreadsProviders ? left.find((each) => !hasFailed(each)) : undefined) ?? left[0];
}

/** What an attempt takes of the budget: its cost, or its worst cost while the bill is unknown. */
function committed(attempt: Attempt, candidates: readonly Candidate[]): bigint {
  if (attempt.cost !== undefined) return attempt.cost;
  const of = candidates.find(({ provider, model }) => provider === attempt.provider && model === attempt.model);
  return of?.worstCost ?? nanoUsd(0n);
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

import type { AttemptExpectation, PredictionError, UsageObservation } from "@larder/contracts";
import { inputTokensOf, outputTokensOf } from "@larder/contracts";
import type { FadingSums } from "./forgetting.ts";
import { add, read } from "./forgetting.ts";

/** Adds one attempt's expectation beside its bill. Money is summed as a double here: it is a statistic, not an account. */
export function notePrediction(errors: FadingSums, seen: UsageObservation, expected: AttemptExpectation): void {
  const input = relativeError(inputTokensOf(expected.tokens), inputTokensOf(seen.billed));
  const output = relativeError(outputTokensOf(expected.tokens), outputTokensOf(seen.billed));
  const cost = seen.billedCost === undefined ? undefined : Number(seen.billedCost);
  add(errors, seen.atMs, 1, {
    n: 1,
    input,
    output,
    ...(cost !== undefined &&
      cost > 0 && {
        priced: 1,
        billedUsd: cost / 1e9,
        expectedUsd: Number(expected.cost) / 1e9,
        cost: relativeError(Number(expected.cost), cost),
      }),
  });
}

/** Against the truth; a truth of 0 is taken as 1, so that nothing is infinite. */
function relativeError(expected: number, actual: number): number {
  return Math.abs(actual - expected) / Math.max(1, actual);
}

export function errorOf(
  errors: FadingSums,
  nowMs: number,
): Omit<PredictionError, "provider" | "model" | "task"> | undefined {
  const attempts = read(errors, "n", nowMs);
  if (attempts < 1e-6) return undefined;
  const priced = read(errors, "priced", nowMs);
  const expectedUsd = read(errors, "expectedUsd", nowMs);
  return {
    attempts,
    billedOverExpected: expectedUsd > 0 ? read(errors, "billedUsd", nowMs) / expectedUsd : 1,
    meanAbsoluteError: priced > 0 ? read(errors, "cost", nowMs) / priced : 0,
    inputError: read(errors, "input", nowMs) / attempts,
    outputError: read(errors, "output", nowMs) / attempts,
  };
}

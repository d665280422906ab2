import type { PastOutcomes, QualityForecast, QuestionOutcome } from "@larder/contracts";

/** An outcome counts half after this time, as near ones do. */
const halfLifeMs = 14 * 86_400_000;
/** A chance of one in twenty to trust near questions though the belief over all foretells all there is to know. */
const falseTrust = 0.05; // docs/decisions/0024-near-questions.md
/** No forecast is surer than that, so that one surprise ends no comparison. */
const probabilityMin = 0.01;

/**
 * How far near questions are trusted: 0 … 1, by what they foretold so far. For each outcome whose model had near ones,
 * the probability that they gave to what came is divided by the one that the belief over all gave; `E` is the product,
 * each quotient to the power of its outcome's freshness. Both forecasts were made before the outcome, so where the belief
 * over all is right `E` is 1 at most by expectation, and above 20 in one case of twenty at most (Markov). `1 / E` is then
 * a p-value `p`, and the trust `1 − p / 0.05`, or 0.
 *
 * Pure; the order does not matter. Cost: linear in the outcomes. 0 without outcomes.
 *
 * @source Dawid: Statistical Theory, the Prequential Approach, JRSS A 147 (1984), doi:10.2307/2981683
 * @source Vovk, Wang: E-values: calibration, combination and applications, Ann. Statist. 49 (2021), doi:10.1214/20-AOS2020
 */
export function trustOfNear(past: readonly PastOutcomes[], nowMs: number): number {
  let logE = 0;
  for (const { outcomes, atMs } of past) {
    let ratio = 0;
    for (const outcome of outcomes) {
      if (outcome.forecast !== undefined) ratio += logRatio(outcome.forecast, lastWord(outcome, outcomes));
    }
    if (ratio !== 0) logE += ratio * 2 ** (-Math.max(0, nowMs - atMs) / halfLifeMs);
  }
  const trust = Math.max(0, 1 - Math.exp(-logE) / falseTrust);
  return Math.round(trust * 1_000) / 1_000;
}

function logRatio({ overall, near }: QualityForecast, isGood: boolean): number {
  return Math.log(probabilityOf(near, isGood)) - Math.log(probabilityOf(overall, isGood));
}

function probabilityOf(good: number, isGood: boolean): number {
  const bounded = Math.min(1 - probabilityMin, Math.max(probabilityMin, good));
  return isGood ? bounded : 1 - bounded;
}

/** A person's word about the same answer is surer than the check's. */
function lastWord({ provider, model, isGood }: QuestionOutcome, all: readonly QuestionOutcome[]): boolean {
  const word = all.find((each) => each.source === "person" && each.provider === provider && each.model === model);
  return word?.isGood ?? isGood;
}

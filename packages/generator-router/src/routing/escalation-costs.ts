import type { CandidateEscalation, EscalationRates, NanoUsd, QualityPosterior } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";

export interface EscalatingModel {
  readonly provider: string;
  readonly model: string;
  readonly expectedCost: NanoUsd | undefined;
  readonly quality: QualityPosterior | undefined;
}

/** Belief in a model of which nothing is known: as likely good as bad. */
const unknownMean = 0.5;

/**
 * For each model, the cheapest one that is better by its lower bound, and what both cost together: the call itself and,
 * with the probability that its answer is found wanting, the other's call. A better model that costs no more is asked
 * first anyway. Cost: one sort and one pass.
 */
export function escalationCosts<Model extends EscalatingModel>(
  eligible: readonly Model[],
  rates: EscalationRates,
): ReadonlyMap<Model, CandidateEscalation> {
  const escalations = new Map<Model, CandidateEscalation>();
  const byBound = eligible
    .filter(({ expectedCost }) => expectedCost !== undefined)
    .toSorted((a, b) => boundOf(b) - boundOf(a));
  let cheapest: Model | undefined;
  for (let i = 0; i < byBound.length; ) {
    const bound = boundOf(byBound[i]);
    let end = i;
    for (; end < byBound.length && boundOf(byBound[end]) === bound; end += 1) {
      const model = byBound[end];
      if (model === undefined || cheapest?.expectedCost === undefined || model.expectedCost === undefined) continue;
      const probability = escalationProbability(model.quality, rates);
      const more = BigInt(Math.round(Number(cheapest.expectedCost) * probability));
      const { provider, model: name } = cheapest;
      escalations.set(model, { provider, model: name, probability, totalCost: nanoUsd(model.expectedCost + more) });
    }
    for (; i < end; i += 1) {
      const model = byBound[i];
      if (model === undefined) continue;
      if (cheapest === undefined || (model.expectedCost ?? 0n) < (cheapest.expectedCost ?? 0n)) cheapest = model;
    }
  }
  return escalations;
}

/** That the verifier finds an answer of this model wanting, rightly or not. */
function escalationProbability(quality: QualityPosterior | undefined, rates: EscalationRates): number {
  const good = quality?.mean ?? unknownMean;
  return (1 - good) * rates.caught + good * rates.falseAlarms;
}

const boundOf = (model: EscalatingModel | undefined) => model?.quality?.lowerBound ?? 0;

import type { ModelKnowledge, NearEvidence, NearOutcome, NearRequests, QualityPosterior } from "@larder/contracts";
import { betaQuantile } from "../memory/beta-quantile.ts";
import { boundShare, priorOf } from "../memory/quality-prior.ts";
import type { ModelRow } from "./model-rows.ts";

/** What is believed of a model over all requests counts as this many observations beside those of requests like it. */
const overallWeight = 2; // docs/decisions/0024-near-questions.md
/** Most that observations of requests like it count: three quarters of the belief, however many there are. */
const nearWeightMax = 6;

/**
 * The belief in a model at requests like one, of the belief over all and of how it did at those: the mean moves towards
 * theirs, and the bound with it where that is downwards: a minimum that a model misses over all it does not reach by a few
 * good answers. How sure the belief is stays as it was: a hundred near observations and ten are bounded
 * alike, and of few requests like this one nothing surer can be said than of all.
 *
 * Without outcomes it is `overall` itself. A further bad outcome never raises the mean or the bound, a good one never
 * lowers them (to 10⁻⁹, what {@link betaQuantile} is exact to).
 *
 * @param trust - 0 … 1, what near outcomes count; 0 leaves the belief as it is and only says what they would foretell
 */
export function nearQuality(
  overall: QualityPosterior,
  seen: Pick<NearOutcome, "good" | "bad">,
  trust = 1,
): QualityPosterior {
  const [good, bad] = [countOf(seen.good), countOf(seen.bad)];
  if (good + bad === 0) return overall;
  const kept = Math.min(1, nearWeightMax / (good + bad));
  const forecast = { overall: overall.mean, near: moveMean(overall.mean, kept * good, kept * bad) };
  const counted = Math.min(1, countOf(trust));
  const near: NearEvidence = { good, bad, trust: counted, forecast };
  if (counted === 0) return { ...overall, near };
  const moved = (mean: number) => moveMean(mean, counted * kept * good, counted * kept * bad);
  const observations = overall.alpha + overall.beta;
  const share = overall.alpha / observations;
  const alpha = observations * moved(share);
  const beta = observations - alpha;
  const isWorse = moved(share) < share;
  return {
    alpha,
    beta,
    mean: moved(overall.mean),
    lowerBound: isWorse ? Math.min(overall.lowerBound, betaQuantile(boundShare, alpha, beta)) : overall.lowerBound,
    weight: overall.weight,
    near,
  };
}

function moveMean(mean: number, good: number, bad: number): number {
  return (overallWeight * mean + good) / (overallWeight + good + bad);
}

const countOf = (weight: number) => (weight > 0 && Number.isFinite(weight) ? weight : 0);

/** Reads the quality of the model at an index. Only a model with near outcomes costs more than a look-up, and once. */
export function createQualityReader(
  rows: readonly ModelRow[],
  places: ReadonlyMap<string, number>,
  near: NearRequests | undefined,
): (index: number, known: ModelKnowledge | undefined) => QualityPosterior | undefined {
  const overall = (index: number, known: ModelKnowledge | undefined) =>
    known?.quality ?? priorOf(rows[index]?.entry.quality ?? null);
  if (near === undefined || near.outcomes.length === 0) return overall;
  // One slot a model: this is asked for hundreds of them, and a look-up by key would cost more than all the rest.
  const outcomes = new Array<NearOutcome | undefined>(rows.length).fill(undefined);
  for (const outcome of near.outcomes) {
    const index = places.get(`${outcome.provider}/${outcome.model}`);
    if (index !== undefined) outcomes[index] = outcome;
  }
  const read = new Map<number, QualityPosterior | undefined>();
  return (index, known) => {
    const outcome = outcomes[index];
    if (outcome === undefined) return overall(index, known);
    if (!read.has(index)) {
      const belief = overall(index, known);
      read.set(index, belief && nearQuality(belief, outcome, near.trust));
    }
    return read.get(index);
  };
}

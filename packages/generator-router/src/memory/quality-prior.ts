import type { QualityPosterior } from "@larder/contracts";
import { betaQuantile } from "./beta-quantile.ts";

/**
 * What the catalog's quality is worth, in observations: after twenty sure ones they say as much as it does. Chosen by
 * what a wrong catalog may cost: a model that never answers well is below half its prior's mean after 20 answers.
 */
const priorWeight = 20;
/** Of the posterior's mass below the bound. */
export const boundShare = 0.05;

const priors = new Map<number, QualityPosterior>();

/**
 * Belief before any observation: a Beta of weight {@link priorWeight} whose 5 % quantile is the catalog's quality.
 *
 * The catalog's quality is a benchmark's index, not a share of good answers, and is low beside one. Taking it as the
 * bound, not as the mean, keeps `min_quality` what it was for a model that nobody has asked yet.
 */
export function priorOf(quality: number | null): QualityPosterior | undefined {
  if (quality === null) return undefined;
  const known = priors.get(quality);
  if (known !== undefined) return known;
  let low = 0.001;
  let high = 0.999;
  for (let i = 0; i < 30; i += 1) {
    const mean = (low + high) / 2;
    if (betaQuantile(boundShare, priorWeight * mean, priorWeight * (1 - mean)) < quality) low = mean;
    else high = mean;
  }
  const mean = (low + high) / 2;
  const prior = {
    alpha: priorWeight * mean,
    beta: priorWeight * (1 - mean),
    mean,
    lowerBound: quality,
    weight: 0,
  };
  priors.set(quality, prior);
  return prior;
}

/** @param quality - Of the catalog; `null` starts from Beta(1, 1), which knows nothing. */
export function posteriorOf(quality: number | null, good: number, bad: number): QualityPosterior | undefined {
  const weight = Math.max(0, good) + Math.max(0, bad);
  if (weight < 1e-6) return priorOf(quality);
  const prior = priorOf(quality) ?? { alpha: 1, beta: 1 };
  const alpha = prior.alpha + Math.max(0, good);
  const beta = prior.beta + Math.max(0, bad);
  const lowerBound = betaQuantile(boundShare, alpha, beta);
  return { alpha, beta, mean: alpha / (alpha + beta), lowerBound, weight };
}

/** The same model at questions that look as hard as this one: its belief over all of them counts as ten observations. */
const difficultyPriorWeight = 10;

/** Only the mean is of that difficulty: the bound is a promise about the model at the task as a whole. */
export function atDifficulty(posterior: QualityPosterior, good: number, bad: number): QualityPosterior {
  const all = difficultyPriorWeight + Math.max(0, good) + Math.max(0, bad);
  return { ...posterior, mean: (difficultyPriorWeight * posterior.mean + Math.max(0, good)) / all };
}

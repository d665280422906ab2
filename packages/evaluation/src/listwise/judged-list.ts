import type { DocumentRange } from "../character-ranges.ts";
import { lengthOf, sharedLength, uniteRanges } from "../character-ranges.ts";

/** A stretch of text that may be sent, and what it is judged by. */
export interface Candidate {
  readonly range: DocumentRange;
  readonly tokens: number;
  /** The same ones in the same order for every candidate. */
  readonly features: readonly number[];
}

/** One question's candidates in numbers. */
export interface JudgedList {
  /** One row of features a candidate, row after row. */
  readonly features: Float64Array;
  /** Gold characters in each candidate. */
  readonly gold: readonly number[];
  readonly tokens: readonly number[];
  /** Gold characters of the question, whether a candidate holds them or not. */
  readonly goldTotal: number;
}

export function toJudgedList(candidates: readonly Candidate[], gold: readonly DocumentRange[]): JudgedList {
  return {
    features: Float64Array.from(candidates.flatMap(({ features }) => features)),
    gold: candidates.map(({ range }) => sharedLength([range], gold)),
    tokens: candidates.map(({ tokens }) => tokens),
    goldTotal: lengthOf(uniteRanges(gold)),
  };
}

/** Each candidate's weighted sum of features. As many weights as there are features. */
export function scoresOf({ features, gold }: JudgedList, weights: readonly number[]): Float64Array {
  const scores = new Float64Array(gold.length);
  for (let i = 0; i < scores.length; i += 1) {
    let score = 0;
    for (const [j, weight] of weights.entries()) score += weight * (features[i * weights.length + j] ?? 0);
    scores[i] = score;
  }
  return scores;
}

/** Shares that add up to 1, each score raised to the power of e; none for no scores. */
export function softmax(scores: Float64Array): Float64Array {
  let greatest = Number.NEGATIVE_INFINITY;
  for (const score of scores) greatest = Math.max(greatest, score);
  const odds = scores.map((score) => Math.exp(score - greatest));
  const sum = odds.reduce((total, each) => total + each, 0);
  return odds.map((each) => each / sum);
}

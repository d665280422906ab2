import type { Label } from "@larder/contracts";

export interface ScoredLabel {
  readonly label: Label;
  readonly score: number;
}

/**
 * One kind of score of a query's candidates, in any order. A label that is listed twice counts with its better score, a
 * score that is not finite not at all.
 */
export interface ScoreSide {
  readonly hits: readonly ScoredLabel[];
  /** >= 0, of any unit: weights are divided by their sum. */
  readonly weight: number;
}

export interface FusedHit {
  readonly label: Label;
  /** 0 … 1. */
  readonly score: number;
  /** In the order of the sides, scaled to 0 … 1; `undefined` where a side does not list the label. */
  readonly parts: readonly (number | undefined)[];
}

/**
 * Merges several scores of the same candidates by a convex combination of scores that are scaled per query.
 *
 * Shape: `s` lists of at most `n` labels in; one list of at most `s × n` distinct labels out, best first, ties to the
 * smaller label. Each side is scaled by its least and greatest score; where all are equal they scale to 1. Then the score
 * is the weighted mean of the parts, an unlisted part counting 0. Without any weight all scores are 0.
 * Cost: `O(s n log n)`, no I/O.
 *
 * @source Bruch, Gai, Ingber: An Analysis of Fusion Functions for Hybrid Retrieval, TOIS 2023, arXiv:2210.11934: such a
 * combination beats reciprocal rank fusion in and out of domain.
 */
export function fuseScores(sides: readonly ScoreSide[]): FusedHit[] {
  const weightSum = sides.reduce((sum, { weight }) => sum + weight, 0);
  const scaled = sides.map(({ hits, weight }) => ({
    share: weightSum === 0 ? 0 : weight / weightSum,
    scores: scaleToUnit(bestScores(hits)),
  }));
  const union = new Set(scaled.flatMap(({ scores }) => [...scores.keys()]));
  const fused = [...union].map((label): FusedHit => {
    const parts = scaled.map(({ scores }) => scores.get(label));
    const score = parts.reduce<number>((sum, part, i) => sum + (part ?? 0) * (scaled[i]?.share ?? 0), 0);
    return { label, parts, score: Math.min(1, score) }; // shares of 1 may add up to a little more
  });
  return fused.sort((a, b) => b.score - a.score || a.label - b.label);
}

/** Least to 0, greatest to 1; where all are equal, all to 1. */
export function unitScale(scores: Iterable<number>): (score: number) => number {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    least = Math.min(least, score);
    greatest = Math.max(greatest, score);
  }
  const range = greatest - least;
  return (score) => (range > 0 ? (score - least) / range : 1);
}

/** {@link unitScale} of every value. */
export function scaleToUnit<Key>(scores: ReadonlyMap<Key, number>): ReadonlyMap<Key, number> {
  const scale = unitScale(scores.values());
  return new Map([...scores].map(([key, score]) => [key, scale(score)]));
}

function bestScores(hits: readonly ScoredLabel[]): ReadonlyMap<Label, number> {
  const scores = new Map<Label, number>();
  for (const { label, score } of hits) {
    if (Number.isFinite(score) && score > (scores.get(label) ?? Number.NEGATIVE_INFINITY)) scores.set(label, score);
  }
  return scores;
}

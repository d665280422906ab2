import type { Label } from "@larder/contracts";

export interface ScoredLabel {
  readonly label: Label;
  readonly score: number;
}

/**
 * What one kind of search found for a query, in any order. A label that is listed twice counts with its better score, a
 * score that is not finite not at all.
 */
export type SearchSide = readonly ScoredLabel[];

export interface FusedHit {
  readonly label: Label;
  /** 0 … 1. */
  readonly score: number;
  /** Scaled to 0 … 1; absent when the side does not list the label. */
  readonly dense?: number;
  readonly lexical?: number;
}

/**
 * Merges dense and lexical scores by a convex combination of scores that are scaled per query.
 *
 * Shape: two lists of at most `n` labels in; one list of at most `2n` distinct labels out, best first, ties to the
 * smaller label. Each side is scaled by its least and greatest score; where all are equal they scale to 1. Then `score = denseWeight × dense + (1 - denseWeight) × lexical`, an unlisted part counting 0.
 * Cost: `O(n log n)`, no I/O.
 *
 * @source Bruch, Gai, Ingber: An Analysis of Fusion Functions for Hybrid Retrieval, TOIS 2023, arXiv:2210.11934: such a
 * combination beats reciprocal rank fusion in and out of domain.
 */
export function fuseScores(dense: SearchSide, lexical: SearchSide, denseWeight: number): FusedHit[] {
  const denseScores = bestScores(dense);
  const lexicalScores = bestScores(lexical);
  const union = new Set([...denseScores.keys(), ...lexicalScores.keys()]);
  const scaleDense = scaling(denseScores);
  const scaleLexical = scaling(lexicalScores);

  const fused = [...union].map((label): FusedHit => {
    const densePart = scaleDense(label);
    const lexicalPart = scaleLexical(label);
    return {
      label,
      score: denseWeight * (densePart ?? 0) + (1 - denseWeight) * (lexicalPart ?? 0),
      ...(densePart === undefined ? {} : { dense: densePart }),
      ...(lexicalPart === undefined ? {} : { lexical: lexicalPart }),
    };
  });
  return fused.sort((a, b) => b.score - a.score || a.label - b.label);
}

function bestScores(hits: readonly ScoredLabel[]): ReadonlyMap<Label, number> {
  const scores = new Map<Label, number>();
  for (const { label, score } of hits) {
    if (Number.isFinite(score) && score > (scores.get(label) ?? Number.NEGATIVE_INFINITY)) scores.set(label, score);
  }
  return scores;
}

function scaling(scores: ReadonlyMap<Label, number>) {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const score of scores.values()) {
    least = Math.min(least, score);
    greatest = Math.max(greatest, score);
  }
  return (label: Label): number | undefined => {
    const score = scores.get(label);
    if (score === undefined) return undefined;
    return greatest > least ? (score - least) / (greatest - least) : 1;
  };
}

import type { DocumentRange } from "./character-ranges.ts";
import { lengthOf, sharedLength, uniteRanges } from "./character-ranges.ts";

export interface SpanScores {
  /** Share of the gold characters that were retrieved, 0 … 1. */
  readonly recall: number;
  /** Share of the retrieved characters that are gold; characters that were retrieved twice cost twice. */
  readonly precision: number;
  /** Gold retrieved by all that was retrieved or gold; characters that were retrieved twice cost twice. */
  readonly intersectionOverUnion: number;
}

/**
 * Recall, precision and intersection over union of character ranges. Without gold there is nothing to find and all
 * are 0; nothing retrieved scores 0.
 * @source Smith, Troynikov: Evaluating Chunking Strategies for Retrieval, Chroma, 2024; as its code counts
 */
export function scoreSpans(gold: readonly DocumentRange[], retrieved: readonly DocumentRange[]): SpanScores {
  const goldLength = lengthOf(uniteRanges(gold));
  const retrievedLength = lengthOf(retrieved);
  const found = sharedLength(gold, retrieved);
  const union = retrievedLength + goldLength - found;
  return {
    recall: goldLength === 0 ? 0 : found / goldLength,
    precision: retrievedLength === 0 ? 0 : found / retrievedLength,
    intersectionOverUnion: union === 0 ? 0 : found / union,
  };
}

/** Share of the gold characters that the evidence covers, 0 … 1; 0 without gold. */
export function evidenceRecall(gold: readonly DocumentRange[], evidence: readonly DocumentRange[]): number {
  return scoreSpans(gold, evidence).recall;
}

const coveredShareMin = 0.5; // a span is found when the reader sees most of it; chosen arbitrarily

/** Share of the gold spans of which at least half was retrieved, 0 … 1; 0 without gold. */
export function spanRecall(gold: readonly DocumentRange[], retrieved: readonly DocumentRange[]): number {
  if (gold.length === 0) return 0;
  const found = gold.filter((span) => sharedLength([span], retrieved) >= coveredShareMin * lengthOf([span]));
  return found.length / gold.length;
}

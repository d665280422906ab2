import { LarderError } from "@larder/contracts";

/**
 * One score from what a sequence-classification model says of one pair: its only logit, or by how much the second of two
 * labels (by convention the relevant one) exceeds the first.
 * @throws {@link LarderError} `RERANKER_OUTPUT_INVALID` for any other number of labels, or a score that is not finite
 */
export function scoreOfLogits(logits: ArrayLike<number>): number {
  const [first = Number.NaN, second = Number.NaN] = Array.from(logits);
  const score = logits.length === 2 ? second - first : first;
  if (logits.length > 2 || !Number.isFinite(score)) {
    throw new LarderError("RERANKER_OUTPUT_INVALID", { details: { labels: logits.length, score: String(score) } });
  }
  return score;
}

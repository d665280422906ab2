import type { Difficulty, Retrieval } from "@larder/contracts";

/**
 * How hard a question looks, by signs that are there before anybody is asked: the retrieval's confidence, how much its
 * best piece stands out from the next ones, and whether the question asks for several things or depends on an earlier one.
 *
 * The lines between the levels are chosen arbitrarily; what a level means for a model is learned, as the share of its
 * answers at that level that were supported.
 */
export function difficultyOf(
  question: string,
  { confidence, evidence }: Pick<Retrieval, "confidence" | "evidence">,
  turns = 0,
): Difficulty {
  const [first, second] = evidence.map(({ score }) => score).sort((a, b) => b - a);
  const standsOut = first === undefined || second === undefined || second <= 0.8 * first;
  const isCompound = /\?.*\?|\b(?:compare|difference|versus|vs\.?|and (?:how|why|what|which|when|who))\b/i.test(
    question,
  );
  let points = confidence < 0.3 ? 2 : confidence < 0.6 ? 1 : 0;
  if (!standsOut) points += 1;
  if (isCompound) points += 1;
  if (turns > 0) points += 1;
  return points <= 1 ? "easy" : points === 2 ? "medium" : "hard";
}

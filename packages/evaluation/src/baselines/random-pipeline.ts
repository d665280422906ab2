import { seededRandom } from "@larder/statistics";
import type { Pipeline } from "../pipeline.ts";
import type { Piece } from "./fill-budget.ts";
import { createRankedPipeline } from "./ranked-pipeline.ts";

const tokensMax = 40_000; // above the greatest budget, so that no more is drawn than can be sent

/** Sends pieces drawn at random: what knowing nothing finds. The same draws for one seed and order of queries. */
export function createRandomPipeline(
  pieces: readonly Piece[],
  countTokens: (text: string) => number,
  seed = 1,
): Pipeline {
  const random = seededRandom(seed);
  return createRankedPipeline("random", countTokens, async () => {
    const drawn = new Set<Piece>();
    for (let tokens = 0; tokens < tokensMax && drawn.size < pieces.length; ) {
      const piece = pieces[Math.floor(random() * pieces.length)];
      if (piece === undefined || drawn.has(piece)) continue;
      drawn.add(piece);
      tokens += Math.max(1, piece.tokens);
    }
    return [...drawn];
  });
}

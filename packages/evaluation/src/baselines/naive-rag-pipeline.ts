import type { Call, Embedder } from "@larder/contracts";
import type { Pipeline } from "../pipeline.ts";
import type { Piece } from "./fill-budget.ts";
import { createRankedPipeline } from "./ranked-pipeline.ts";

/** The field's default: 800 tokens with 400 overlap, nearest vectors first. */
export const naiveRagWindows = { size: 800, overlap: 400 } as const;

const rankedMax = 200; // 160,000 tokens, ten times the greatest budget

/** Embeds every piece once, then compares each question with all of them. */
export async function openNaiveRagPipeline(
  pieces: readonly Piece[],
  embedder: Embedder,
  countTokens: (text: string) => number,
  call: Call,
): Promise<Pipeline> {
  const { dimensions } = embedder;
  const matrix = await embedder.embed(
    pieces.map(({ text }) => text),
    "bulk",
    call,
  );
  return createRankedPipeline("naive-rag", countTokens, async ({ text }, ofQuery) => {
    const vector = await embedder.embed([text], "query", ofQuery);
    const scored = pieces.map((piece, row) => ({ piece, score: cosine(matrix, row * dimensions, vector) }));
    return scored
      .sort((a, b) => b.score - a.score)
      .slice(0, rankedMax)
      .map(({ piece }) => piece);
  });
}

/** Both are of unit length. */
function cosine(matrix: Float32Array, offset: number, vector: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i += 1) sum += (matrix[offset + i] ?? 0) * (vector[i] ?? 0);
  return sum;
}

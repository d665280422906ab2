import type { DataSet } from "../data-set.ts";
import type { Pipeline } from "../pipeline.ts";
import { createRankedPipeline } from "./ranked-pipeline.ts";

/** Sends the gold itself: what no retriever can beat. */
export function createOraclePipeline(set: DataSet, countTokens: (text: string) => number): Pipeline {
  const texts = new Map(set.documents.map(({ id, text }) => [id, text]));
  return createRankedPipeline("oracle", countTokens, async ({ id }) =>
    (set.gold.get(id) ?? []).map((range) => {
      const text = texts.get(range.documentId)?.slice(range.start, range.end) ?? "";
      return { ...range, text, tokens: countTokens(text) };
    }),
  );
}

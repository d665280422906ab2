import type { Evidence, Retriever } from "@larder/contracts";

const timingsMs = { embed: 0, dense: 0, lexical: 0, lateInteraction: 0, link: 0, rerank: 0, pack: 0, total: 0 };

/** Finds the same for every question, so that a test is about what follows a search. */
export function fixedRetriever(...evidence: readonly Evidence[]): Retriever {
  const tokens = evidence.reduce((sum, piece) => sum + piece.tokens, 0);
  return { id: "fixed", retrieve: async () => ({ evidence, tokens, confidence: 1, degraded: [], timingsMs }) };
}

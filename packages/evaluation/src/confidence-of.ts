import type { Retrieval } from "@larder/contracts";

/**
 * How sure a retrieval is that its evidence answers the question, 0 … 1: what it says itself, else the best piece's
 * score; 0 without evidence.
 */
export function confidenceOf(retrieval: Retrieval & { readonly confidence?: number }): number {
  return retrieval.confidence ?? retrieval.evidence[0]?.score ?? 0;
}

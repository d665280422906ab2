import type { Larder } from "@larder/api";
import type { SearchMode } from "@larder/contracts";
import type { Pipeline } from "@larder/evaluation";
import { confidenceOf } from "@larder/evaluation";
import type { KnowledgeBaseOfSet } from "./knowledge-base-of-set.ts";

export const modes = ["lexical", "dense", "hybrid"] as const satisfies readonly SearchMode[];

/** The retriever that answers users, in one of its modes. */
export function createLarderPipeline(
  { retriever, tokenCounter }: Pick<Larder, "retriever" | "tokenCounter">,
  { knowledgeBaseId, setIds }: KnowledgeBaseOfSet,
  mode: SearchMode,
): Pipeline {
  return {
    id: mode,
    async retrieve({ text }, { tokenBudget, pieces }, call) {
      const found = await retriever.retrieve({ knowledgeBaseId, text, mode, limit: pieces, tokenBudget }, call);
      return {
        evidence: found.evidence.flatMap(({ documentId, start, end }) =>
          (setIds.get(documentId) ?? []).map((id) => ({ documentId: id, start, end })),
        ),
        tokens: () => found.evidence.reduce((sum, piece) => sum + tokenCounter.count(piece.text), 0),
        confidence: confidenceOf(found),
      };
    },
  };
}

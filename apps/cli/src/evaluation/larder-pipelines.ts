import type { Larder } from "@larder/api";
import type { SearchMode } from "@larder/contracts";
import type { Pipeline } from "@larder/evaluation";
import { confidenceOf } from "@larder/evaluation";
import type { KnowledgeBaseOfSet } from "./knowledge-base-of-set.ts";

type RetrieverParts = Pick<Larder, "retriever" | "tokenCounter">;

/** A configuration of Larder that can be measured, by the name that `--modes` takes. */
export interface PipelineRecipe {
  readonly id: string;
  /** Measured when `--modes` says nothing, on sets of these kinds. */
  readonly isDefaultFor: readonly ("documents" | "spans")[];
  create(parts: RetrieverParts, base: KnowledgeBaseOfSet): Pipeline;
}

/** Every configuration that can be measured. Another one is another line. */
export const recipes: readonly PipelineRecipe[] = [
  { id: "lexical", isDefaultFor: ["documents"], create: withMode("lexical") },
  { id: "dense", isDefaultFor: ["documents"], create: withMode("dense") },
  { id: "hybrid", isDefaultFor: ["documents", "spans"], create: withMode("hybrid") },
];

/** The retriever that answers users, in one of its modes. */
function withMode(mode: SearchMode): PipelineRecipe["create"] {
  return ({ retriever, tokenCounter }, { knowledgeBaseId, setIds }) => ({
    id: mode,
    async retrieve({ text }, { tokenBudget, pieces }, call) {
      const budget = tokenBudget === undefined ? {} : { tokenBudget };
      const found = await retriever.retrieve({ knowledgeBaseId, text, mode, limit: pieces, ...budget }, call);
      return {
        evidence: found.evidence.flatMap(({ documentId, start, end }) =>
          (setIds.get(documentId) ?? []).map((id) => ({ documentId: id, start, end })),
        ),
        tokens: () => found.evidence.reduce((sum, piece) => sum + tokenCounter.count(piece.text), 0),
        confidence: confidenceOf(found),
      };
    },
  });
}

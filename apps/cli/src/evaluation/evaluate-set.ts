import type { Larder } from "@larder/api";
import type { Call, SearchMode } from "@larder/contracts";
import type { DataSet, PairedDifference, RankingScores } from "@larder/evaluation";
import { evaluateRanking, pairedBootstrap } from "@larder/evaluation";
import type { EvaluationBase } from "./build-knowledge-base.ts";

export const modes = ["lexical", "dense", "hybrid"] as const satisfies readonly SearchMode[];

export interface SetResult {
  readonly set: string;
  readonly documents: number;
  readonly scores: Readonly<Record<SearchMode, RankingScores>>;
  /** Hybrid less each side alone, over the same queries. */
  readonly gains: { readonly overLexical: PairedDifference; readonly overDense: PairedDifference };
}

const ranks = 100;
const tokenBudget = 1_000_000; // ranking is measured here, not packing: nothing may be cut

/** Every query of the set in each mode, through the retriever that answers users. */
export async function evaluateSet(larder: Larder, set: DataSet, base: EvaluationBase, call: Call): Promise<SetResult> {
  const { knowledgeBaseId, setIds } = base;
  const score = (mode: SearchMode): Promise<RankingScores> =>
    evaluateRanking(
      set,
      async ({ text }) => {
        const found = await larder.retriever.retrieve({ knowledgeBaseId, text, mode, limit: ranks, tokenBudget }, call);
        return [...new Set(found.evidence.flatMap(({ documentId }) => setIds.get(documentId) ?? []))];
      },
      () => performance.now(),
    );
  const lexical = await score("lexical");
  const dense = await score("dense");
  const hybrid = await score("hybrid");
  const gain = (other: RankingScores): PairedDifference =>
    pairedBootstrap(hybrid.ndcgAt10ByQuery, other.ndcgAt10ByQuery);
  return {
    set: set.name,
    documents: set.documents.length,
    scores: { lexical, dense, hybrid },
    gains: { overLexical: gain(lexical), overDense: gain(dense) },
  };
}

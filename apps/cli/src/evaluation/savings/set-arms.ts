import { createHash } from "node:crypto";
import { armOfPipeline } from "@larder/api";
import type {
  DocumentId,
  ModelEntry,
  RankedSearch,
  RankingRetriever,
  Retrieval,
  TokenCounter,
} from "@larder/contracts";
import type { DataSet, Pipeline } from "@larder/evaluation";
import { clusterOf } from "@larder/evaluation";
import type { Corpus, OfferedArm, QuestionSet, RunArmId, RunQuestion } from "@larder/savings-runs";
import { knowledgeBaseArms } from "@larder/savings-runs";
import type { EvaluationBench } from "../evaluation-bench.ts";
import type { KnowledgeBaseOfSet } from "../knowledge-base-of-set.ts";

/** The arms that the evaluation's own baselines are, so that its figures and these are the same. */
const armOfBaseline: Readonly<Record<string, RunArmId>> = {
  "bm25-only": "lexical_passages",
  "naive-rag": "naive_rag",
  random: "random_passages",
  oracle: "oracle_evidence",
};

export function questionsOfSet(set: DataSet): QuestionSet {
  const lengths = new Map(set.documents.map(({ id, text }) => [id, text.length]));
  const wholeDocuments = (queryId: string) =>
    [...(set.relevance.get(queryId)?.keys() ?? [])].map((documentId) => {
      return { documentId, start: 0, end: lengths.get(documentId) ?? 0 };
    });
  const questions = set.queries.map((query): RunQuestion => {
    const gold = set.kind === "spans" ? (set.gold.get(query.id) ?? []) : wholeDocuments(query.id);
    return { id: query.id, text: query.text, answers: [], gold, cluster: clusterOf(set, query) };
  });
  return { name: set.name, isSynthetic: false, questions };
}

export function corpusOfSet(set: DataSet, counter: TokenCounter): Corpus {
  const hash = createHash("sha256");
  const documents = set.documents.map(({ id, title, text }) => {
    hash.update(JSON.stringify([title, text]));
    return { ...{ id, title, text, names: [], passages: [] }, tokens: counter.count(text) };
  });
  const tokens = documents.reduce((sum, document) => sum + document.tokens, 0);
  return { name: set.name, documents, tokens, sha256: hash.digest("hex") };
}

export interface SetArmParts {
  readonly bench: EvaluationBench;
  readonly base: KnowledgeBaseOfSet;
  readonly corpus: Corpus;
  readonly baselines: readonly Pipeline[];
  readonly model: ModelEntry | undefined;
  readonly seed: number;
  readonly outputTokensMax: number;
}

/** Larder and whole documents over the set's knowledge base, under the set's own ids; the rest are the baselines. */
export function armsOfSet(
  { bench, base, corpus, baselines, model, seed, outputTokensMax }: SetArmParts,
  wanted: readonly RunArmId[],
  questions: readonly RunQuestion[],
): readonly OfferedArm[] {
  const { larder } = bench;
  const measured = new Map(baselines.map((pipeline) => [armOfBaseline[pipeline.id], pipeline]));
  const ports = {
    ...{ corpus, questions, seed, outputTokensMax, counter: larder.tokenCounter },
    ...{ knowledgeBaseId: base.knowledgeBaseId, lexical: larder.lexical, store: larder.store },
    retriever: withSetIds(larder.retriever, base),
    ...(model === undefined ? {} : { model }),
  };
  return knowledgeBaseArms(ports, wanted).map((arm) => {
    const pipeline = measured.get(arm.id);
    return pipeline === undefined ? arm : armOfPipeline(arm.id, corpus, async () => pipeline);
  });
}

/** Gold names documents by the set's ids, which the store does not know. */
function withSetIds(retriever: RankingRetriever, { setIds }: KnowledgeBaseOfSet): RankingRetriever {
  const renamed = (retrieval: Retrieval): Retrieval => {
    const evidence = retrieval.evidence.map((piece) => {
      const [setId = piece.documentId] = setIds.get(piece.documentId) ?? [];
      return { ...piece, documentId: setId as DocumentId };
    });
    return { ...retrieval, evidence };
  };
  return {
    id: retriever.id,
    retrieve: async (query, call) => renamed(await retriever.retrieve(query, call)),
    async rank(query, call): Promise<RankedSearch> {
      const search = await retriever.rank(query, call);
      return { pack: (limits) => renamed(search.pack(limits)) };
    },
  };
}

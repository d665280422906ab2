import type {
  DocumentReader,
  KnowledgeBaseId,
  LexicalSearcher,
  ModelEntry,
  RankingRetriever,
  TokenCounter,
} from "@larder/contracts";
import type { RunQuestion } from "../question-set.ts";
import type { RunArmId } from "../run-arms.ts";
import type { RunArm } from "../run-ports.ts";
import type { Corpus } from "./corpus.ts";
import { createLarderArm, createLexicalArm, createOracleArm, createRandomArm } from "./retrieved-arms.ts";
import { closedBookArm, createStuffArm, createTopDocumentArm, createTruncatedArm } from "./whole-arms.ts";

export interface KnowledgeBaseArmPorts {
  readonly knowledgeBaseId: KnowledgeBaseId;
  readonly corpus: Corpus;
  readonly retriever: RankingRetriever;
  readonly lexical: LexicalSearcher;
  readonly store: Pick<DocumentReader, "passagesByLabel">;
  readonly counter: TokenCounter;
  readonly questions: readonly RunQuestion[];
  readonly seed: number;
  /** Tokens of the answer that the window must leave room for. */
  readonly outputTokensMax: number;
  /** Needs an index of its own, which whoever owns an embedder makes. */
  readonly naiveRag?: OfferedArm;
  /** The one that is asked, or that evidence is priced at. */
  readonly model?: ModelEntry;
}

/** Instructions and question; a window that is fuller than this leaves would be refused. */
const overheadTokens = 1_024;

export type OfferedArm = RunArm & { readonly evidenceTokensMax?: number };

const noNaiveRag: OfferedArm = {
  id: "naive_rag",
  infeasible: { kind: "not_offered", reason: "Naive RAG needs an index of its own, and none was given." },
  find: async () => ({ pieces: [], tokens: 0 }),
};

/** Every arm over one knowledge base, through ports alone; those that cannot be measured say why. */
export function knowledgeBaseArms(ports: KnowledgeBaseArmPorts, wanted: readonly RunArmId[]): readonly OfferedArm[] {
  const { corpus, retriever, knowledgeBaseId: id, counter, model } = ports;
  const context = model?.contextTokens ?? undefined;
  const window = {
    model: model === undefined ? "no model" : `${model.provider}/${model.model}`,
    evidenceTokensMax:
      context === undefined ? undefined : Math.max(0, context - ports.outputTokensMax - overheadTokens),
  };
  const make: Readonly<Record<RunArmId, () => OfferedArm>> = {
    larder: () => createLarderArm(retriever, id),
    lexical_passages: () => createLexicalArm(ports.lexical, ports.store, id, counter),
    random_passages: () => createRandomArm(corpus, counter, ports.seed),
    oracle_evidence: () => createOracleArm(corpus, counter, ports.questions),
    naive_rag: () => ports.naiveRag ?? noNaiveRag,
    top_document: () => createTopDocumentArm(corpus, retriever, id, window, counter),
    stuff_cached: () => createStuffArm("stuff_cached", corpus, window, counter),
    stuff_cold: () => createStuffArm("stuff_cold", corpus, window, counter),
    stuff_truncated: () => createTruncatedArm(corpus, window, counter),
    closed_book: () => closedBookArm,
  };
  return wanted.map((arm) => make[arm]());
}

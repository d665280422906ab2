import type { Call } from "./call.ts";
import type { EmbedderId } from "./embedder.ts";
import type { DocumentId, KnowledgeBaseId, PassageId } from "./ids.ts";
import type { SearchFilter } from "./search-filter.ts";

export type SearchMode = "hybrid" | "dense" | "lexical";

/**
 * Most tokens of evidence, headings and markers included, by the retriever's token counter; or `auto`: as few as are
 * predicted to hold most of what the largest budget would find.
 */
export type TokenBudget = number | "auto";

/** What became of the budget. */
export interface BudgetReport {
  readonly asked: TokenBudget;
  /** Tokens that the evidence could have had. */
  readonly tokensMax: number;
  /** Share of the evidence among the candidates that is predicted to be here, 0 … 1; calibrated, not certain. */
  readonly predictedRecall: number;
}

/** A question of a conversation that came before, and what was answered. */
export interface Turn {
  readonly question: string;
  readonly answer?: string;
}

export interface RetrievalQuery {
  readonly knowledgeBaseId: KnowledgeBaseId;
  /** At least one visible character. */
  readonly text: string;
  /** Earlier turns, oldest first: a question that does not stand alone is searched with what they were about. */
  readonly history?: readonly Turn[];
  readonly mode: SearchMode;
  /** Most pieces of evidence, >= 1. */
  readonly limit: number;
  /** Absent: whole passages, as many as `limit` says. */
  readonly tokenBudget?: TokenBudget;
  /** Only passages of documents of which this is true. */
  readonly filter?: SearchFilter;
}

/** One contiguous stretch of one document. `text` is the stored text's slice from `start` to `end`, verbatim. */
export interface Evidence {
  /** The best passage inside the stretch. */
  readonly passageId: PassageId;
  /** All passages inside the stretch, in order. */
  readonly passageIds: readonly PassageId[];
  readonly documentId: DocumentId;
  readonly version: number;
  readonly title: string;
  readonly fileName?: string;
  readonly headings: readonly string[];
  readonly page?: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** As it stands in the prompt: text, title and headings. */
  readonly tokens: number;
  /** 0 … 1: the weighted mean of the normalised parts in `scores`, and what a link adds to it. */
  readonly score: number;
  /** Each part scaled to 0 … 1 over this query's candidates; absent when that side did not find the passage. */
  readonly scores: {
    readonly dense?: number;
    readonly lexical?: number;
    readonly lateInteraction?: number;
    /** Share of what a best passage leaves open of the question, where the two are linked; not scaled. */
    readonly link?: number;
    /** Scaled over the candidates that the reranker read; absent for others, and when there is none. */
    readonly rerank?: number;
  };
}

export interface Retrieval {
  /**
   * Places (document, headings, page) by their best piece, best first; the pieces of one place in the order of the
   * document. Deterministic for one state of the knowledge base while search is exact.
   */
  readonly evidence: readonly Evidence[];
  /** What was searched for, when earlier turns were added to the question. */
  readonly searchedText?: string;
  /** Names in the best passages that a second search was made with; absent when there was none. */
  readonly followedNames?: readonly string[];
  /** SHA-256 of the question's vector as 32-bit floats in little-endian order; absent when nothing was embedded. */
  readonly queryVectorSha256?: string;
  /** That vector, for whoever compares questions; absent with it. Never shown or written down with an answer. */
  readonly queryVector?: Float32Array;
  /** Of the vectors that were searched: the question's is of the same one. Absent where nobody said. */
  readonly embedderId?: EmbedderId;
  /** Sum of the evidence's tokens, at most the budget. */
  readonly tokens: number;
  /** Present when the query had a budget. */
  readonly budget?: BudgetReport;
  /**
   * That the knowledge base answers the question, 0 … 1. A probability where half of the questions have an answer; an
   * order elsewhere. 0 when nothing that matches was found; what does not fit the budget counts all the same.
   */
  readonly confidence: number;
  /** What did not take part, in words: `"dense search is unavailable"`. Empty when all did. */
  readonly degraded: readonly string[];
  readonly timingsMs: {
    readonly embed: number;
    readonly dense: number;
    readonly lexical: number;
    readonly lateInteraction: number;
    /** Links of the best passages, and the second search if there was one. */
    readonly link: number;
    /** 0 without a reranker. */
    readonly rerank: number;
    readonly pack: number;
    readonly total: number;
  };
}

/** Question to evidence. */
export interface Retriever {
  /** Name and settings of the pipeline; receipts record it. */
  readonly id: string;
  /** Nothing found is `evidence: []`. @throws {@link LarderError} `QUERY_EMPTY`, `KNOWLEDGE_BASE_NOT_FOUND` */
  retrieve(query: RetrievalQuery, call: Call): Promise<Retrieval>;
}

/** What decides how much of a ranking is sent. */
export type PackingLimits = Pick<RetrievalQuery, "limit" | "tokenBudget">;

/** A query under any limits. */
export type SearchQuery = Omit<RetrievalQuery, keyof PackingLimits>;

/** The ranking of one search, to be packed under as many limits as are to be compared. */
export interface RankedSearch {
  /** What `retrieve` gives under these limits. Its timings count the search each time, as a user would wait for it. */
  pack(limits: PackingLimits): Retrieval;
}

/** A retriever whose search can be had without its packing, which is all that a budget changes. */
export interface RankingRetriever extends Retriever {
  /** Rejects as `retrieve` does. What was ranked stays in memory as long as the result does. */
  rank(query: SearchQuery, call: Call): Promise<RankedSearch>;
}

import type { SearchMode, TokenBudget } from "./retriever.ts";
import type { SearchFilter } from "./search-filter.ts";

/** What was searched with, besides the question's words, and the state of what was searched. */
export interface RetrievalRecord {
  readonly mode: SearchMode;
  readonly limit: number;
  readonly tokenBudget?: TokenBudget;
  readonly filter?: SearchFilter;
  /** Earlier turns that were sent with the question. */
  readonly historyTurns: number;
  /** Of what was searched for, when earlier turns were added to the question. */
  readonly searchedTextSha256?: string;
  /** Of the question's vector, as 32-bit floats in little-endian order; absent when dense search took no part. */
  readonly queryVectorSha256?: string;
  /** Merkle root of the knowledge base when the search began; see `IndexRoots`. */
  readonly indexRoot: string;
  /** When it ended, where documents came or went meanwhile: nobody knows which of the two each hit is of. */
  readonly indexRootAfter?: string;
  /** What did not take part, in words. */
  readonly degraded: readonly string[];
}

/** Milliseconds, each from its own beginning to its end; the parts of a search overlap. */
export interface TimingsRecord {
  /** The whole search. */
  readonly retrieve: number;
  readonly embed?: number;
  readonly dense?: number;
  readonly lexical?: number;
  readonly lateInteraction?: number;
  readonly link?: number;
  readonly rerank?: number;
  readonly pack?: number;
  /** From the question's coming to the answer's first text; absent when there was none. */
  readonly firstText?: number;
  /** All that providers took, verification between two calls included. */
  readonly generate: number;
  /** Checking answers against the evidence; absent when no model wrote one. */
  readonly verify?: number;
  readonly total: number;
}

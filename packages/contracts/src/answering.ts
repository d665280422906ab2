import type { CallerKeyId } from "./budgets.ts";
import type { Call } from "./call.ts";
import type { ErrorRecord } from "./errors/larder-error.ts";
import type { ResponseFormat } from "./generator.ts";
import type { DocumentId, KnowledgeBaseId, PassageId } from "./ids.ts";
import type { AnswerBasis, AnswerVerification, CounterfactualArm, Receipt } from "./receipt.ts";
import type { Evidence, Retrieval, TokenBudget, Turn } from "./retriever.ts";
import type { Policy, Route } from "./routing.ts";
import type { SearchFilter } from "./search-filter.ts";

export interface Question {
  readonly knowledgeBaseId: KnowledgeBaseId;
  readonly text: string;
  /** Earlier turns, oldest first. */
  readonly history?: readonly Turn[];
  /** Tokens of evidence. */
  readonly tokenBudget: TokenBudget;
  readonly outputTokensMax: number;
  readonly policy: Policy;
  readonly responseFormat?: ResponseFormat;
  readonly filter?: SearchFilter;
  /** The API key whose budgets pay, besides the knowledge base's and the total. */
  readonly callerKey?: CallerKeyId;
  /** Whether the receipt keeps the question and its history. Absent: as the settings say. */
  readonly isKept?: boolean;
  /** Stop after the route: nothing is sent, no receipt is written. */
  readonly isDryRun: boolean;
}

/** A verbatim span of a stored passage. Shown only when `quote` is the document's text from `start` to `end`. */
export interface Citation {
  /**
   * The number in the answer's text: `[1]` is 1. In a generated answer the evidence's place, from 1; in an extractive one
   * the passages that are quoted are numbered in order, from 1 and without gaps.
   */
  readonly marker: number;
  /** The passage that holds `start`. */
  readonly passageId: PassageId;
  readonly documentId: DocumentId;
  /** Of the document. */
  readonly title: string;
  readonly fileName?: string;
  /** Of that passage. */
  readonly headings: readonly string[];
  readonly page?: number;
  readonly start: number;
  readonly end: number;
  readonly quote: string;
}

export interface Answer {
  readonly text: string;
  readonly citations: readonly Citation[];
  /** Every sentence that states something carries a citation that was verified. */
  readonly isGrounded: boolean;
  readonly basis: AnswerBasis;
  /** Of a generated answer. */
  readonly verification?: AnswerVerification;
  readonly retrieval: Retrieval;
  readonly route: Route;
  /** Absent for a dry run. */
  readonly receipt?: Receipt;
  /** What the answer is compared with in the headline. */
  readonly headline?: CounterfactualArm;
}

/** Evidence, route, text, then exactly one `finished` or `failed`. Citations come with `finished` at the latest. */
export type AnswerEvent =
  | { readonly kind: "evidence"; readonly evidence: readonly Evidence[] }
  | { readonly kind: "route"; readonly route: Route }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "citation"; readonly citation: Citation }
  | { readonly kind: "finished"; readonly answer: Answer }
  /** The text so far is not an answer. */
  | { readonly kind: "failed"; readonly error: ErrorRecord; readonly receipt?: Receipt };

/** Question to receipt. Rejects only before the first event; later failures are the event `failed`. */
export type AnswerQuestion = (question: Question, call: Call) => AsyncIterable<AnswerEvent>;

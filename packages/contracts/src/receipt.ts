import type { Call } from "./call.ts";
import type { Page, PageRequest } from "./documents.ts";
import type { EmbedderId } from "./embedder.ts";
import type { DocumentId, KnowledgeBaseId, PassageId, ReceiptId } from "./ids.ts";
import type { NanoUsd } from "./money.ts";
import type { RetrievalRecord, TimingsRecord } from "./receipt-parts.ts";
import type { Turn } from "./retriever.ts";
import type { Route } from "./routing.ts";
import type { Usage, UsageTokens } from "./usage.ts";

/** Stands for the knowledge base in the receipt of a request that had no documents; no id has its form. */
export const noKnowledgeBase = "none" as KnowledgeBaseId;

/** How an answer came about. */
export type AnswerBasis = "generated" | "extractive" | "abstained";

/**
 * What the money of a number rests on, best first. A total carries the weakest basis among its parts.
 * `billed`: the provider's usage at the price book's rates; `estimated`: our own token count at those rates;
 * `modelled`: nothing was sent, a model of what would have been; `unpriced`: no rate is known.
 */
export type CostBasis = "billed" | "estimated" | "modelled" | "unpriced";

/** Complete ways to answer that an answer is compared with; see docs/guides/savings.md. */
export type ArmId = "stuff_cold" | "stuff_warm";

export type SavingVerdict = "saves" | "costs_more" | "no_measurable_effect" | "not_established" | "capability_only";

/** What another way to answer would have sent and cost. */
export interface CounterfactualArm {
  readonly arm: ArmId;
  /** `provider/model` that it is priced at. */
  readonly model: string;
  /** The whole knowledge base fits the model's usable window. */
  readonly isFeasible: boolean;
  /** Why it is not. */
  readonly reason?: string;
  /** What the number takes for granted, in one sentence. */
  readonly assumption?: string;
  /** Input tokens, capped at the model's usable window. */
  readonly tokens: number;
  /** Absent when infeasible or unpriced. */
  readonly cost?: NanoUsd;
  readonly basis: CostBasis;
  readonly saved: {
    /** Signed: arm's input tokens less ours. */
    readonly tokens: number;
    /** Signed; absent when either side has no cost. */
    readonly cost?: NanoUsd;
    readonly verdict: SavingVerdict;
  };
}

/** What an answer that no model wrote is compared as: its prompt, sent to the model that the arms are priced at. */
export interface ModelledSpending {
  /** `provider/model`. */
  readonly model: string;
  readonly tokens: UsageTokens;
  readonly cost: NanoUsd;
}

/** One piece of evidence. What is absent was not recorded yet when the receipt was written. */
export interface ReceiptHit {
  /** The best passage of the piece. */
  readonly passageId: PassageId;
  /** All passages of the piece, in order. */
  readonly passageIds?: readonly PassageId[];
  readonly documentId?: DocumentId;
  readonly version?: number;
  /** Where the piece stands in the document's text. */
  readonly start?: number;
  readonly end?: number;
  /** SHA-256 of the piece's text as UTF-8. */
  readonly textSha256: string;
  readonly score: number;
}

export type VerificationProblem =
  | "claim_unsupported"
  | "number_differs"
  | "name_differs"
  | "negation_differs"
  | "schema_invalid"
  | "refused"
  | "nothing_stated";

/** What a check on this machine found of a generated answer against its evidence. */
export interface AnswerVerification {
  readonly isSupported: boolean;
  /** Of the weakest claim: 0 … 1. */
  readonly score: number;
  /** Sentences that state something. */
  readonly claims: number;
  /** Of claims that are not supported; each once. */
  readonly problems: readonly VerificationProblem[];
  readonly verifierId: string;
}

/** Where a receipt stands in the chain of all receipts of its database; see docs/decisions/0020-receipts.md. */
export interface ChainPlace {
  /** From 1. */
  readonly number: number;
  /** Of the receipt before it; 64 zeros for the first. */
  readonly previousHash: string;
  readonly hash: string;
}

/** One receipt of the chain as it is stored. */
export interface ChainedReceipt extends ChainPlace {
  /** As values of JSON, money as `{"$bigint": …}`: what `hash` was made of. */
  readonly receipt: unknown;
}

/**
 * The durable record of one answer. Holds no document text and no answer, and the question only when that was asked for.
 * What is optional without a reason of its own was not recorded yet in receipts of before.
 */
export interface Receipt {
  readonly id: ReceiptId;
  readonly knowledgeBaseId: KnowledgeBaseId;
  readonly createdAtMs: number;
  readonly basis: AnswerBasis;
  readonly isGrounded: boolean;
  readonly questionSha256: string;
  /** When it was asked to be kept, so that the retrieval can be made again. */
  readonly question?: string;
  /** The earlier turns as they were sent; with the question, if there were any. */
  readonly history?: readonly Turn[];
  readonly promptTemplateId: string;
  readonly retrieverId: string;
  readonly embedderId: EmbedderId;
  readonly priceBookId: string;
  /** Newest date that the prices are of. */
  readonly priceBookAsOf?: string;
  /** SHA-256 over every setting that retrieval and answering went by. */
  readonly settingsSha256?: string;
  /** Absent where there was none to search. */
  readonly retrieval?: RetrievalRecord;
  /** The evidence, in order. */
  readonly hits: readonly ReceiptHit[];
  readonly evidenceTokens: number;
  /** Of the whole knowledge base at that moment. */
  readonly corpusTokens: number;
  readonly tokenCounterId: string;
  readonly route: Route;
  /** Of all attempts; absent when nothing was sent. */
  readonly usage?: Usage;
  readonly cost?: NanoUsd;
  readonly costBasis: CostBasis;
  /** Set for an extractive answer: each arm's `saved` is the arm less this. */
  readonly modelled?: ModelledSpending;
  readonly counterfactuals: readonly CounterfactualArm[];
  /** The arm that the headline compares with: the cheapest feasible one. */
  readonly headlineArm?: ArmId;
  /** Of a generated answer. */
  readonly verification?: AnswerVerification;
  readonly timingsMs: TimingsRecord;
  /** Set when the answer broke off. */
  readonly errorCode?: string;
  /** Set when it was read back; no part of what is hashed. */
  readonly chain?: ChainPlace;
}

export type UsageGroup = "model" | "provider" | "knowledge_base" | "day";

export interface UsageTotal {
  /** Value of the group: `openai/gpt-…`, a knowledge base's id, `2026-11-24`. */
  readonly key: string;
  readonly attempts: number;
  readonly tokens: UsageTokens;
  /** Sum of the known costs. */
  readonly cost: NanoUsd;
  /** Attempts whose cost is not known; never counted as 0 without saying so. */
  readonly unpricedAttempts: number;
}

export interface LedgerWindow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly knowledgeBaseId?: KnowledgeBaseId;
}

/** Where answers and the money they took are written down, append only. */
export interface Ledger {
  /** Receipt, its place in the chain and one row per attempt of its route, in one transaction; durable when it returns. */
  record(receipt: Receipt, call: Call): Promise<void>;
  /** @throws {@link LarderError} `RECEIPT_NOT_FOUND` */
  receipt(id: ReceiptId, call: Call): Promise<Receipt>;
  /** Newest first. */
  receipts(page: PageRequest & { readonly knowledgeBaseId?: KnowledgeBaseId }, call: Call): Promise<Page<Receipt>>;
  /** Every receipt as it is stored, in the order of the chain. Says nothing of whether the chain is sound. */
  chain(call: Call): AsyncIterable<ChainedReceipt>;
  /** Every receipt created in `[fromMs, toMs)`, oldest first. */
  receiptsWithin(window: LedgerWindow, call: Call): AsyncIterable<Receipt>;
  /** Attempts started in `[fromMs, toMs)`, summed by group, keys ascending. */
  usage(window: LedgerWindow, group: UsageGroup, call: Call): Promise<readonly UsageTotal[]>;
}

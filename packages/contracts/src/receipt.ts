import type { ArmCache, ArmId, ArmQuality } from "./arms.ts";
import type { Call } from "./call.ts";
import type { ContextWindowUse } from "./context-window.ts";
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

export type SavingVerdict = "saves" | "costs_more" | "no_measurable_effect" | "not_established" | "capability_only";

/** What another way to answer would have sent and cost; see docs/guides/savings.md. */
export interface CounterfactualArm {
  readonly arm: ArmId;
  /** `provider/model` that it is priced at. */
  readonly model: string;
  /** It could have been done for this question. */
  readonly isFeasible: boolean;
  /** Why it is not. */
  readonly reason?: string;
  /** What the number takes for granted beyond the arm's own rule. */
  readonly assumption?: string;
  /** Absent in receipts from before there were arms of unknown quality: theirs is presumed. */
  readonly quality?: ArmQuality;
  /** Of an arm whose cost depends on what the provider's cache holds. */
  readonly cache?: ArmCache;
  /** Input tokens, capped at the model's usable window. */
  readonly tokens: number;
  /** Absent when infeasible or unpriced. */
  readonly cost?: NanoUsd;
  readonly basis: CostBasis;
  readonly saved: {
    /** Signed: arm's input tokens less ours. */
    readonly tokens: number;
    /** Signed: the arm's cost less ours, for `batch` less what ours would cost there; absent when either has none. */
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
  /** By our own count. */
  readonly tokens?: number;
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

/**
 * Set while a share of the questions is held out: which way this one was answered, by chance, among those for which
 * both ways were open.
 */
export interface HoldoutDraw {
  /** 0 … 1, as it was set. */
  readonly share: number;
  /** `stuffed`: the whole knowledge base stood in the prompt. */
  readonly taken: "retrieval" | "stuffed";
  /** The document of the best passage: questions about one document are not independent. */
  readonly cluster: DocumentId;
}

/** What most of the evidence is, by its signs: token counts of other tokenizers differ most on code, tables and CJK text. */
export const contentClasses = ["prose", "code", "json", "table", "cjk"] as const;
export type ContentClass = (typeof contentClasses)[number];

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
  /** Of the evidence; absent without any, and in receipts from before it was kept. */
  readonly contentClass?: ContentClass;
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
  /** The arm that the headline compares with: the cheapest feasible one whose quality is presumed. */
  readonly headlineArm?: ArmId;
  /** Absent when no model's window is known, and in receipts from before it was kept. */
  readonly window?: ContextWindowUse;
  readonly holdout?: HoldoutDraw;
  /** Of a generated answer. */
  readonly verification?: AnswerVerification;
  readonly timingsMs: TimingsRecord;
  /** Set when the answer broke off. */
  readonly errorCode?: string;
  /** Set when it was read back; no part of what is hashed. */
  readonly chain?: ChainPlace;
}

/** A receipt whose row cannot be read any more: what it said is lost, not that it was there. */
export interface DamagedReceipt {
  readonly id: ReceiptId;
  readonly number: number;
}

/** Receipts that can be read, and which of the page cannot; together as many as were asked for. */
export interface ReceiptPage extends Page<Receipt> {
  readonly damaged: readonly DamagedReceipt[];
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
  /**
   * Receipt, its place in the chain and one row per attempt of its route, in one transaction, which ends its intent;
   * durable when it returns.
   */
  record(receipt: Receipt, call: Call): Promise<void>;
  /** @throws {@link LarderError} `RECEIPT_NOT_FOUND`, `RECEIPT_DAMAGED` */
  receipt(id: ReceiptId, call: Call): Promise<Receipt>;
  /** Newest first. A damaged one hides no other: it is named beside them. */
  receipts(page: PageRequest & { readonly knowledgeBaseId?: KnowledgeBaseId }, call: Call): Promise<ReceiptPage>;
  /** Every receipt as it is stored, in the order of the chain. Says nothing of whether the chain is sound. */
  chain(call: Call): AsyncIterable<ChainedReceipt>;
  /**
   * Every receipt created in `[fromMs, toMs)`, oldest first. For sums, from which nothing may be left out in silence.
   * @throws {@link LarderError} `RECEIPT_DAMAGED` at the first that cannot be read
   */
  receiptsWithin(window: LedgerWindow, call: Call): AsyncIterable<Receipt>;
  /** Attempts started in `[fromMs, toMs)`, summed by group, keys ascending. */
  usage(window: LedgerWindow, group: UsageGroup, call: Call): Promise<readonly UsageTotal[]>;
}

import type { Call } from "./call.ts";
import type { EmbedderId } from "./embedder.ts";
import type { KnowledgeBaseId, ReceiptId } from "./ids.ts";
import type { QualityForecast } from "./near-requests.ts";
import type { QualityObservation } from "./routing-memory.ts";

/** How one model's answer to a question turned out, and who says so. */
export interface QuestionOutcome extends Pick<QualityObservation, "provider" | "model" | "task" | "isGood" | "weight"> {
  readonly source: "verdict" | "person";
  /** What was expected before the call; absent where nothing near was known of the model, or a person spoke later. */
  readonly forecast?: QualityForecast;
}

/** A question that was asked before: its vector and what became of it, none of its words. */
export interface PastQuestion {
  readonly receiptId: ReceiptId;
  readonly knowledgeBaseId: KnowledgeBaseId;
  /** Whose vector it is; vectors of two embedders are never compared. */
  readonly embedderId: EmbedderId;
  /** Of unit length. */
  readonly vector: Float32Array;
  readonly outcomes: readonly QuestionOutcome[];
  readonly atMs: number;
}

export interface NearQuestion extends Pick<PastQuestion, "outcomes" | "atMs"> {
  /** Cosine: −1 … 1. */
  readonly similarity: number;
}

/** A past question without its vector. */
export type PastOutcomes = Pick<PastQuestion, "outcomes" | "atMs">;

export interface NearQuestionsQuery extends Pick<PastQuestion, "knowledgeBaseId" | "embedderId" | "vector"> {
  /** Most questions that are given. */
  readonly limit: number;
  /** Less near ones are left out. */
  readonly similarityMin: number;
}

/**
 * Questions of the past by nearness. At most a fixed number of each knowledge base is kept, the newest; all of them go
 * with it. What is lost of them costs nothing but experience, so writing need not be waited for.
 */
export interface PastQuestions {
  /** From the next look-up on it is found; durable when it resolves. The oldest one gives way. */
  note(question: PastQuestion, call: Call): Promise<void>;
  /** Replaces what the same source said of the same model; nothing where the question is not kept. */
  judge(receiptId: ReceiptId, outcome: QuestionOutcome, call: Call): Promise<void>;
  /** The nearest first; of equal ones the newer. */
  nearest(query: NearQuestionsQuery, call: Call): Promise<readonly NearQuestion[]>;
  /** Of every question that is kept and could be near one of that embedder, in no order. */
  outcomes(
    of: Pick<NearQuestionsQuery, "knowledgeBaseId" | "embedderId" | "vector">,
    call: Call,
  ): Promise<readonly PastOutcomes[]>;
  /** Forgets all of every knowledge base. */
  clear(call: Call): Promise<void>;
}

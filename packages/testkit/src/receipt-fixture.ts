import type { EmbedderId, KnowledgeBaseId, Receipt, ReceiptId } from "@larder/contracts";

/** The receipt of an answer that cost nobody anything: whatever a test is about goes into `more`. */
export function receiptOf(more: Partial<Receipt> = {}): Receipt {
  return {
    id: "rcp_0000000000" as ReceiptId,
    knowledgeBaseId: "kb_0000000000" as KnowledgeBaseId,
    createdAtMs: 1,
    basis: "generated",
    isGrounded: true,
    questionSha256: "0".repeat(64),
    promptTemplateId: "answer@1",
    retrieverId: "hybrid@1",
    embedderId: "embedder@1" as EmbedderId,
    priceBookId: "book@1",
    hits: [],
    evidenceTokens: 0,
    corpusTokens: 0,
    tokenCounterId: "o200k",
    route: { reason: "", candidates: [], attempts: [], priceBookId: "book@1" },
    costBasis: "billed",
    counterfactuals: [],
    timingsMs: { retrieve: 0, generate: 0, total: 0 },
    ...more,
  };
}

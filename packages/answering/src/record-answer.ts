import type {
  CounterfactualArm,
  KnowledgeBase,
  Question,
  Receipt,
  ReceiptId,
  RequestShape,
  Retrieval,
} from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import type { AnsweringPorts } from "./answering-ports.ts";
import { priceAlternatives } from "./price-alternatives.ts";
import { receiptOf } from "./receipt-of.ts";

/** An answer, or what there is of it, with all that its receipt tells of. */
export interface SettledAnswer {
  readonly question: Question;
  readonly knowledgeBase: KnowledgeBase;
  readonly retrieval: Retrieval;
  readonly shape: RequestShape;
  readonly draft: AnswerDraft;
  /** Where it has a name already, as once something was sent. */
  readonly receiptId?: ReceiptId;
  /** When the question came, on the monotonic clock. */
  readonly startMs: number;
}

export interface RecordedAnswer {
  readonly receipt: Receipt;
  /** The comparison that is shown first; absent when there is none to claim. */
  readonly headline: CounterfactualArm | undefined;
}

/** Writes the receipt under a time limit of its own: money that was spent is written down though nobody waits. */
export async function recordAnswer(
  ports: AnsweringPorts,
  { question, knowledgeBase, retrieval, shape, draft, receiptId, startMs }: SettledAnswer,
): Promise<RecordedAnswer> {
  const { ledger, savings, router, retriever, embedder, tokenCounter, clock, ids, settings } = ports;
  const alternatives = priceAlternatives({
    savings,
    priceBook: router.priceBook,
    draft,
    shape,
    evidenceTokens: retrieval.tokens,
    corpusTokens: knowledgeBase.counts.tokens,
  });
  const headline = savings.headline(alternatives.counterfactuals);
  const receipt: Receipt = receiptOf({
    id: receiptId ?? ids.next("receipt"),
    createdAtMs: clock.nowMs(),
    question,
    knowledgeBase,
    retrieval,
    draft,
    ...alternatives,
    headline,
    retrieverId: retriever.id,
    embedderId: embedder.id,
    tokenCounterId: tokenCounter.id,
    totalMs: clock.monotonicMs() - startMs,
  });
  await ledger.record(receipt, { signal: AbortSignal.timeout(settings?.recordTimeoutMs ?? 10_000) });
  return { receipt, headline };
}

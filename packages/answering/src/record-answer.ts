import type { CounterfactualArm, KnowledgeBase, Question, Receipt, RequestShape } from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import type { AnswerTimes } from "./answer-times.ts";
import type { AnsweringPorts } from "./answering-ports.ts";
import { priceAlternatives } from "./price-alternatives.ts";
import { receiptOf } from "./receipt-of.ts";
import type { RootedRetrieval } from "./retrieve-with-root.ts";
import { settingsHashOf } from "./settings-of-answers.ts";

/** An answer, or what there is of it, with all that its receipt tells of. */
export interface SettledAnswer {
  readonly question: Question;
  readonly knowledgeBase: KnowledgeBase;
  readonly searched: RootedRetrieval;
  readonly shape: RequestShape;
  readonly draft: AnswerDraft;
  readonly parts: AnswerTimes;
}

export interface RecordedAnswer {
  readonly receipt: Receipt;
  /** The comparison that is shown first; absent when there is none to claim. */
  readonly headline: CounterfactualArm | undefined;
}

/** Writes the receipt under a time limit of its own: money that was spent is written down though nobody waits. */
export async function recordAnswer(
  ports: AnsweringPorts,
  { question, knowledgeBase, searched, shape, draft, parts }: SettledAnswer,
): Promise<RecordedAnswer> {
  const { ledger, savings, router, retriever, embedder, tokenCounter, clock, ids, settings } = ports;
  const alternatives = priceAlternatives({
    savings,
    priceBook: router.priceBook,
    draft,
    shape,
    evidenceTokens: searched.retrieval.tokens,
    corpusTokens: knowledgeBase.counts.tokens,
  });
  const headline = savings.headline(alternatives.counterfactuals);
  const receipt: Receipt = receiptOf({
    id: ids.next("receipt"),
    createdAtMs: clock.nowMs(),
    question,
    knowledgeBase,
    searched,
    draft,
    ...alternatives,
    headline,
    retrieverId: retriever.id,
    embedderId: embedder.id,
    tokenCounterId: tokenCounter.id,
    priceBookAsOf: router.priceBook.asOf,
    settingsSha256: settingsHashOf(ports),
    isQuestionKept: question.isKept ?? settings?.keepsQuestions ?? false,
    parts,
  });
  await ledger.record(receipt, { signal: AbortSignal.timeout(settings?.recordTimeoutMs ?? 10_000) });
  return { receipt, headline };
}

import type {
  Call,
  CounterfactualArm,
  HoldoutDraw,
  KnowledgeBase,
  Question,
  Receipt,
  ReceiptId,
  RequestShape,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import type { AnswerTimes } from "./answer-times.ts";
import { answeringAttempt } from "./answering-attempt.ts";
import type { AnsweringPorts } from "./answering-ports.ts";
import { contextWindowOf } from "./context-window-of.ts";
import type { Alternatives } from "./price-alternatives.ts";
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
  /** Where it has a name already, as once something was sent. */
  readonly receiptId?: ReceiptId;
  readonly parts: AnswerTimes;
  /** Which way chance sent it, while a share is held out. */
  readonly holdout?: HoldoutDraw | undefined;
}

export interface RecordedAnswer {
  readonly receipt: Receipt;
  /** The comparison that is shown first; absent when there is none to claim. */
  readonly headline: CounterfactualArm | undefined;
}

/** Writes the receipt under a time limit of its own: money that was spent is written down though nobody waits. */
export async function recordAnswer(ports: AnsweringPorts, settled: SettledAnswer): Promise<RecordedAnswer> {
  const { ledger, savings, router, retriever, embedder, tokenCounter, clock, ids, settings } = ports;
  const { question, knowledgeBase, searched, shape, draft, receiptId, parts, holdout } = settled;
  const { retrieval } = searched;
  const call = { signal: AbortSignal.timeout(settings?.recordTimeoutMs ?? 10_000) };
  const alternatives = await alternativesOf(ports, settled, call);
  const headline = savings.headline(alternatives.counterfactuals);
  const window = contextWindowOf({
    ...{ savings, tokenCounter, question, retrieval, shape, draft },
    priceBook: router.priceBook,
    ...(alternatives.modelled && { modelled: alternatives.modelled }),
  });
  const receipt: Receipt = receiptOf({
    id: receiptId ?? ids.next("receipt"),
    createdAtMs: clock.nowMs(),
    question,
    knowledgeBase,
    searched,
    draft,
    ...alternatives,
    ...{ headline, window, holdout },
    retrieverId: retriever.id,
    embedderId: embedder.id,
    tokenCounterId: tokenCounter.id,
    priceBookAsOf: router.priceBook.asOf,
    settingsSha256: settingsHashOf(ports),
    isQuestionKept: question.isKept ?? settings?.keepsQuestions ?? false,
    parts,
  });
  await ledger.record(receipt, call);
  return { receipt, headline };
}

/** An answer that was held out took the baseline itself: there is nothing to compare it with. */
async function alternativesOf(ports: AnsweringPorts, settled: SettledAnswer, call: Call): Promise<Alternatives> {
  const { savings, router, arrivals, clock } = ports;
  const { question, knowledgeBase, searched, shape, draft, holdout } = settled;
  const topDocumentTokens = holdout?.taken === "stuffed" ? undefined : await topDocumentTokensOf(ports, settled, call);
  const nowMs = clock.nowMs();
  const alternatives =
    holdout?.taken === "stuffed"
      ? { counterfactuals: [] }
      : priceAlternatives({
          ...{ savings, draft, shape },
          priceBook: router.priceBook,
          evidenceTokens: searched.retrieval.tokens,
          corpusTokens: knowledgeBase.counts.tokens,
          ...(topDocumentTokens !== undefined && { topDocumentTokens }),
          policy: question.policy,
          traffic: (model) => arrivals?.rate(model, knowledgeBase.id, nowMs) ?? { arrivals: 0, perHour: 0 },
        });
  const model = askedModel(draft, alternatives);
  if (model !== undefined) arrivals?.observe({ model, knowledgeBaseId: knowledgeBase.id, atMs: nowMs });
  return alternatives;
}

/** Who answered, or who the answer is compared at: a prompt that it would have seen. */
function askedModel(draft: AnswerDraft, { modelled }: Alternatives): string | undefined {
  const attempt = answeringAttempt(draft);
  return attempt === undefined ? modelled?.model : `${attempt.provider}/${attempt.model}`;
}

/** `undefined` when nothing was found, nothing is compared, or the document is gone meanwhile. */
async function topDocumentTokensOf(
  { documents }: AnsweringPorts,
  { knowledgeBase, searched, draft }: SettledAnswer,
  call: Call,
): Promise<number | undefined> {
  const [best] = searched.retrieval.evidence;
  if (documents === undefined || best === undefined || draft.error !== undefined) return undefined;
  try {
    return (await documents.document(knowledgeBase.id, best.documentId, call)).counts.tokens;
  } catch (thrown) {
    if (LarderError.is(thrown) && thrown.code === "DOCUMENT_NOT_FOUND") return undefined;
    throw thrown;
  }
}

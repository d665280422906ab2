import type {
  Call,
  CounterfactualArm,
  HoldoutDraw,
  KnowledgeBase,
  Question,
  Receipt,
  ReceiptId,
  RequestShape,
  Retrieval,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import { answeringAttempt } from "./answering-attempt.ts";
import type { AnsweringPorts } from "./answering-ports.ts";
import { contextWindowOf } from "./context-window-of.ts";
import type { Alternatives } from "./price-alternatives.ts";
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
  const { question, knowledgeBase, retrieval, shape, draft, receiptId, startMs, holdout } = settled;
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
    retrieval,
    draft,
    ...alternatives,
    ...{ headline, window, holdout },
    retrieverId: retriever.id,
    embedderId: embedder.id,
    tokenCounterId: tokenCounter.id,
    totalMs: clock.monotonicMs() - startMs,
  });
  await ledger.record(receipt, call);
  return { receipt, headline };
}

/** An answer that was held out took the baseline itself: there is nothing to compare it with. */
async function alternativesOf(ports: AnsweringPorts, settled: SettledAnswer, call: Call): Promise<Alternatives> {
  const { savings, router, arrivals, clock } = ports;
  const { question, knowledgeBase, retrieval, shape, draft, holdout } = settled;
  const topDocumentTokens = holdout?.taken === "stuffed" ? undefined : await topDocumentTokensOf(ports, settled, call);
  const nowMs = clock.nowMs();
  const alternatives =
    holdout?.taken === "stuffed"
      ? { counterfactuals: [] }
      : priceAlternatives({
          ...{ savings, draft, shape },
          priceBook: router.priceBook,
          evidenceTokens: retrieval.tokens,
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
  { knowledgeBase, retrieval, draft }: SettledAnswer,
  call: Call,
): Promise<number | undefined> {
  const [best] = retrieval.evidence;
  if (documents === undefined || best === undefined || draft.error !== undefined) return undefined;
  try {
    return (await documents.document(knowledgeBase.id, best.documentId, call)).counts.tokens;
  } catch (thrown) {
    if (LarderError.is(thrown) && thrown.code === "DOCUMENT_NOT_FOUND") return undefined;
    throw thrown;
  }
}

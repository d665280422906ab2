import { createHash } from "node:crypto";
import type {
  ContextWindowUse,
  CounterfactualArm,
  EmbedderId,
  HoldoutDraw,
  KnowledgeBase,
  Question,
  Receipt,
  ReceiptId,
  Retrieval,
} from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import { contentClassOf } from "./content-class.ts";
import type { Alternatives } from "./price-alternatives.ts";
import { promptTemplateId } from "./prompt.ts";

export interface ReceiptFacts extends Alternatives {
  readonly id: ReceiptId;
  readonly createdAtMs: number;
  readonly question: Question;
  readonly knowledgeBase: KnowledgeBase;
  readonly retrieval: Retrieval;
  readonly draft: AnswerDraft;
  readonly headline: CounterfactualArm | undefined;
  readonly window: ContextWindowUse | undefined;
  readonly holdout: HoldoutDraw | undefined;
  readonly retrieverId: string;
  readonly embedderId: EmbedderId;
  readonly tokenCounterId: string;
  readonly totalMs: number;
}

/** The record of an answer: hashes of what was asked and shown, never the words. Pure. */
export function receiptOf(facts: ReceiptFacts): Receipt {
  const { question, knowledgeBase, retrieval, draft, headline, window, holdout } = facts;
  const contentClass = contentClassOf(retrieval.evidence.map(({ text }) => text));
  const { usage, cost, basis: costBasis } = draft.spending;
  return {
    id: facts.id,
    knowledgeBaseId: question.knowledgeBaseId,
    createdAtMs: facts.createdAtMs,
    basis: draft.basis,
    isGrounded: draft.isGrounded,
    questionSha256: sha256(question.text),
    promptTemplateId,
    retrieverId: facts.retrieverId,
    embedderId: knowledgeBase.embedderId ?? facts.embedderId,
    priceBookId: draft.route.priceBookId,
    hits: retrieval.evidence.map(({ passageId, text, score }) => ({ passageId, textSha256: sha256(text), score })),
    evidenceTokens: retrieval.tokens,
    ...(contentClass === undefined ? {} : { contentClass }),
    corpusTokens: knowledgeBase.counts.tokens,
    tokenCounterId: facts.tokenCounterId,
    route: draft.route,
    ...(usage === undefined ? {} : { usage }),
    ...(cost === undefined ? {} : { cost }),
    costBasis,
    ...(facts.modelled === undefined ? {} : { modelled: facts.modelled }),
    counterfactuals: facts.counterfactuals,
    ...(headline === undefined ? {} : { headlineArm: headline.arm }),
    ...(window === undefined ? {} : { window }),
    ...(holdout === undefined ? {} : { holdout }),
    ...(draft.verification === undefined ? {} : { verification: draft.verification }),
    timingsMs: { retrieve: retrieval.timingsMs.total, generate: draft.generateMs, total: facts.totalMs },
    ...(draft.error === undefined ? {} : { errorCode: draft.error.code }),
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

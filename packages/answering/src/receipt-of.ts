import type {
  ContextWindowUse,
  CounterfactualArm,
  EmbedderId,
  Evidence,
  HoldoutDraw,
  KnowledgeBase,
  Question,
  Receipt,
  ReceiptHit,
  ReceiptId,
  RetrievalRecord,
  TimingsRecord,
} from "@larder/contracts";
import { sha256Hex } from "@larder/receipts";
import type { AnswerDraft } from "./answer-draft.ts";
import type { AnswerTimes } from "./answer-times.ts";
import { contentClassOf } from "./content-class.ts";
import type { Alternatives } from "./price-alternatives.ts";
import { promptTemplateId } from "./prompt.ts";
import type { RootedRetrieval } from "./retrieve-with-root.ts";

export interface ReceiptFacts extends Alternatives {
  readonly id: ReceiptId;
  readonly createdAtMs: number;
  readonly question: Question;
  readonly knowledgeBase: KnowledgeBase;
  readonly searched: RootedRetrieval;
  readonly draft: AnswerDraft;
  readonly headline: CounterfactualArm | undefined;
  readonly window: ContextWindowUse | undefined;
  readonly holdout: HoldoutDraw | undefined;
  readonly retrieverId: string;
  readonly embedderId: EmbedderId;
  readonly tokenCounterId: string;
  readonly priceBookAsOf: string;
  readonly settingsSha256: string;
  readonly isQuestionKept: boolean;
  readonly parts: AnswerTimes;
}

/** The record of an answer: hashes of what was asked and shown, never the words, but for a question that is kept. */
export function receiptOf(facts: ReceiptFacts): Receipt {
  const { question, knowledgeBase, searched, draft, headline, window, holdout } = facts;
  const { retrieval } = searched;
  const contentClass = contentClassOf(retrieval.evidence.map(({ text }) => text));
  const { usage, cost, basis: costBasis } = draft.spending;
  return {
    id: facts.id,
    knowledgeBaseId: question.knowledgeBaseId,
    createdAtMs: facts.createdAtMs,
    basis: draft.basis,
    isGrounded: draft.isGrounded,
    questionSha256: sha256Hex(question.text),
    ...(facts.isQuestionKept ? keptQuestion(question) : {}),
    promptTemplateId,
    retrieverId: facts.retrieverId,
    embedderId: retrieval.embedderId ?? knowledgeBase.embedderId ?? facts.embedderId,
    priceBookId: draft.route.priceBookId,
    priceBookAsOf: facts.priceBookAsOf,
    settingsSha256: facts.settingsSha256,
    retrieval: retrievalRecordOf(searched),
    hits: retrieval.evidence.map(toReceiptHit),
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
    timingsMs: timingsOf(searched, draft, facts.parts),
    ...(draft.error === undefined ? {} : { errorCode: draft.error.code }),
  };
}

function keptQuestion({ text, history = [] }: Question): Pick<Receipt, "question" | "history"> {
  return { question: text, ...(history.length > 0 && { history }) };
}

/** The text itself stays in the knowledge base. */
export function toReceiptHit(evidence: Evidence): ReceiptHit & Required<Omit<ReceiptHit, "score">> {
  const { passageId, passageIds, documentId, version, start, end, text, tokens, score } = evidence;
  return { passageId, passageIds, documentId, version, start, end, textSha256: sha256Hex(text), tokens, score };
}

export function retrievalRecordOf({ query, retrieval, indexRoot, indexRootAfter }: RootedRetrieval): RetrievalRecord {
  const { mode, limit, tokenBudget, filter, history = [] } = query;
  const { searchedText, queryVectorSha256, degraded } = retrieval;
  return {
    mode,
    limit,
    ...(tokenBudget === undefined ? {} : { tokenBudget }),
    ...(filter === undefined ? {} : { filter }),
    historyTurns: history.length,
    ...(searchedText === undefined ? {} : { searchedTextSha256: sha256Hex(searchedText) }),
    ...(queryVectorSha256 === undefined ? {} : { queryVectorSha256 }),
    indexRoot,
    ...(indexRootAfter === indexRoot ? {} : { indexRootAfter }),
    degraded,
  };
}

function timingsOf({ retrieval }: RootedRetrieval, { generateMs }: AnswerDraft, parts: AnswerTimes): TimingsRecord {
  const { total: retrieve, ...ofSearch } = retrieval.timingsMs;
  const { firstTextMs: firstText, verifyMs: verify } = parts;
  return {
    retrieve,
    ...ofSearch,
    ...(firstText === undefined ? {} : { firstText }),
    generate: generateMs,
    ...(verify === undefined ? {} : { verify }),
    total: parts.totalMs,
  };
}

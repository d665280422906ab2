import type {
  Call,
  DocumentReader,
  Evidence,
  GeneratorRouter,
  HoldoutDraw,
  KnowledgeBase,
  KnowledgeBaseId,
  PassageId,
  Question,
  RequestShape,
  Retrieval,
  StoredDocument,
  TokenCounter,
} from "@larder/contracts";
import { promptTemplateId } from "./prompt.ts";

/** A share of the questions really takes the baseline, so that what retrieval saves is seen and not only modelled. */
export interface Holdout {
  /** 0 … 1 of the questions for which both ways are open. */
  readonly share: number;
  /** 0 … 1. */
  random(): number;
  readonly documents: Pick<DocumentReader, "documents" | "text" | "passages">;
}

/** Whole knowledge bases up to this size are put into a prompt; above it nobody would. */
const corpusTokensMax = 200_000;
/** Titles, markers and the counts of single documents beside the whole. */
const corpusMargin = 1.1;

export interface HoldoutQuestion {
  readonly holdout: Holdout | undefined;
  readonly question: Question;
  readonly knowledgeBase: KnowledgeBase;
  readonly retrieval: Retrieval;
  /** Of the prompt with the evidence. */
  readonly shape: RequestShape;
  readonly router: Pick<GeneratorRouter, "quote">;
}

/**
 * Which way chance sends this question; `undefined` where only one is open: nothing is held out, nothing was found, the
 * knowledge base is filtered or too large, or no model may take all of it.
 */
export function drawHoldout(asked: HoldoutQuestion): HoldoutDraw | undefined {
  const { holdout, question, knowledgeBase, retrieval, shape, router } = asked;
  const [best] = retrieval.evidence;
  if (holdout === undefined || holdout.share <= 0 || best === undefined) return undefined;
  if (question.isDryRun || question.filter !== undefined || knowledgeBase.counts.tokens > corpusTokensMax)
    return undefined;
  const inputTokens = shape.inputTokens - retrieval.tokens + Math.ceil(knowledgeBase.counts.tokens * corpusMargin);
  if (router.quote({ ...shape, inputTokens }, question.policy).cheapest === undefined) return undefined;
  const taken = holdout.random() < holdout.share ? "stuffed" : "retrieval";
  return { share: holdout.share, taken, cluster: best.documentId };
}

/** The shape of a prompt whose documents are the same for every question, so that a provider can cache them. */
export function shapeOfStuffed(shape: RequestShape, retrieval: Retrieval, id: KnowledgeBaseId): RequestShape {
  const stablePrefixTokens = Math.min(shape.inputTokens, shape.stablePrefixTokens + retrieval.tokens);
  return { ...shape, stablePrefixTokens, prefixId: `${promptTemplateId}/${id}` };
}

/** Every live document whole and in its order, as evidence: what stuffing sends. */
export async function stuffedRetrieval(
  { budget: _, ...found }: Retrieval,
  id: KnowledgeBaseId,
  { documents }: Holdout,
  counter: TokenCounter,
  call: Call,
): Promise<Retrieval> {
  const evidence: Evidence[] = [];
  for await (const document of liveDocuments(id, documents, call)) {
    const { text, version } = await documents.text(id, document.id, call);
    const passageIds = await passageIdsOf(id, document, documents, call);
    const [passageId] = passageIds;
    if (passageId === undefined) continue;
    evidence.push({
      passageId,
      passageIds,
      documentId: document.id,
      version,
      title: document.title,
      headings: [],
      start: 0,
      end: text.length,
      text,
      tokens: counter.count(text),
      score: 0,
      scores: {},
    });
  }
  return { ...found, evidence, tokens: evidence.reduce((sum, { tokens }) => sum + tokens, 0) };
}

async function* liveDocuments(
  id: KnowledgeBaseId,
  documents: Holdout["documents"],
  call: Call,
): AsyncGenerator<StoredDocument> {
  let cursor: string | undefined;
  do {
    const page = await documents.documents(id, { limit: 200, ...(cursor === undefined ? {} : { cursor }) }, call);
    yield* page.data.filter(({ version }) => version > 0);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

async function passageIdsOf(
  id: KnowledgeBaseId,
  document: StoredDocument,
  documents: Holdout["documents"],
  call: Call,
): Promise<readonly PassageId[]> {
  const ids: PassageId[] = [];
  let cursor: string | undefined;
  do {
    const request = { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const page = await documents.passages(id, document.id, request, call);
    ids.push(...page.data.map((passage) => passage.id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return ids;
}

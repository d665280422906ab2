import type { KnowledgeBaseId, Retriever, TokenCounter } from "@larder/contracts";
import type { ArmEvidence, EvidencePiece, RunArm } from "../run-ports.ts";
import type { Corpus, CorpusDocument } from "./corpus.ts";
import { fittingLength } from "./fill-pieces.ts";

export interface Window {
  /** Tokens that evidence may take at the model; `undefined` when its window is not known. */
  readonly evidenceTokensMax: number | undefined;
  /** In words, for reasons. */
  readonly model: string;
}

const nothing: ArmEvidence = { pieces: [], tokens: 0 };

/** No documents: what the model knows anyway. Questions that it answers so owe nothing to retrieval. */
export const closedBookArm: RunArm = { id: "closed_book", find: async () => nothing };

/** The whole corpus in every prompt, in the order of the documents; cold or warm is a matter of how it is asked. */
export function createStuffArm(
  id: "stuff_cached" | "stuff_cold",
  corpus: Corpus,
  window: Window,
  counter: TokenCounter,
): RunArm & { readonly evidenceTokensMax: number } {
  const whole: ArmEvidence = { pieces: corpus.documents.map(wholeOf), tokens: corpus.tokens };
  const infeasible = beyond(corpus, window);
  return {
    id,
    evidenceTokensMax: corpus.tokens + titleTokens(corpus.documents, counter),
    ...(infeasible === undefined ? {} : { infeasible }),
    find: async () => whole,
  };
}

/** As much of the corpus as fits, from its beginning. */
export function createTruncatedArm(
  corpus: Corpus,
  { evidenceTokensMax, model }: Window,
  counter: TokenCounter,
): RunArm & { readonly evidenceTokensMax: number } {
  const limit = evidenceTokensMax ?? 0;
  const reason =
    evidenceTokensMax === undefined
      ? `The window of ${model} is not known.`
      : corpus.tokens <= limit
        ? "The whole corpus fits, so nothing would be cut."
        : undefined;
  let made: ArmEvidence | undefined;
  return {
    id: "stuff_truncated",
    evidenceTokensMax: limit + titleTokens(corpus.documents, counter),
    ...(reason === undefined ? {} : { infeasible: { kind: "not_offered" as const, reason } }),
    async find() {
      made ??= cut(corpus.documents, limit, counter);
      return made;
    },
  };
}

/** The document that somebody would have pasted: the one of the best hit, whole, or as much of it as fits. */
export function createTopDocumentArm(
  corpus: Corpus,
  retriever: Retriever,
  knowledgeBaseId: KnowledgeBaseId,
  { evidenceTokensMax = Number.POSITIVE_INFINITY }: Window,
  counter: TokenCounter,
): RunArm & { readonly evidenceTokensMax: number } {
  const byId = new Map(corpus.documents.map((document) => [document.id, document]));
  const longest = corpus.documents.reduce((most, { tokens }) => Math.max(most, tokens), 0);
  return {
    id: "top_document",
    evidenceTokensMax: Math.min(longest, evidenceTokensMax) + titleTokens(corpus.documents, counter), // of one of them
    async find({ text }, _budget, call) {
      const { evidence } = await retriever.retrieve({ knowledgeBaseId, text, mode: "hybrid", limit: 1 }, call);
      const document = byId.get(evidence[0]?.documentId ?? "");
      return document === undefined ? nothing : cut([document], evidenceTokensMax, counter);
    },
  };
}

/** What stands in a prompt beside the texts, at most. */
function titleTokens(documents: readonly CorpusDocument[], counter: TokenCounter): number {
  return documents.reduce((sum, { title }) => sum + counter.count(title) + 8, 0);
}

function wholeOf({ id, title, text }: CorpusDocument): EvidencePiece {
  return { documentId: id, title, start: 0, end: text.length, text };
}

function cut(documents: readonly CorpusDocument[], tokensMax: number, counter: TokenCounter): ArmEvidence {
  const pieces: EvidencePiece[] = [];
  let left = tokensMax;
  for (const document of documents) {
    if (left <= 0) break;
    if (document.tokens <= left) {
      pieces.push(wholeOf(document));
      left -= document.tokens;
      continue;
    }
    const end = fittingLength(document.text, left, counter);
    if (end > 0) pieces.push({ ...wholeOf(document), end, text: document.text.slice(0, end) });
    left = 0;
  }
  const all = documents.reduce((sum, { tokens }) => sum + tokens, 0);
  return { pieces, tokens: Math.min(all, tokensMax) };
}

function beyond({ tokens }: Corpus, { evidenceTokensMax, model }: Window): RunArm["infeasible"] {
  if (evidenceTokensMax === undefined) return { kind: "not_offered", reason: `The window of ${model} is not known.` };
  if (tokens <= evidenceTokensMax) return undefined;
  const count = (value: number) => value.toLocaleString("en-US");
  const reason = `The corpus has ${count(tokens)} tokens; ${model} leaves ${count(evidenceTokensMax)} for it.`;
  return { kind: "window", reason };
}

import type {
  Call,
  DocumentReader,
  Evidence,
  KnowledgeBaseId,
  LexicalSearcher,
  RankingRetriever,
  TokenCounter,
} from "@larder/contracts";
import { seededRandom } from "@larder/statistics";
import type { RunQuestion } from "../question-set.ts";
import type { RunArm } from "../run-ports.ts";
import type { Corpus } from "./corpus.ts";
import type { CountedPiece } from "./fill-pieces.ts";
import { fillPieces } from "./fill-pieces.ts";

const piecesMax = 1_000; // the budget decides how much is sent, not the number of pieces
const hitsMax = 300; // several times what the greatest usual budget holds

/** Larder as it answers users: hybrid search, its evidence packed to the budget. Its tokens hold titles and headings. */
export function createLarderArm(retriever: RankingRetriever, knowledgeBaseId: KnowledgeBaseId): RunArm {
  const searchOnce = rememberLast(({ text }, call) => retriever.rank({ knowledgeBaseId, text, mode: "hybrid" }, call));
  return {
    id: "larder",
    async find(question, tokenBudget, call) {
      const { ranked, isRemembered } = await searchOnce(question, call);
      const budget = tokenBudget === undefined ? {} : { tokenBudget };
      const { evidence, tokens, timingsMs } = ranked.pack({ limit: piecesMax, ...budget });
      const sharedMs = isRemembered ? timingsMs.total - timingsMs.pack : 0;
      return { pieces: evidence.map(toPiece), tokens, sharedMs };
    },
  };
}

function toPiece({ documentId, title, start, end, text }: Evidence) {
  return { documentId, title, start, end, text };
}

/** Words alone: the free alternative without any model. The same passages as Larder's, in BM25's order. */
export function createLexicalArm(
  lexical: LexicalSearcher,
  store: Pick<DocumentReader, "passagesByLabel">,
  knowledgeBaseId: KnowledgeBaseId,
  counter: TokenCounter,
): RunArm {
  const rankOnce = rememberLast(async (question: RunQuestion, call) => {
    const hits = await lexical.search(knowledgeBaseId, question.text, { limit: hitsMax }, call);
    const labels = hits.map(({ label }) => label);
    const passages = await store.passagesByLabel(knowledgeBaseId, labels, call);
    return labels.flatMap((label): CountedPiece[] => {
      const passage = passages.get(label);
      if (passage === undefined) return [];
      const { documentId, title, start, end, text } = passage;
      return [{ documentId, title, start, end, text, tokens: counter.count(text) }];
    });
  });
  return {
    id: "lexical_passages",
    find: async (question, budget, call) => fillPieces((await rankOnce(question, call)).ranked, budget, counter),
  };
}

/** Passages drawn without looking: what knowing nothing finds. The same ones for one question and seed. */
export function createRandomArm({ documents }: Corpus, counter: TokenCounter, seed: number): RunArm {
  const all = documents.flatMap(({ id, title, passages }) =>
    passages.map(({ start, end, text, tokens }) => ({ documentId: id, title, start, end, text, tokens })),
  );
  return {
    id: "random_passages",
    find: async ({ id }, budget) => fillPieces(drawn(all, seededRandom(seed ^ hashOf(id))), budget, counter),
  };
}

function* drawn<T>(all: readonly T[], random: () => number): Generator<T> {
  const left = [...all.keys()];
  for (let count = left.length; count > 0; count -= 1) {
    const at = Math.floor(random() * count);
    const piece = all[left[at] ?? 0];
    left[at] = left[count - 1] ?? 0;
    if (piece !== undefined) yield piece;
  }
}

function hashOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0;
  return hash;
}

/** The gold itself: what no retriever can beat. Infeasible where no question names its place. */
export function createOracleArm(
  { documents }: Corpus,
  counter: TokenCounter,
  questions: readonly RunQuestion[],
): RunArm {
  const byId = new Map(documents.map((document) => [document.id, document]));
  const hasGold = questions.every(({ gold }) => gold.length > 0);
  return {
    id: "oracle_evidence",
    ...(hasGold
      ? {}
      : { infeasible: { kind: "no_gold" as const, reason: "Not every question names where its answer stands." } }),
    async find({ gold }, budget) {
      const pieces = gold.flatMap(({ documentId, start, end }): CountedPiece[] => {
        const document = byId.get(documentId);
        if (document === undefined) return [];
        const text = document.text.slice(start, end);
        return [{ documentId, title: document.title, start, end, text, tokens: counter.count(text) }];
      });
      return fillPieces(pieces, budget, counter);
    },
  };
}

/** Budgets of one question come one after another: the ranking is the same for all of them. */
function rememberLast<T>(
  rank: (question: RunQuestion, call: Call) => Promise<T>,
): (question: RunQuestion, call: Call) => Promise<{ readonly ranked: T; readonly isRemembered: boolean }> {
  let last: { readonly id: string; readonly ranked: T } | undefined;
  return async (question, call) => {
    if (last?.id === question.id) return { ranked: last.ranked, isRemembered: true };
    last = { id: question.id, ranked: await rank(question, call) };
    return { ranked: last.ranked, isRemembered: false };
  };
}

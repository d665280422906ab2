import type { Larder } from "@larder/api";
import type { Call, Embedder } from "@larder/contracts";
import type { DataSet, Pipeline } from "@larder/evaluation";
import {
  createOraclePipeline,
  createRandomPipeline,
  createRankedPipeline,
  cutRecursively,
  cutWindows,
  naiveRagWindows,
  openNaiveRagPipeline,
  piecesOf,
} from "@larder/evaluation";
import type { KnowledgeBaseOfSet } from "./knowledge-base-of-set.ts";
import { buildKnowledgeBase } from "./knowledge-base-of-set.ts";
import { plainReading } from "./set-readings.ts";

const plainCharactersMax = 800; // as in the field's comparisons; between 400 and 1,600 none is best on all sets
const hitsMax = 300; // about 60,000 tokens, several times the greatest budget

/** What Larder is compared with, over the same documents: knowing nothing, words alone, the field's default, the gold. */
export async function openBaselines(
  larder: Larder,
  embedder: Embedder,
  set: DataSet,
  onDocument: () => void,
  call: Call,
): Promise<readonly Pipeline[]> {
  const countTokens = (text: string): number => larder.tokenCounter.count(text);
  const plain = piecesOf(set.documents, (text) => cutRecursively(text, plainCharactersMax), countTokens);
  const windows = piecesOf(set.documents, (text) => cutWindows(text, countTokens, naiveRagWindows), countTokens);
  const reading = plainReading(larder.tokenCounter, plainCharactersMax);
  const base = await buildKnowledgeBase(larder, withoutTitles(set), reading, onDocument, call);
  return [
    createBm25Pipeline(larder, base),
    await openNaiveRagPipeline(windows, embedder, countTokens, call),
    createRandomPipeline(plain, countTokens),
    createOraclePipeline(set, countTokens),
  ];
}

function createBm25Pipeline({ lexical, store, tokenCounter }: Larder, base: KnowledgeBaseOfSet): Pipeline {
  const { knowledgeBaseId, setIds } = base;
  return createRankedPipeline(
    "bm25-only",
    (text) => tokenCounter.count(text),
    async ({ text }, call) => {
      const hits = await lexical.search(knowledgeBaseId, text, { limit: hitsMax }, call);
      const labels = hits.map(({ label }) => label);
      const passages = await store.passagesByLabel(knowledgeBaseId, labels, call);
      return labels.flatMap((label) => {
        const passage = passages.get(label);
        const documentId = passage === undefined ? undefined : setIds.get(passage.documentId)?.[0];
        return passage === undefined || documentId === undefined ? [] : [{ ...passage, documentId }];
      });
    },
  );
}

function withoutTitles(set: DataSet): DataSet {
  return { ...set, documents: set.documents.map((document) => ({ ...document, title: "" })) };
}

import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, IdKind, Ids, KnowledgeBaseId, SearchMode } from "@larder/contracts";
import { idPrefixes } from "@larder/contracts";
import type { OnnxEmbedder } from "@larder/embedder";
import { createSentenceReader, openOnnxEmbedder, openTokenMatcher } from "@larder/embedder";
import type { DataSet } from "@larder/evaluation";
import { mean, ndcgAt, readDataSet } from "@larder/evaluation";
import type { SqliteStore } from "@larder/store";
import { openSqliteStore } from "@larder/store";
import { createO200kTokenCounter } from "@larder/tokenizer";
import type { FollowedIndex } from "@larder/vector-index";
import { createExactIndex, createFollowedIndex } from "@larder/vector-index";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHybridRetriever } from "./hybrid-retriever.ts";

const call = { signal: AbortSignal.timeout(600_000) };
const clock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const tokenCounter = createO200kTokenCounter();
const tokenMatcher = await openTokenMatcher();
const sentenceReader = createSentenceReader(tokenMatcher, tokenCounter);
let numbers = 0;
const ids: Ids = {
  next<Kind extends IdKind>(kind: Kind) {
    numbers += 1;
    return `${idPrefixes[kind]}${String(numbers).padStart(12, "0")}` as never;
  },
};

let folder: string;
let set: DataSet;
let store: SqliteStore;
let embedder: OnnxEmbedder;
let vectors: FollowedIndex;
let knowledgeBaseId: KnowledgeBaseId;

/** Each abstract as one passage, made ready the way the worker does it. */
async function ingest(): Promise<void> {
  for (let from = 0; from < set.documents.length; from += 200) {
    const batch = set.documents.slice(from, from + 200);
    const matrix = await embedder.embed(
      batch.map(({ title, text }) => `${title}\n${text}`),
      "bulk",
      call,
    );
    const uploads = batch.map(({ id, title, text }) => ({
      sha256: createHash("sha256").update(`${id}\n${text}`).digest("hex"),
      bytes: Buffer.byteLength(text),
      title,
      mediaType: "text/plain",
      externalId: id,
      metadata: {},
    }));
    await store.documents.accept(knowledgeBaseId, uploads, call);
    for (const [row, { title, text }] of batch.entries()) {
      const task = await store.documents.lease({ name: "test", leaseMs: 600_000 }, call);
      if (task?.title !== title) throw new Error("tasks are not in the order of the uploads");
      await store.documents.finish(
        task,
        {
          text,
          mediaType: "text/plain",
          pages: 0,
          tokens: 1,
          warnings: [],
          passages: [
            {
              text,
              start: 0,
              end: text.length,
              lead: "",
              headings: [],
              tokens: 1,
              sentences: sentenceReader.read(text),
            },
          ],
          vectors: matrix.slice(row * embedder.dimensions, (row + 1) * embedder.dimensions),
          dimensions: embedder.dimensions,
          embedderId: embedder.id,
          parserId: "test",
          splitterId: "test",
        },
        call,
      );
    }
  }
}

async function ndcgAt10(mode: SearchMode): Promise<number> {
  const ids = new Map<string, string>();
  let cursor: string | undefined;
  do {
    const page = await store.documents.documents(knowledgeBaseId, { limit: 200, ...(cursor && { cursor }) }, call);
    for (const { id, externalId } of page.data) ids.set(id, externalId ?? "");
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  const retriever = createHybridRetriever({
    embedder,
    vectors,
    lexical: store.lexical,
    documents: store.documents,
    tokenCounter,
    tokenMatcher,
    sentenceReader,
    clock,
  });
  const scores: number[] = [];
  for (const { id, text } of set.queries) {
    const query = { knowledgeBaseId, text, mode, limit: 10 };
    const { evidence } = await retriever.retrieve(query, call);
    const ranking = evidence.map(({ documentId }) => ids.get(documentId) ?? "");
    scores.push(ndcgAt(10, ranking, set.relevance.get(id) ?? new Map()));
  }
  return mean(scores);
}

describe("on scifact with the carried model", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "larder-scifact-"));
    set = await readDataSet(join(process.env.LARDER_SHARED_DIR ?? "../shared", "eval"), "scifact");
    store = await openSqliteStore({ file: join(folder, "larder.sqlite"), clock, ids });
    embedder = await openOnnxEmbedder({});
    const index = createExactIndex({ dimensions: embedder.dimensions });
    vectors = createFollowedIndex({ index, log: store.operationLog });
    knowledgeBaseId = (await store.documents.createKnowledgeBase({ name: "k", description: "", settings: {} }, call))
      .id;
    await ingest();
  });

  afterAll(async () => {
    await vectors[Symbol.asyncDispose]();
    await embedder.close();
    await store.close();
    await rm(folder, { recursive: true });
  });

  it("is better by words and meaning together than by either alone", async () => {
    const lexical = await ndcgAt10("lexical");
    const dense = await ndcgAt10("dense");
    const hybrid = await ndcgAt10("hybrid");
    const measured = JSON.stringify({ lexical, dense, hybrid });
    expect(lexical, measured).toBeGreaterThanOrEqual(0.675);
    expect(lexical, measured).toBeLessThanOrEqual(0.695);
    expect(hybrid, measured).toBeGreaterThan(lexical);
    expect(hybrid, measured).toBeGreaterThan(dense);
    expect(hybrid, measured).toBeGreaterThanOrEqual(0.7); // .706 with late interaction, .694 without
  });
});

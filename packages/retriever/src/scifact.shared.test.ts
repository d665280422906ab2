import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KnowledgeBaseId, SearchMode } from "@larder/contracts";
import type { OnnxEmbedder } from "@larder/embedder";
import { openOnnxEmbedder } from "@larder/embedder";
import type { DataSet } from "@larder/evaluation";
import { ndcgAt, readDataSet } from "@larder/evaluation";
import { mean } from "@larder/statistics";
import { createKnowledgeBaseIn, finishedOf, leaseOf, sha256Of, uploadOf } from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRetrieverPorts } from "../test/open-retriever-ports.ts";
import { createHybridRetriever } from "./hybrid-retriever.ts";

const call = { signal: AbortSignal.timeout(600_000) };
let folder: string;
let set: DataSet;
let embedder: OnnxEmbedder;
let opened: Awaited<ReturnType<typeof openRetrieverPorts>>;
let knowledgeBaseId: KnowledgeBaseId;

/** Each abstract as one passage, made ready the way the worker does it. */
async function ingest(): Promise<void> {
  const { documents, sentenceReader } = opened.ports;
  for (let from = 0; from < set.documents.length; from += 200) {
    const batch = set.documents.slice(from, from + 200);
    const matrix = await embedder.embed(
      batch.map(({ title, text }) => `${title}\n${text}`),
      "bulk",
      call,
    );
    const uploads = batch.map(({ id, title, text }) =>
      uploadOf(text, { sha256: sha256Of(`${id}\n${text}`), title, externalId: id }),
    );
    await documents.accept(knowledgeBaseId, uploads, call);
    for (const [row, { title, text }] of batch.entries()) {
      const task = await leaseOf(documents, 600_000);
      if (task.title !== title) throw new Error("tasks are not in the order of the uploads");
      const passage = { text, start: 0, end: text.length, lead: "", headings: [], tokens: 1 };
      const finished = finishedOf(text, {
        passages: [{ ...passage, sentences: sentenceReader.read(text) }],
        vectors: matrix.slice(row * embedder.dimensions, (row + 1) * embedder.dimensions),
        dimensions: embedder.dimensions,
        embedderId: embedder.id,
      });
      await documents.finish(task, finished, call);
    }
  }
}

async function ndcgAt10(mode: SearchMode): Promise<number> {
  const { documents } = opened.ports;
  const ids = new Map<string, string>();
  let cursor: string | undefined;
  do {
    const page = await documents.documents(knowledgeBaseId, { limit: 200, ...(cursor && { cursor }) }, call);
    for (const { id, externalId } of page.data) ids.set(id, externalId ?? "");
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  const retriever = createHybridRetriever(opened.ports);
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
    embedder = await openOnnxEmbedder({});
    opened = await openRetrieverPorts(folder, embedder);
    knowledgeBaseId = await createKnowledgeBaseIn(opened.ports.documents);
    await ingest();
  });

  afterAll(async () => {
    await opened.close();
    await embedder.close();
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

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Call, KnowledgeBaseId, Upload } from "@larder/contracts";
import { createChildProcessParser, createStructureSplitter } from "@larder/documents";
import { createSentenceReader, openEmbeddingLimit, openOnnxEmbedder, openTokenMatcher } from "@larder/embedder";
import { openBlobFiles, openSqliteStore, openStageFiles } from "@larder/store";
import { realClock as clock, createCountingIds } from "@larder/testkit";
import { createO200kTokenCounter } from "@larder/tokenizer";

export const call: Call = { signal: new AbortController().signal };

const ids = createCountingIds();

/** The real parts that ingestion works with, on a temporary folder. */
export async function openParts() {
  const folder = await mkdtemp(join(tmpdir(), "larder-ingestion-"));
  const store = await openSqliteStore({ file: join(folder, "larder.sqlite"), clock, ids });
  const blobs = await openBlobFiles({ folder: join(folder, "blobs") });
  const stages = await openStageFiles({ folder: join(folder, "stages") });
  const embedder = await openOnnxEmbedder({});
  const tokenCounter = createO200kTokenCounter();
  const sentenceReader = createSentenceReader(await openTokenMatcher(), tokenCounter);
  const parser = createChildProcessParser();
  const splitter = createStructureSplitter({ tokenCounter, embeddingLimit: await openEmbeddingLimit(embedder) });
  return {
    store,
    queue: store.documents,
    blobs,
    stages,
    embedder,
    tokenCounter,
    sentenceReader,
    parser,
    splitter,
    clock,
    async knowledgeBase(name: string): Promise<KnowledgeBaseId> {
      return (await store.documents.createKnowledgeBase({ name, description: "", settings: {} }, call)).id;
    },
    async upload(text: string, fileName = "note.md"): Promise<Upload> {
      const { sha256, bytes } = await blobs.put(oneBuffer(text), { bytesMax: 2 ** 20 }, call);
      return { sha256, bytes, title: fileName, fileName, mediaType: "text/markdown", metadata: {} };
    },
    async [Symbol.asyncDispose]() {
      await parser[Symbol.asyncDispose]();
      await embedder[Symbol.asyncDispose]();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function* oneBuffer(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Call, EmbedderId, KnowledgeBaseId, VectorIndex } from "@larder/contracts";
import type { VectorIndexUnderTest } from "@larder/testkit";
import { expect } from "vitest";

export const embedderId = "test-embedder@1" as EmbedderId;
export const call: Call = { signal: new AbortController().signal };
export const kb = "kb_vectorindex0" as KnowledgeBaseId;

export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "larder-vector-index-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** An index on a folder of its own, which the conformance suite can close and open again. */
export async function underTest(open: (folder: string) => Promise<VectorIndex>): Promise<VectorIndexUnderTest> {
  const folder = await temporaryFolder();
  const indexFolder = join(folder.path, "vectors");
  let index = await open(indexFolder);
  return {
    get index() {
      return index;
    },
    async reopen() {
      await index[Symbol.asyncDispose]();
      index = await open(indexFolder);
      return index;
    },
    async [Symbol.asyncDispose]() {
      await index[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Resolves when a graph answers and is complete. */
export async function graphAnswers(index: VectorIndex, collection: KnowledgeBaseId): Promise<void> {
  await expect
    .poll(() => index.status(collection, call), { timeout: 10_000, interval: 10 })
    .toMatchObject({ kind: "hnsw" });
}

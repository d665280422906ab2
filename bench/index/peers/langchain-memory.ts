import { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import { FakeEmbeddings } from "@langchain/core/utils/testing";
import type { Peer } from "../peer.ts";
import { readBlocks } from "../vector-blocks.ts";

/** An array of arrays, compared one by one in JavaScript. */
export const langchainMemory: Peer = {
  note: "exact",
  isInMemoryOnly: true,
  async build(file, { dimensions }, progress) {
    const store = new MemoryVectorStore(new FakeEmbeddings()); // asked for nothing: vectors are given
    for (const block of readBlocks(file, dimensions)) {
      const vectors = Array.from({ length: block.count }, (_, i) => Array.from(block.row(i)));
      const documents = vectors.map((_, i) => ({ pageContent: "", metadata: { row: block.first + i } }));
      await store.addVectors(vectors, documents);
      progress(block.first + block.count);
    }
    return {
      async search(query, k) {
        const found = await store.similaritySearchVectorWithScore(Array.from(query), k);
        return found.map(([document]) => Number(document.metadata.row));
      },
      close: async () => undefined,
    };
  },
  open: () => Promise.reject(new Error("keeps nothing")),
};

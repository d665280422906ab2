import { join } from "node:path";
import type { Embedder } from "@larder/contracts";
import { createSentenceReader, openTokenMatcher } from "@larder/embedder";
import type { SqliteStoreOptions } from "@larder/store";
import { openSqliteStore } from "@larder/store";
import { createCountingIds, realClock } from "@larder/testkit/fixtures";
import { createO200kTokenCounter } from "@larder/tokenizer";
import { createExactIndex, createFollowedIndex } from "@larder/vector-index";
import type { RetrieverPorts } from "../src/hybrid-retriever.ts";

/** What a retriever really runs on, on a database in `folder`, new or as it was left. The embedder stays the caller's. */
export async function openRetrieverPorts(
  folder: string,
  embedder: Embedder,
  options: Pick<SqliteStoreOptions, "lexical"> = {},
) {
  const tokenCounter = createO200kTokenCounter();
  const tokenMatcher = await openTokenMatcher();
  const store = await openSqliteStore({
    file: join(folder, "larder.sqlite"),
    clock: realClock,
    ids: createCountingIds(),
    ...options,
  });
  const index = createExactIndex({ dimensions: embedder.dimensions });
  const vectors = createFollowedIndex({ index, log: store.operationLog });
  const ports = {
    embedder,
    vectors,
    lexical: store.lexical,
    documents: store.documents,
    tokenCounter,
    tokenMatcher,
    sentenceReader: createSentenceReader(tokenMatcher, tokenCounter),
    clock: realClock,
  } satisfies RetrieverPorts;
  return {
    store,
    ports,
    async close() {
      await vectors[Symbol.asyncDispose]();
      await store.close();
    },
  };
}

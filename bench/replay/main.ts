import { join } from "node:path";
import type { EmbedderId } from "@larder/contracts";
import { openSqliteStore } from "@larder/store";
import {
  addReady,
  clusteredVectors,
  createCountingIds,
  createKnowledgeBaseIn,
  createManualClock,
  seededRandom,
} from "@larder/testkit";
import { createFollowedIndex, openVectorIndex } from "@larder/vector-index";
import { withFolder } from "../smoke/larder-parts.ts";

/**
 * How long a search waits for an index that lost all of its files, and how much of the log pruning leaves.
 * `npm run bench:replay -- <passages>`
 */
const [passages = 100_000] = process.argv.slice(2).map(Number);
const passagesEach = 1_000;
const dimensions = 256;
const embedderId = "clustered-256" as EmbedderId;
const call = { signal: new AbortController().signal };
const random = seededRandom(1);

await withFolder(async (folder) => {
  const file = join(folder, "larder.sqlite");
  const store = await openSqliteStore({ file, clock: createManualClock(), ids: createCountingIds() });
  const id = await createKnowledgeBaseIn(store.documents);
  const add = async (name: string) => {
    const vectors = Float32Array.from(clusteredVectors(passagesEach, dimensions, random).flatMap((row) => [...row]));
    const text = Array.from({ length: passagesEach }, (_, i) => `${name} ${i}`).join("\n");
    return addReady(store.documents, id, text, { finished: { vectors, dimensions, embedderId } });
  };
  for (let i = 0; i < passages / passagesEach; i++) await add(`kept ${i}`);
  const index = await openVectorIndex({ folder: join(folder, "index"), dimensions, embedderId }, call);
  const followed = createFollowedIndex({ index, log: store.operationLog, waitMs: 600_000 });
  const [query] = clusteredVectors(1, dimensions, random);
  if (query === undefined) throw new Error("no query");
  const timed = async (what: string) => {
    const startMs = performance.now();
    const { hits } = await followed.search(id, query, { limit: 10 }, call);
    const ms = performance.now() - startMs;
    console.log(`${what}: ${ms.toFixed(0)} ms, ${hits.length} hits, ${Math.round((passages / ms) * 1_000)} vectors/s`);
  };
  await timed(`first search, ${passages} passages, nothing in the index`);
  await index.drop(id, call);
  await timed("first search after the index lost everything");

  for (let i = 0; i < 20; i++) {
    const { id: document } = await add(`gone ${i}`);
    await store.documents.deleteDocument(id, document, call);
  }
  const latest = await store.operationLog.latestSequence(id);
  const startMs = performance.now();
  const removed = await store.logPruning.prune(id, latest, call);
  console.log(
    `pruned ${removed} rows of ${passages + 40 * passagesEach} in ${(performance.now() - startMs).toFixed(0)} ms`,
  );
  await followed[Symbol.asyncDispose]();
  await index.close();
  await store.close();
});

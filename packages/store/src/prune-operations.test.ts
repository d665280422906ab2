import {
  addReady,
  testCall as call,
  createCountingIds,
  createKnowledgeBaseIn,
  finishedOf,
  leaseOf,
  uploadOf,
} from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { expect, it } from "vitest";
import type { TemporaryStore } from "../test/open-temporary-store.ts";
import { openTemporaryStore } from "../test/open-temporary-store.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

const lines = (count: number, about: string) => Array.from({ length: count }, (_, i) => `${about} ${i}`).join("\n");

function rowsIn({ file }: TemporaryStore): { adds: number; deletes: number; plan: string } {
  const client = new Sqlite(file, { readonly: true });
  const count = (kind: string) =>
    client.prepare<[string], number>("SELECT count(*) FROM index_operations WHERE kind = ?").pluck().get(kind) ?? 0;
  const plan = client
    .prepare<[], { detail: string }>(
      "EXPLAIN QUERY PLAN SELECT sequence FROM index_operations WHERE knowledge_base_id = 'a' AND generation = 1 AND kind = 'delete' AND sequence <= 9 AND sequence < 99 ORDER BY sequence LIMIT 9",
    )
    .all()
    .map(({ detail }) => detail)
    .join();
  const found = { adds: count("add"), deletes: count("delete"), plan };
  client.close();
  return found;
}

it("removes deletes up to a sequence with the adds that they end, and says so", async () => {
  await using store = await openTemporaryStore();
  const { documents, operationLog, logPruning } = store;
  const id = await createKnowledgeBaseIn(documents);
  const other = await createKnowledgeBaseIn(documents, "other");
  const gone = await addReady(documents, id, lines(1_200, "gone"));
  const kept = await addReady(documents, id, lines(3, "kept"));
  await addReady(documents, other, lines(2, "other"));
  await documents.deleteDocument(id, gone.id, call);
  const durable = await operationLog.latestSequence(id);
  await documents.replace(id, kept.id, uploadOf(lines(2, "new")), call);
  await documents.finish(await leaseOf(documents), finishedOf(lines(2, "new")), call);
  const latest = await operationLog.latestSequence(id);
  const before = await operationLog.readAfter(id, durable, 100);
  expect(await logPruning.deletes(call)).toMatchObject([{ collection: { id }, count: 1_203 }]);
  expect(await operationLog.prunedThrough(id)).toBe(0);

  expect(await logPruning.prune(id, durable, call)).toBe(2_400);
  expect(await operationLog.prunedThrough(id)).toBe(durable);
  expect(await operationLog.prunedThrough(other)).toBe(0);
  expect(await operationLog.latestSequence(id)).toBe(latest);
  expect(await operationLog.readAfter(id, durable, 100)).toEqual(before); // for an index that is past it nothing changed
  expect(rowsIn(store)).toMatchObject({ adds: 3 + 2 + 2, deletes: 3 });
  expect(rowsIn(store).plan).toContain("index_operations_deletes");
  expect(await logPruning.prune(id, durable, call)).toBe(0);
});

it("keeps the newest operation, by which an index knows that it is level", async () => {
  await using store = await openTemporaryStore();
  const { documents, operationLog, logPruning } = store;
  const id = await createKnowledgeBaseIn(documents);
  const { id: document } = await addReady(documents, id, "a\nb\nc");
  await documents.deleteDocument(id, document, call);
  const latest = await operationLog.latestSequence(id);
  expect(await logPruning.prune(id, latest, call)).toBe(4);
  expect(await operationLog.latestSequence(id)).toBe(latest);
  expect(await operationLog.readAfter(id, 0, 10)).toMatchObject([{ sequence: latest, kind: "delete" }]);
});

it("leaves whole pairs behind when it is stopped half-way", async () => {
  await using store = await openTemporaryStore();
  const { documents, operationLog, logPruning } = store;
  const id = await createKnowledgeBaseIn(documents);
  const { id: document } = await addReady(documents, id, lines(1_500, "gone"));
  await addReady(documents, id, "kept");
  await documents.deleteDocument(id, document, call);
  const abort = new AbortController();
  const reason = new Error("stopping");
  const pruning = logPruning.prune(id, await operationLog.latestSequence(id), { signal: abort.signal });
  abort.abort(reason); // the first slice is done by now
  await expect(pruning).rejects.toBe(reason);
  expect(rowsIn(store)).toMatchObject({ adds: 501, deletes: 500 });
  const through = await operationLog.prunedThrough(id);
  const rest = await operationLog.readAfter(id, 0, 1_000);
  expect(rest.filter(({ kind }) => kind === "delete").every(({ sequence }) => sequence > through)).toBe(true);
});

it("leaves roots right for trees that were made before and had not seen what is gone", async () => {
  await using store = await openTemporaryStore();
  const { documents, operationLog, logPruning, indexRoots } = store;
  const id = await createKnowledgeBaseIn(documents);
  const { id: document } = await addReady(documents, id, lines(20, "gone"));
  await addReady(documents, id, lines(20, "kept"));
  const before = await indexRoots.indexRoot(id, call); // kept in memory
  await documents.deleteDocument(id, document, call);
  await addReady(documents, id, "one more");
  await logPruning.prune(id, await operationLog.latestSequence(id), call);
  const root = await indexRoots.indexRoot(id, call);
  expect(root).not.toBe(before);
  await using fresh = await openSqliteStore({ file: store.file, clock: store.clock, ids: createCountingIds("b") });
  expect(root).toBe(await fresh.indexRoots.indexRoot(id, call));
});

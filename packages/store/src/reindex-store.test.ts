import type { DocumentId, EmbedderId, FinishedVersion, KnowledgeBaseId, LeasedTask, Make } from "@larder/contracts";
import {
  addReady,
  testCall as call,
  createCountingIds,
  createKnowledgeBaseIn,
  finishedOf,
  leaseOf,
  ofDocuments,
  uploadOf,
} from "@larder/testkit";
import { expect, it } from "vitest";
import type { TemporaryStore } from "../test/open-temporary-store.ts";
import { openTemporaryStore } from "../test/open-temporary-store.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

const former: Make = { embedderId: "embedder@1" as EmbedderId, parserId: "parser@1", splitterId: "splitter@1" };
const next: Make = { ...former, splitterId: "splitter@2" };
const otherModel: Make = { ...next, embedderId: "embedder@2/2" as EmbedderId };

/** What a worker of the other make gives: a mark in every passage, and vectors of two numbers. */
function remade(text: string, make: Make = next): FinishedVersion {
  const lines = text.split("\n").map((line) => `${line} anew`);
  const made = finishedOf(lines.join("\n"), { ...make });
  if (make.embedderId === former.embedderId) return made;
  const vectors = Float32Array.from(made.passages.flatMap((_, i) => [Math.cos(i + 1), Math.sin(i + 1)]));
  return { ...made, vectors, dimensions: 2 };
}

async function leaseRemake(store: TemporaryStore): Promise<LeasedTask> {
  const task = await leaseOf(store.documents);
  expect(task.remadeFor).toBeGreaterThan(1);
  return task;
}

/** Makes what the queue holds anew, until searches see it. */
async function workOff(store: TemporaryStore, id: KnowledgeBaseId, make: Make = next): Promise<void> {
  for (;;) {
    const step = await store.documents.advanceReindexing(id, call);
    if (step === "swapped" || step === "none") return;
    for (;;) {
      const task = await store.documents.lease({ name: "worker", leaseMs: 60_000 }, call);
      if (task === undefined) break;
      const stored = await store.documents.storedVersion(task, call);
      await store.documents.finish(task, remade(stored?.text ?? "", make), call);
    }
  }
}

async function removeAllRemains(store: TemporaryStore): Promise<void> {
  while (await store.documents.removeRemains(0, call));
}

const found = async (store: TemporaryStore, id: KnowledgeBaseId, query: string) => {
  const hits = await store.lexical.search(id, query, { limit: 20 }, call);
  const read = await store.documents.passagesByLabel(
    id,
    hits.map(({ label }) => label),
    call,
  );
  return [...read.values()].map(({ text }) => text).toSorted();
};

const labelsOf = async (store: TemporaryStore, id: KnowledgeBaseId, ...documents: readonly DocumentId[]) =>
  store.documents.labelsMatching(id, ofDocuments(...documents), call);

it("shows nothing of a generation before every document is in it, and then nothing else", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  const first = await addReady(store.documents, id, "pear one\npear two");
  const second = await addReady(store.documents, id, "pear three");
  expect(await store.documents.isMadeOtherwise(id, former, call)).toBe(false);
  expect(await store.documents.isMadeOtherwise(id, next, call)).toBe(true);
  const labels = await labelsOf(store, id, first.id, second.id);
  const root = await store.indexRoots.indexRoot(id, call);
  const job = await store.documents.beginReindexing(id, next, call);
  expect(job).toMatchObject({ kind: "reindex", state: "running", counts: { documents: 2, ready: 0 } });
  expect((await store.documents.beginReindexing(id, next, call)).id).toBe(job.id);
  expect(await store.documents.advanceReindexing(id, call)).toBe("staged");
  await store.documents.finish(await leaseRemake(store), remade("pear one\npear two"), call);

  expect(await store.documents.advanceReindexing(id, call)).toBe("making");
  expect(await found(store, id, "pear")).toEqual(["pear one", "pear three", "pear two"]);
  expect(await labelsOf(store, id, first.id, second.id)).toEqual(labels);
  expect(await store.indexRoots.indexRoot(id, call)).toBe(root);
  expect((await store.documents.document(id, first.id, call)).status).toBe("ready");
  expect(await store.documents.knowledgeBase(id, call)).toMatchObject({
    generation: 1,
    counts: { documents: 2, passages: 3 },
    reindexing: { generation: 2, documents: 2, documentsLeft: 1, target: next, jobId: job.id },
  });
  expect(await store.documents.depth(call)).toBe(0); // nobody waits for it

  await workOff(store, id);
  expect(await found(store, id, "pear")).toEqual(["pear one anew", "pear three anew", "pear two anew"]);
  expect(await found(store, id, "anew")).toHaveLength(3);
  expect(await store.indexRoots.indexRoot(id, call)).not.toBe(root);
  const labelsNow = await labelsOf(store, id, first.id, second.id);
  expect([labelsNow.size, [...labelsNow].filter((label) => labels.has(label))]).toEqual([3, []]);
  const knowledgeBase = await store.documents.knowledgeBase(id, call);
  expect(knowledgeBase).toMatchObject({ generation: 2, counts: { documents: 2, passages: 3 } });
  expect(knowledgeBase.reindexing).toBeUndefined();
  expect(await store.documents.job(job.id, call)).toMatchObject({ state: "succeeded", counts: { ready: 2 } });
  expect(await store.documents.isMadeOtherwise(id, next, call)).toBe(false);
  expect((await store.checkIntegrity(call)).problems).toEqual([]);

  await removeAllRemains(store);
  expect(await found(store, id, "pear")).toHaveLength(3);
  expect(await store.operationLog.readAfter(id, 0, 100)).toEqual([]);
  expect((await store.checkIntegrity(call)).problems).toEqual([]);
});

it("has after the swap what came, changed and went while it was made", async () => {
  for (const make of [next, otherModel]) {
    await using store = await openTemporaryStore();
    const id = await createKnowledgeBaseIn(store.documents);
    const gone = await addReady(store.documents, id, "pear gone", { upload: { externalId: "gone" } });
    await addReady(store.documents, id, "pear old", { upload: { externalId: "changed" } });
    await addReady(store.documents, id, "pear kept");
    await store.documents.beginReindexing(id, make, call);
    await store.documents.advanceReindexing(id, call);
    for (const line of ["pear gone", "pear old"]) {
      await store.documents.finish(await leaseRemake(store), remade(line, make), call);
    }
    await store.documents.deleteDocument(id, gone.id, call);
    const { embedderId } = former; // what senders bring is of the generation that they see
    const finishNow = async (text: string, externalId: string) => {
      await store.documents.accept(id, [uploadOf(text, { externalId })], call);
      const task = await leaseOf(store.documents);
      expect(task).toMatchObject({ embedderId });
      expect(task.remadeFor).toBeUndefined();
      await store.documents.finish(task, finishedOf(text, { ...make, embedderId }), call);
    };
    await finishNow("pear newer", "changed");
    await finishNow("pear arrived", "arrived");
    expect(await found(store, id, "pear")).toEqual(["pear arrived", "pear kept", "pear newer"]);
    await store.documents.accept(id, [uploadOf("pear late", { externalId: "late" })], call);
    await store.documents.accept(id, [uploadOf("pear newest", { externalId: "changed" })], call);
    const [late, newest] = [await leaseOf(store.documents), await leaseOf(store.documents)];

    await workOff(store, id, make);
    const expected = make === next ? ["pear arrived", "pear kept anew", "pear newer"] : undefined;
    const seen = await found(store, id, "pear");
    expect(seen).toEqual(expected ?? ["pear arrived anew", "pear kept anew", "pear newer anew"]);
    expect((await store.documents.knowledgeBase(id, call)).embedderId).toBe(make.embedderId);
    expect((await store.checkIntegrity(call)).problems).toEqual([]);

    // Vectors of the former embedder, finished too late, are not published: their tasks begin again.
    const published = await store.documents.finish(late, finishedOf("pear late", { ...make, embedderId }), call);
    expect(published).toBe(make === next);
    store.clock.advance(1_000);
    const again = published ? newest : await leaseOf(store.documents);
    const text = again.version === newest.version && again.id === newest.id ? "pear newest" : "pear late";
    expect(await store.documents.finish(again, remade(text, make), call)).toBe(true);
    await removeAllRemains(store);
    expect((await store.checkIntegrity(call)).problems).toEqual([]);
    const same = await store.documents.accept(id, [uploadOf("pear kept")], call);
    expect(same.documents[0]?.duplicateOf).toBeDefined(); // the bytes are known as ever
  }
});

it("goes on in another process, and leaves nothing when it is cancelled", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  await addReady(store.documents, id, "pear one");
  const job = await store.documents.beginReindexing(id, next, call);
  await store.documents.advanceReindexing(id, call);
  await store.documents.finish(await leaseRemake(store), remade("pear one"), call);
  {
    const ports = { clock: store.clock, ids: createCountingIds("b") };
    await using other = await openSqliteStore({ file: store.file, ...ports });
    expect(await other.documents.reindexings(call)).toMatchObject([{ knowledgeBaseId: id, documentsLeft: 0 }]);
  }
  expect((await store.documents.cancelJob(job.id, call)).state).toBe("cancelled");
  expect(await store.documents.advanceReindexing(id, call)).toBe("none");
  await removeAllRemains(store);
  expect(await found(store, id, "pear")).toEqual(["pear one"]);
  expect((await store.checkIntegrity(call)).problems).toEqual([]);
  await store.documents.beginReindexing(id, next, call); // under a number that was never used
  await workOff(store, id);
  expect(await store.documents.knowledgeBase(id, call)).toMatchObject({ generation: 3 });
  expect(await found(store, id, "pear")).toEqual(["pear one anew"]);
});

it("is given up when a document cannot be carried over, and searches go on as they were", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  const { id: documentId } = await addReady(store.documents, id, "pear one");
  const job = await store.documents.beginReindexing(id, next, call);
  await store.documents.advanceReindexing(id, call);
  const error = { code: "EMBEDDER_OUTPUT_INVALID" as const, message: "No.", hint: "None." };
  await store.documents.fail(await leaseRemake(store), error, call);
  expect(await store.documents.job(job.id, call)).toMatchObject({
    state: "failed",
    failures: [{ id: documentId, error: { code: "EMBEDDER_OUTPUT_INVALID" } }],
  });
  expect((await store.documents.document(id, documentId, call)).status).toBe("ready");
  expect(await found(store, id, "pear")).toEqual(["pear one"]);
  expect(await store.documents.knowledgeBase(id, call)).toMatchObject({ generation: 1 });
  await store.documents.deleteDocument(id, documentId, call);
  expect(await store.documents.job(job.id, call)).toMatchObject({ state: "failed" });
});

it("comes to its swap though documents wait for it whose vectors can only be of the next embedder", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  await addReady(store.documents, id, "pear one");
  await addReady(store.documents, id, "pear two");
  await store.documents.beginReindexing(id, otherModel, call);
  const late = Array.from({ length: 6 }, (_, i) => uploadOf(`pear late ${i}`));
  await store.documents.accept(id, late, call);
  const order: ("remade" | "late")[] = [];
  // A worker that needs a second for each, and cannot open the former embedder.
  for (let turn = 0; turn < 40; turn += 1) {
    await store.documents.advanceReindexing(id, call);
    const task = await store.documents.lease({ name: "worker", leaseMs: 60_000 }, call);
    store.clock.advance(1_000);
    if (task === undefined) continue;
    order.push(task.remadeFor === undefined ? "late" : "remade");
    await store.documents.finish(task, remade(`pear ${turn}`, otherModel), call);
  }
  expect(order.slice(0, 8)).toEqual([...late.map(() => "late"), "remade", "remade"]);
  expect(await store.documents.knowledgeBase(id, call)).toMatchObject({ generation: 2, counts: { documents: 8 } });
  expect(await store.documents.depth(call)).toBe(0);
});

it("keeps a document leaning on another of the same text, and lets it stand alone once that one is gone", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  const sameText = { textSha256: "a".repeat(64), onSameText: "skip" } as const;
  const first = await addReady(store.documents, id, "pear one", { finished: sameText });
  const second = await addReady(store.documents, id, "pear one again", { finished: sameText });
  expect(await found(store, id, "pear")).toEqual(["pear one"]);
  await store.documents.beginReindexing(id, next, call);
  await store.documents.advanceReindexing(id, call);
  await store.documents.finish(await leaseRemake(store), { ...remade("pear one"), ...sameText }, call);
  const leaning = await leaseRemake(store);
  expect(await store.documents.storedVersion(leaning, call)).toMatchObject({ leansOn: first.id, passages: [] });
  const made = { ...remade("pear one again"), ...sameText, duplicateOf: first.id };
  await store.documents.finish(leaning, { ...made, passages: [], vectors: new Float32Array() }, call);

  await store.documents.deleteDocument(id, first.id, call); // before the swap: the second one is made for both
  await store.documents.finish(await leaseOf(store.documents), { ...remade("pear one again"), ...sameText }, call);
  await workOff(store, id);
  expect(await found(store, id, "pear")).toEqual(["pear one again anew"]);
  expect(await store.documents.document(id, second.id, call)).toMatchObject({ status: "ready" });
  expect(await store.documents.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 1, passages: 1 } });
  await removeAllRemains(store);
  expect((await store.checkIntegrity(call)).problems).toEqual([]);
});

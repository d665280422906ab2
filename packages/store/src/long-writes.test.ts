import { setImmediate as nextTurn } from "node:timers/promises";
import type { AcceptedUploads, KnowledgeBaseId } from "@larder/contracts";
import { addReady, testCall as call, createKnowledgeBaseIn, realClock, uploadOf } from "@larder/testkit";
import { expect, it } from "vitest";
import type { TemporaryStore } from "../test/open-temporary-store.ts";
import { openTemporaryStore } from "../test/open-temporary-store.ts";

const uploads = Array.from({ length: 2_000 }, (_, i) => uploadOf(`note ${i}`, { externalId: `note-${i}` }));
const last = uploadOf("note 1999");

interface Accepting {
  readonly opened: TemporaryStore;
  readonly id: KnowledgeBaseId;
  readonly stop: AbortController;
  readonly accepted: Promise<AcceptedUploads>;
  isOver(): boolean;
}

/** A large upload that is under way. */
async function beginAccepting(): Promise<Accepting> {
  const opened = await openTemporaryStore({ clock: realClock });
  const id = await createKnowledgeBaseIn(opened.documents);
  const stop = new AbortController();
  let isOver = false;
  const accepted = opened.documents.accept(id, uploads, { signal: stop.signal }).finally(() => {
    isOver = true;
  });
  accepted.catch(() => undefined); // whoever asks is told
  await nextTurn();
  expect(isOver).toBe(false);
  return { opened, id, stop, accepted, isOver: () => isOver };
}

it("gives way to reads, which see nothing of a large upload until it is whole", async () => {
  const { opened, accepted, isOver } = await beginAccepting();
  await using store = opened;
  const seen: number[] = [];
  while (!isOver()) {
    seen.push(await store.documents.depth(call));
    await nextTurn();
  }
  const { documents, job } = await accepted;
  expect(seen.length).toBeGreaterThan(3);
  expect(seen.filter((depth) => depth !== 0 && depth !== uploads.length)).toEqual([]);
  expect(new Set(documents.map(({ document }) => document.id)).size).toBe(uploads.length);
  expect(job.counts).toEqual({ documents: uploads.length, ready: 0, failed: 0 });
});

it("is ended by another write of the same process, which sees all of it", async () => {
  const { opened, id, accepted } = await beginAccepting();
  await using store = opened;
  const { documents } = await store.documents.accept(id, [last], call);
  expect(await store.documents.depth(call)).toBe(uploads.length);
  expect(documents[0]?.duplicateOf).toBe((await accepted).documents.at(-1)?.document.id);
});

it("takes large uploads one after the other, the same bytes once", async () => {
  const { opened, id, accepted } = await beginAccepting();
  await using store = opened;
  const again = await store.documents.accept(id, uploads, call);
  expect(again.documents.every(({ duplicateOf }) => duplicateOf !== undefined)).toBe(true);
  expect(again.documents.map(({ document }) => document.id)).toEqual(
    (await accepted).documents.map(({ document }) => document.id),
  );
  expect(await store.documents.depth(call)).toBe(uploads.length);
});

it("leaves nothing of an upload whose sender leaves, and none in the way of the next", async () => {
  const { opened, id, stop, accepted } = await beginAccepting();
  await using store = opened;
  stop.abort();
  await expect(accepted).rejects.toBe(stop.signal.reason);
  expect(await store.documents.depth(call)).toBe(0);
  expect((await store.documents.accept(id, uploads, call)).documents).toHaveLength(uploads.length);
});

it("is whole when the store is closed in the midst of it", async () => {
  const { opened, accepted } = await beginAccepting();
  await opened.close();
  expect((await accepted).documents).toHaveLength(uploads.length);
});

it("takes a large upload in one go that takes the last sender of a document away", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  const { id: left } = await addReady(store.documents, id, "plums", { upload: { externalId: "moves" } });
  const { id: kept } = await addReady(store.documents, id, "figs", { upload: { externalId: "stays" } });
  const many = Array.from({ length: 150 }, (_, i) => uploadOf(`note ${i}`));
  const { job, documents } = await store.documents.accept(
    id,
    [...many, uploadOf("figs", { externalId: "moves" })],
    call,
  );
  expect(job.counts).toEqual({ documents: 151, ready: 1, failed: 0 });
  expect(documents.at(-1)).toMatchObject({ duplicateOf: kept, document: { externalIds: ["moves", "stays"] } });
  await expect(store.documents.document(id, left, call)).rejects.toMatchObject({ code: "DOCUMENT_NOT_FOUND" });
  expect(await store.lexical.search(id, "plums", { limit: 5 }, call)).toEqual([]);
});

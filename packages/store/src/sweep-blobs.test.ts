import { mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BlobStore } from "@larder/contracts";
import { addReady, testCall as call, createKnowledgeBaseIn, leaseOf, uploadOf } from "@larder/testkit";
import { expect, it, onTestFinished } from "vitest";
import { openTemporaryStore } from "../test/open-temporary-store.ts";
import { openBlobFiles } from "./blob-files.ts";
import { sweepBlobs } from "./sweep-blobs.ts";

const ageMs = 1_000;
const long = new Date(Date.now() - 60_000);

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), "larder-sweep-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { folder, blobs: await openBlobFiles({ folder }) };
}

async function* bytesOf(text: string) {
  yield Buffer.from(text);
}

const put = async (blobs: BlobStore, text: string) => {
  const { sha256 } = await blobs.put(bytesOf(text), { bytesMax: 1_000 }, call);
  await utimes((await blobs.localFile(sha256, call)) ?? "", long, long);
  return sha256;
};
const isThere = async (blobs: BlobStore, sha256: string) => (await blobs.localFile(sha256, call)) !== undefined;

it("removes what no document has, and nothing of one that is live, in the making or failed", async () => {
  await using store = await openTemporaryStore();
  const { folder, blobs } = await openFolder();
  const id = await createKnowledgeBaseIn(store.documents);
  const names = ["live", "replaced", "failed", "queued", "deleted", "archive"] as const;
  const sha256s = await Promise.all(names.map((name) => put(blobs, name)));
  await addReady(store.documents, id, "replaced", { upload: { externalId: "a" } });
  await addReady(store.documents, id, "live", { upload: { externalId: "a" } });
  const deleted = await addReady(store.documents, id, "deleted");
  await store.documents.deleteDocument(id, deleted.id, call);
  await store.documents.accept(id, [uploadOf("failed")], call);
  const error = { code: "DOCUMENT_NO_TEXT" as const, message: "No.", hint: "None." };
  await store.documents.fail(await leaseOf(store.documents), error, call);
  await store.documents.accept(id, [uploadOf("queued")], call);
  const make = { embedderId: "embedder@1" as never, parserId: "parser@1", splitterId: "splitter@2" };
  await store.documents.beginReindexing(id, make, call);
  await store.documents.advanceReindexing(id, call);
  expect(await sweepBlobs({ folder, ageMs, nowMs: Date.now() }, store.documents, call)).toBe(3);
  const left = await Promise.all(sha256s.map((sha256) => isThere(blobs, sha256)));
  expect(names.filter((_, i) => left[i])).toEqual(["live", "failed", "queued"]);
});

it("leaves bytes that were sent a moment ago, also when they had been there for long", async () => {
  await using store = await openTemporaryStore();
  const { folder, blobs } = await openFolder();
  const sha256 = await put(blobs, "again");
  await blobs.put(bytesOf("again"), { bytesMax: 1_000 }, call);
  expect(await sweepBlobs({ folder, ageMs, nowMs: Date.now() }, store.documents, call)).toBe(0);
  expect(await isThere(blobs, sha256)).toBe(true);
});

it("may remove what a put under way is about to find, and the put brings it back", async () => {
  await using store = await openTemporaryStore();
  const { folder, blobs } = await openFolder();
  const sha256 = await put(blobs, "same");
  const removed: number[] = [];
  async function* sweptMeanwhile() {
    yield Buffer.from("sa");
    removed.push(await sweepBlobs({ folder, ageMs, nowMs: Date.now() }, store.documents, call));
    yield Buffer.from("me");
  }
  await blobs.put(sweptMeanwhile(), { bytesMax: 1_000 }, call);
  expect([removed, await isThere(blobs, sha256)]).toEqual([[1], true]);
});

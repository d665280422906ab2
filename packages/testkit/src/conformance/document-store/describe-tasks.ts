import type { ErrorRecord } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import {
  addReady,
  testCall as call,
  createKnowledgeBaseIn,
  finishedOf,
  leaseOf,
  uploadOf,
} from "../../store-fixtures.ts";
import type { OpenDocumentStore } from "./document-store-under-test.ts";

const error: ErrorRecord = { code: "DOCUMENT_MALFORMED", message: "m", hint: "h", details: { page: 3 } };

/** What workers lease, renew, give back, fail and finish. */
export function describeTasks(open: OpenDocumentStore): void {
  describe("tasks", () => {
    it("leases the oldest first, each to one worker, and nothing when there is nothing", async () => {
      await using opened = await open();
      const store = opened.documents;
      expect(await store.lease({ name: "w", leaseMs: 1 }, call)).toBeUndefined();
      const id = await createKnowledgeBaseIn(store);
      await store.accept(id, [uploadOf("a", { fileName: "a.md" }), uploadOf("b")], call);
      const first = await leaseOf(store);
      const second = await leaseOf(store);
      expect(first).toMatchObject({ fileName: "a.md", attempt: 1, version: 1, ...pick(uploadOf("a")) });
      expect(second).toMatchObject(pick(uploadOf("b")));
      expect(await store.lease({ name: "w", leaseMs: 1 }, call)).toBeUndefined();
      expect(await store.depth(call)).toBe(2);
    });

    it("gives a task to another worker when the lease ran out, and the first one can do nothing more", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      await store.accept(id, [uploadOf("a")], call);
      const lost = await leaseOf(store, 1_000);
      opened.clock.advance(999);
      expect(await store.lease({ name: "other", leaseMs: 1_000 }, call)).toBeUndefined();
      expect(await store.renew(lost, { status: "parsing", progress: 0.25, leaseMs: 1_000 }, call)).toBe(true);
      opened.clock.advance(1_000);
      const held = await leaseOf(store, 1_000);
      expect(held).toMatchObject({ id: lost.id, attempt: 2 });
      expect(held.leaseToken).not.toBe(lost.leaseToken);
      expect(await store.renew(lost, { status: "parsing", progress: 0.5, leaseMs: 1_000 }, call)).toBe(false);
      expect(await store.finish(lost, finishedOf("a"), call)).toBe(false);
      expect(await store.fail(lost, error, call)).toBe(false);
      expect(await store.release(lost, error, 0, call)).toBe(false);
      expect(await store.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 0 } });
      expect(await store.finish(held, finishedOf("a"), call)).toBe(true);
      expect(await store.finish(held, finishedOf("a"), call)).toBe(false);
    });

    it("shows progress, and waits out the delay of a task that was given back", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { job } = await store.accept(id, [uploadOf("a"), uploadOf("b")], call);
      const task = await leaseOf(store);
      await store.renew(task, { status: "embedding", progress: 0.5, leaseMs: 60_000 }, call);
      expect(await store.job(job.id, call)).toMatchObject({ state: "running", progress: 0.25 });
      expect(await store.document(id, task.documentId, call)).toMatchObject({ status: "embedding", progress: 0.5 });
      expect(await store.release(task, error, 5_000, call)).toBe(true);
      expect(await store.document(id, task.documentId, call)).toMatchObject({ status: "queued", progress: 0 });
      expect((await leaseOf(store)).documentId).not.toBe(task.documentId);
      expect(await store.lease({ name: "w", leaseMs: 1 }, call)).toBeUndefined();
      opened.clock.advance(5_000);
      expect(await leaseOf(store)).toMatchObject({ documentId: task.documentId, attempt: 2 });
    });

    it("keeps the error of a failed document, and queues it again when it is sent again", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { job } = await store.accept(id, [uploadOf("a")], call);
      const task = await leaseOf(store);
      expect(await store.fail(task, error, call)).toBe(true);
      expect(await store.document(id, task.documentId, call)).toMatchObject({ status: "failed", error });
      expect(await store.job(job.id, call)).toMatchObject({
        state: "failed",
        documents: [{ status: "failed", error }],
      });
      const again = await store.accept(id, [uploadOf("a", { title: "Better" })], call);
      const { document } = again.documents[0] ?? {};
      expect(document).toMatchObject({ id: task.documentId, status: "queued", title: "Better" });
      expect(document?.error).toBeUndefined();
      expect(await leaseOf(store)).toMatchObject({ documentId: task.documentId, attempt: 1 });
      expect(await store.job(job.id, call)).toMatchObject({ state: "failed" });
    });

    it("keeps the live version when a newer one fails", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { id: documentId } = await addReady(store, id, "one");
      await store.replace(id, documentId, uploadOf("two"), call);
      await store.fail(await leaseOf(store), error, call);
      expect(await store.document(id, documentId, call)).toMatchObject({ status: "failed", version: 1, error });
      expect(await store.text(id, documentId, call)).toMatchObject({ text: "one" });
      expect(await opened.lexical.search(id, "one", { limit: 5 }, call)).toHaveLength(1);
    });
  });
}

function pick({ sha256, bytes, title, mediaType }: ReturnType<typeof uploadOf>) {
  return { sha256, bytes, title, mediaType };
}

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

const page = { limit: 50 };
const cancelled = { code: "JOB_CANCELLED" };
const error = { code: "DOCUMENT_MALFORMED", message: "It is broken.", hint: "Mend it." } as const;

/** Following, cancelling and trying again. */
export function describeJobs(open: OpenDocumentStore): void {
  describe("jobs", () => {
    it("count what ended, and list what failed with its reason and tries", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { job } = await store.accept(id, [uploadOf("a"), uploadOf("b"), uploadOf("c")], call);
      await store.finish(await leaseOf(store), finishedOf("a"), call);
      await store.fail(await leaseOf(store), error, call);
      expect(await store.job(job.id, call)).toMatchObject({
        state: "running",
        counts: { documents: 3, ready: 1, failed: 1 },
      });
      await store.finish(await leaseOf(store), finishedOf("c"), call);
      const other = await store.accept(id, [uploadOf("d")], call);
      const failed = await store.jobs({ ...page, state: "failed" }, call);
      expect(failed.data).toMatchObject([{ id: job.id, failures: [{ error, attempts: 1 }] }]);
      const first = await store.jobs({ limit: 1 }, call);
      expect(first.data.map((each) => each.id)).toEqual([other.job.id]);
      const cursor = first.nextCursor === undefined ? {} : { cursor: first.nextCursor };
      expect((await store.jobs({ limit: 1, ...cursor }, call)).data.map((each) => each.id)).toEqual([job.id]);
      const elsewhere = await createKnowledgeBaseIn(store, "elsewhere");
      expect((await store.jobs({ ...page, knowledgeBaseId: elsewhere }, call)).data).toEqual([]);
      expect((await store.jobs({ ...page, state: "queued" }, call)).data.map((each) => each.id)).toEqual([
        other.job.id,
      ]);
    });

    it("end at once when they are cancelled: what waits, and what a worker holds", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { job } = await store.accept(id, [uploadOf("a"), uploadOf("b"), uploadOf("c")], call);
      await store.finish(await leaseOf(store), finishedOf("a"), call);
      const held = await leaseOf(store);
      const after = await store.cancelJob(job.id, call);
      expect(after).toMatchObject({ state: "cancelled", counts: { documents: 3, ready: 1, failed: 2 } });
      expect(after.documents.map(({ status }) => status)).toEqual(["ready", "failed", "failed"]);
      expect(await store.depth(call)).toBe(0);
      expect(await store.renew(held, { status: "parsing", progress: 0, leaseMs: 1 }, call)).toBe(false);
      expect(await store.finish(held, finishedOf("b"), call)).toBe(false);
      expect(await store.document(id, held.documentId, call)).toMatchObject({ status: "failed", error: cancelled });
      expect(await store.cancelJob(job.id, call)).toEqual(after);
      expect((await store.jobs({ ...page, state: "cancelled" }, call)).data).toHaveLength(1);
      expect((await store.jobs({ ...page, state: "failed" }, call)).data).toEqual([]);
    });

    it("leave a live version live when they are cancelled", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { id: documentId } = await addReady(store, id, "old");
      const { job } = await store.replace(id, documentId, uploadOf("new"), call);
      await store.cancelJob(job.id, call);
      expect(await store.document(id, documentId, call)).toMatchObject({ status: "ready", version: 1 });
      expect(await store.text(id, documentId, call)).toMatchObject({ text: "old" });
      expect((await store.accept(id, [uploadOf("new")], call)).documents[0]?.duplicateOf).toBeUndefined();
    });

    it("hand over what another job waits for", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const first = await store.accept(id, [uploadOf("both"), uploadOf("mine")], call);
      const second = await store.accept(id, [uploadOf("both")], call);
      await store.cancelJob(first.job.id, call);
      expect(await store.depth(call)).toBe(1);
      await store.finish(await leaseOf(store), finishedOf("both"), call);
      expect(await store.job(second.job.id, call)).toMatchObject({ state: "succeeded" });
      expect(await store.job(first.job.id, call)).toMatchObject({ state: "cancelled" });
    });

    it("of a document that is deleted meanwhile wait for it no longer", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { job, documents } = await store.accept(id, [uploadOf("a"), uploadOf("b")], call);
      await store.finish(await leaseOf(store), finishedOf("a"), call);
      for (const { document } of documents) await store.deleteDocument(id, document.id, call);
      expect(await store.job(job.id, call)).toMatchObject({
        state: "succeeded",
        counts: { documents: 0, ready: 0, failed: 0 },
      });
    });

    it("are forgotten by the time that they ended, and their documents stay", async () => {
      await using opened = await open();
      const { documents: store, clock } = opened;
      const id = await createKnowledgeBaseIn(store);
      const old = await addReady(store, id, "old");
      const broken = await store.accept(id, [uploadOf("broken", { externalId: "b" })], call);
      await store.fail(await leaseOf(store), error, call);
      clock.advance(1_000);
      const young = await addReady(store, id, "young");
      const waiting = await store.accept(id, [uploadOf("open")], call);
      const endedBeforeMs = clock.nowMs();
      expect(await store.pruneJobs(endedBeforeMs, call)).toBe(2);
      expect(await store.pruneJobs(endedBeforeMs, call)).toBe(0);
      const left = (await store.jobs(page, call)).data.map((job) => job.id);
      expect(left).toEqual([waiting.job.id, young.job.id]);
      await expect(store.job(old.job.id, call)).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
      expect(await store.text(id, old.id, call)).toMatchObject({ text: "old" });
      const failed = broken.documents[0]?.document.id ?? old.id;
      expect(await store.document(id, failed, call)).toMatchObject({ status: "failed", error, externalId: "b" });
      expect(await store.retry(id, failed, "normal", call)).toMatchObject({ job: { state: "queued" } });
    });

    it("are forgotten all, however large they are", async () => {
      await using opened = await open();
      const { documents: store, clock } = opened;
      const id = await createKnowledgeBaseIn(store);
      await addReady(store, id, "a");
      const same = Array.from({ length: 600 }, () => uploadOf("a"));
      for (let i = 0; i < 2; i += 1) await store.accept(id, same, call); // over at once
      expect(await store.pruneJobs(clock.nowMs() + 1, call)).toBe(3);
      expect((await store.jobs(page, call)).data).toEqual([]);
    });

    it("name their documents as the newest version does, where there is one", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const upload = { title: "Log", fileName: "log.txt", externalId: "x" };
      const { id: documentId, job } = await addReady(store, id, "old", { upload });
      const named = { id: documentId, fileName: "log.txt", externalId: "x", isLive: true };
      expect((await store.job(job.id, call)).documents).toMatchObject([named]);
      const next = await store.replace(id, documentId, uploadOf("new", { fileName: "new.txt" }), call);
      expect(next.job.documents).toMatchObject([{ ...named, fileName: "new.txt", status: "queued" }]);
      await store.cancelJob(next.job.id, call);
      expect((await store.job(next.job.id, call)).documents).toMatchObject([{ ...named, status: "failed" }]);
    });

    it("try a failed document again as a job of its own, and nothing else", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { documents } = await store.accept(id, [uploadOf("a", { title: "Kept" })], call);
      const documentId = documents[0]?.document.id;
      if (documentId === undefined) throw new TypeError("One document was accepted.");
      const refused = { code: "DOCUMENT_NOT_FAILED" };
      await expect(store.retry(id, documentId, "normal", call)).rejects.toMatchObject(refused);
      await store.fail(await leaseOf(store), error, call);
      const again = await store.retry(id, documentId, "high", call);
      expect(again).toMatchObject({ documents: [{ document: { status: "queued", title: "Kept" } }] });
      const task = await leaseOf(store);
      expect(task).toMatchObject({ documentId, attempt: 1, jobId: again.job.id });
      await store.finish(task, finishedOf("a"), call);
      expect(await store.job(again.job.id, call)).toMatchObject({ state: "succeeded" });
      await expect(store.retry(id, documentId, "normal", call)).rejects.toMatchObject(refused);
    });
  });
}

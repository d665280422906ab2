import { describe, expect, it } from "vitest";
import {
  addReady,
  testCall as call,
  createKnowledgeBaseIn,
  finishedOf,
  leaseOf,
  ofDocuments,
  uploadOf,
} from "../../store-fixtures.ts";
import type { OpenDocumentStore } from "./document-store-under-test.ts";
import { liveLabels } from "./live-labels.ts";

const page = { limit: 50 };

/** New versions, and what is gone. */
export function describeReplacing(open: OpenDocumentStore): void {
  describe("replacing and deleting", () => {
    it("changes nothing for the live bytes, and gives up a newer version for them", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { id: documentId } = await addReady(store, id, "one");
      const same = await store.replace(id, documentId, uploadOf("one"), call);
      expect(same).toMatchObject({ documents: [{ duplicateOf: documentId }], job: { state: "succeeded" } });
      const waiting = await store.replace(id, documentId, uploadOf("two"), call);
      const back = await store.replace(id, documentId, uploadOf("one"), call);
      expect(back.documents[0]?.document).toMatchObject({ status: "ready", version: 1 });
      expect(await store.job(waiting.job.id, call)).toMatchObject({ state: "succeeded" });
      expect(await store.depth(call)).toBe(0);
    });

    it("lets the last of several new versions win", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { id: documentId } = await addReady(store, id, "one");
      const second = await store.replace(id, documentId, uploadOf("two"), call);
      const overtaken = await leaseOf(store);
      await store.replace(id, documentId, uploadOf("three"), call);
      expect(await store.finish(overtaken, finishedOf("two"), call)).toBe(false);
      expect(await store.job(second.job.id, call)).toMatchObject({ state: "queued" });
      expect(await store.finish(await leaseOf(store), finishedOf("three"), call)).toBe(true);
      expect(await store.text(id, documentId, call)).toEqual({ documentId, version: 3, text: "three" });
      expect(await store.job(second.job.id, call)).toMatchObject({ state: "succeeded" });
    });

    it("refuses bytes that are another document, and unknown documents", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { id: first } = await addReady(store, id, "one");
      const { id: second } = await addReady(store, id, "two");
      const conflict = { code: "DOCUMENT_CONFLICT", details: { document_id: first } };
      await expect(store.replace(id, second, uploadOf("one"), call)).rejects.toMatchObject(conflict);
      const other = await createKnowledgeBaseIn(store, "other");
      const missing = { code: "DOCUMENT_NOT_FOUND" };
      await expect(store.replace(other, first, uploadOf("x"), call)).rejects.toMatchObject(missing);
      await expect(store.deleteDocument(other, first, call)).rejects.toMatchObject(missing);
      await expect(store.document(other, first, call)).rejects.toMatchObject(missing);
      await expect(store.text(other, first, call)).rejects.toMatchObject(missing);
      await expect(store.passages(other, first, page, call)).rejects.toMatchObject(missing);
    });

    it("leaves no trace of a deleted document in any search", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { id: documentId } = await addReady(store, id, "alpha\nbeta");
      await addReady(store, id, "gamma");
      const labels = [...(await store.labelsMatching(id, ofDocuments(documentId), call))];
      await store.deleteDocument(id, documentId, call);
      expect(await opened.lexical.search(id, "alpha beta", { limit: 9 }, call)).toEqual([]);
      expect((await store.passagesByLabel(id, labels, call)).size).toBe(0);
      expect(await store.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 1, passages: 1, tokens: 3 } });
      expect(await liveLabels(opened.operationLog, id)).toHaveLength(1);
      await expect(store.document(id, documentId, call)).rejects.toMatchObject({ code: "DOCUMENT_NOT_FOUND" });
    });

    it("ends a job whose last waiting document is deleted, and its worker's task is lost", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { documents, job } = await store.accept(id, [uploadOf("x")], call);
      const task = await leaseOf(store);
      for (const { document } of documents) await store.deleteDocument(id, document.id, call);
      expect(await store.job(job.id, call)).toMatchObject({ state: "succeeded", documents: [] });
      expect(await store.renew(task, { status: "parsing", progress: 0, leaseMs: 1 }, call)).toBe(false);
      expect(await store.finish(task, finishedOf("x"), call)).toBe(false);
    });

    it("takes everything of a deleted knowledge base and nothing of another", async () => {
      await using opened = await open();
      const store = opened.documents;
      const [gone, kept] = [await createKnowledgeBaseIn(store, "gone"), await createKnowledgeBaseIn(store, "kept")];
      const { job } = await addReady(store, gone, "alpha\nbeta");
      const { id: keptId } = await addReady(store, kept, "alpha");
      await store.accept(gone, [uploadOf("waiting")], call);
      await store.deleteKnowledgeBase(gone, call);
      expect(await store.depth(call)).toBe(0);
      expect(await opened.operationLog.latestSequence(gone)).toBe(0);
      expect(await opened.lexical.search(gone, "alpha", { limit: 5 }, call)).toEqual([]);
      await expect(store.job(job.id, call)).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
      expect(await opened.lexical.search(kept, "alpha", { limit: 5 }, call)).toHaveLength(1);
      expect((await store.labelsMatching(kept, ofDocuments(keptId), call)).size).toBe(1);
    });
  });
}

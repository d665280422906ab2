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

/** What becomes of an upload before anybody works on it. */
export function describeTakingIn(open: OpenDocumentStore): void {
  describe("taking in", () => {
    it("queues a new document and its job", async () => {
      await using opened = await open();
      const store = opened.documents;
      const knowledgeBaseId = await createKnowledgeBaseIn(store);
      const upload = uploadOf("hello", { fileName: "a.txt", metadata: { tag: ["x"] }, externalId: "e1" });
      const { documents, job } = await store.accept(knowledgeBaseId, [upload], call);
      expect(documents[0]?.duplicateOf).toBeUndefined();
      const document = documents[0]?.document;
      expect(document).toMatchObject({ ...upload, status: "queued", version: 0, progress: 0, knowledgeBaseId });
      expect(job).toMatchObject({
        state: "queued",
        progress: 0,
        documents: [{ id: document?.id, status: "queued" }],
      });
      expect(await store.job(job.id, call)).toEqual(job);
      expect(await store.depth(call)).toBe(1);
      if (document !== undefined) expect(await store.document(knowledgeBaseId, document.id, call)).toEqual(document);
    });

    it("ends a job without documents at once", async () => {
      await using opened = await open();
      const id = await createKnowledgeBaseIn(opened.documents);
      expect((await opened.documents.accept(id, [], call)).job).toMatchObject({ state: "succeeded", progress: 1 });
    });

    it("keeps the same bytes once, within one call and over calls, but once for each knowledge base", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const both = await store.accept(id, [uploadOf("same"), uploadOf("same", { title: "Other" })], call);
      const first = both.documents[0]?.document.id;
      expect(both.documents.map((each) => each.duplicateOf)).toEqual([undefined, first]);
      const again = await store.accept(id, [uploadOf("same")], call);
      expect(again).toMatchObject({ documents: [{ duplicateOf: first }], job: { state: "queued" } });
      expect(await store.depth(call)).toBe(1);
      await store.finish(await leaseOf(store), finishedOf("same"), call);
      expect(await store.job(again.job.id, call)).toMatchObject({ state: "succeeded" });
      const ready = await store.accept(id, [uploadOf("same")], call);
      expect(ready).toMatchObject({ documents: [{ duplicateOf: first }], job: { state: "succeeded", progress: 1 } });
      expect(await store.depth(call)).toBe(0);
      const elsewhere = await createKnowledgeBaseIn(store, "elsewhere");
      expect((await store.accept(elsewhere, [uploadOf("same")], call)).documents[0]?.duplicateOf).toBeUndefined();
    });

    it("makes other bytes under a known external id a new version, and the old one answers until then", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { id: documentId } = await addReady(store, id, "old\nwords", { upload: { externalId: "e" } });
      const { documents } = await store.accept(id, [uploadOf("new words", { externalId: "e", title: "Newer" })], call);
      expect(documents[0]).toMatchObject({
        document: { id: documentId, version: 1, status: "queued", title: "A title" },
      });
      expect(await store.text(id, documentId, call)).toMatchObject({ version: 1, text: "old\nwords" });
      expect(await opened.lexical.search(id, "old", { limit: 5 }, call)).toHaveLength(1);
      await store.finish(await leaseOf(store), finishedOf("new words", { title: "Found" }), call);
      expect(await store.document(id, documentId, call)).toMatchObject({
        version: 2,
        status: "ready",
        title: "Found",
      });
      expect(await opened.lexical.search(id, "old", { limit: 5 }, call)).toEqual([]);
      expect(await store.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 1, passages: 1, tokens: 3 } });
      expect((await store.accept(id, [uploadOf("old\nwords")], call)).documents[0]?.duplicateOf).toBeUndefined();
    });

    it("refuses an unknown knowledge base", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      await store.deleteKnowledgeBase(id, call);
      const gone = { code: "KNOWLEDGE_BASE_NOT_FOUND" };
      await expect(store.accept(id, [uploadOf("x")], call)).rejects.toMatchObject(gone);
      await expect(store.documents(id, page, call)).rejects.toMatchObject(gone);
    });

    it("does nothing for an aborted call and rejects with the signal's own reason", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const reason = new Error("the sender left");
      const aborted = { signal: AbortSignal.abort(reason) };
      await expect(store.accept(id, [uploadOf("x")], aborted)).rejects.toBe(reason);
      expect((await store.documents(id, page, call)).data).toEqual([]);
    });
  });
}

import type { DocumentId, DocumentStore, KnowledgeBaseId, SearchFilter } from "@larder/contracts";
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

const named = (text: string, externalId: string) => uploadOf(text, { externalId });

/** Documents that several senders have. */
export function describeSharing(open: OpenDocumentStore): void {
  describe("sharing a document", () => {
    it("lists every external id that its bytes came under, and is found by each", async () => {
      await using opened = await open();
      const { store, id, documentId } = await shared(opened.documents);
      expect(await store.document(id, documentId, call)).toMatchObject({ externalId: "a", externalIds: ["a", "b"] });
      for (const externalId of ["a", "b"]) {
        expect((await store.documents(id, { limit: 5, externalId }, call)).data).toMatchObject([{ id: documentId }]);
        expect((await store.labelsMatching(id, ofExternalId(externalId), call)).size).toBe(2);
      }
      expect((await store.documents(id, { limit: 5, externalId: "c" }, call)).data).toEqual([]);
      expect((await store.labelsMatching(id, { kind: "not", filter: ofExternalId("b") }, call)).size).toBe(0);
      expect((await store.knowledgeBase(id, call)).counts.documents).toBe(1);
    });

    it("gives the one that changes a document of its own, and its old text is found until then", async () => {
      await using opened = await open();
      const { store, id, documentId } = await shared(opened.documents);
      const before = await store.passages(id, documentId, { limit: 9 }, call);
      const { documents } = await store.accept(id, [named("new", "a")], call);
      const own = documents[0]?.document.id as DocumentId;
      expect(own).not.toBe(documentId);
      expect(await store.document(id, documentId, call)).toMatchObject({ status: "ready", externalIds: ["b"] });
      expect(await store.document(id, own, call)).toMatchObject({ status: "queued", externalIds: ["a"] });
      expect((await store.labelsMatching(id, ofExternalId("a"), call)).size).toBe(2);
      await store.finish(await leaseOf(store), finishedOf("new"), call);
      expect((await store.labelsMatching(id, ofExternalId("a"), call)).size).toBe(1);
      expect((await store.labelsMatching(id, ofExternalId("b"), call)).size).toBe(2);
      expect(await store.passages(id, documentId, { limit: 9 }, call)).toEqual(before); // the very same
      expect(await store.text(id, documentId, call)).toMatchObject({ version: 1, text: "one\ntext" });
    });

    it("knows the vectors of the text that the one that changes leaves", async () => {
      await using opened = await open();
      const { store, id } = await shared(opened.documents);
      await store.accept(id, [named("one\nother", "b")], call);
      const task = await leaseOf(store);
      const { embedderId } = finishedOf("");
      expect((await store.liveVectors(task, embedderId, call)).size).toBe(2);
    });

    it("goes with its last sender, in the transaction in which that one's new text is found", async () => {
      await using opened = await open();
      const { store, id, documentId } = await shared(opened.documents);
      await store.accept(id, [named("new", "a")], call);
      await store.accept(id, [named("new", "b")], call);
      expect(await opened.lexical.search(id, "text", { limit: 5 }, call)).toHaveLength(1);
      await store.finish(await leaseOf(store), finishedOf("new"), call);
      expect(await opened.lexical.search(id, "text", { limit: 5 }, call)).toEqual([]);
      await expect(store.document(id, documentId, call)).rejects.toMatchObject({ code: "DOCUMENT_NOT_FOUND" });
      const [document] = (await store.documents(id, { limit: 5 }, call)).data;
      expect(document).toMatchObject({ version: 1, externalIds: ["a", "b"] });
      expect(await store.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 1, passages: 1, tokens: 3 } });
    });

    it("leaves the old text to a sender whose new one cannot be read", async () => {
      await using opened = await open();
      const { store, id } = await shared(opened.documents);
      await store.accept(id, [named("broken", "a")], call);
      const error = { code: "DOCUMENT_MALFORMED", message: "m", hint: "h" } as const;
      await store.fail(await leaseOf(store), error, call);
      await store.accept(id, [named("third", "b")], call);
      await store.finish(await leaseOf(store), finishedOf("third"), call);
      expect((await store.labelsMatching(id, ofExternalId("a"), call)).size).toBe(2);
      expect((await store.documents(id, { limit: 5, externalId: "a" }, call)).data).toMatchObject([
        { status: "failed" },
      ]);
      const back = await store.accept(id, [named("one\ntext", "a")], call);
      expect(back.documents[0]?.document).toMatchObject({ status: "ready", externalIds: ["a"] });
      expect((await store.documents(id, { limit: 5 }, call)).data).toHaveLength(2); // what failed has no sender left
    });

    it("takes a sender to the document that has its new bytes, and nothing is found twice", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { id: first } = await addReady(store, id, "one", { upload: { externalId: "a" } });
      const { id: second } = await addReady(store, id, "two", { upload: { externalId: "b" } });
      const again = await store.accept(id, [named("one", "b")], call);
      expect(again).toMatchObject({ documents: [{ duplicateOf: first }], job: { state: "succeeded" } });
      expect((await store.documents(id, { limit: 5 }, call)).data).toMatchObject([
        { id: first, externalIds: ["a", "b"] },
      ]);
      await expect(store.document(id, second, call)).rejects.toMatchObject({ code: "DOCUMENT_NOT_FOUND" });
      expect(await opened.lexical.search(id, "two", { limit: 5 }, call)).toEqual([]);
    });

    it("keeps live bytes for a new sender while those of another one wait to take their place", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { id: documentId } = await addReady(store, id, "one", { upload: { externalId: "a" } });
      const replaced = await store.accept(id, [named("two", "a")], call);
      const held = await leaseOf(store);
      await store.accept(id, [uploadOf("one")], call);
      expect(await store.finish(held, finishedOf("two"), call)).toBe(false); // it is of another document now
      await store.finish(await leaseOf(store), finishedOf("two"), call);
      expect(await store.text(id, documentId, call)).toMatchObject({ text: "one" });
      const [own] = (await store.documents(id, { limit: 5, externalId: "a" }, call)).data;
      expect(await store.text(id, own?.id as DocumentId, call)).toMatchObject({ text: "two" });
      expect(await store.job(replaced.job.id, call)).toMatchObject({
        state: "succeeded",
        documents: [{ id: own?.id }],
      });
    });

    it("keeps bytes in the making for a second sender when the first one thinks better of them", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { id: documentId } = await addReady(store, id, "one", { upload: { externalId: "a" } });
      await store.accept(id, [named("two", "a")], call);
      await store.accept(id, [named("two", "b")], call);
      await store.accept(id, [named("three", "a")], call);
      for (let i = 0; i < 2; i += 1) {
        const task = await leaseOf(store);
        await store.finish(task, finishedOf(task.bytes === 3 ? "two" : "three"), call);
      }
      const { data } = await store.documents(id, { limit: 5 }, call);
      const told = await Promise.all(
        data.map(async (one) => [...one.externalIds, (await store.text(id, one.id, call)).text]),
      );
      expect(told).toEqual([
        ["a", "three"],
        ["b", "two"],
      ]);
      expect(data[0]?.id).toBe(documentId);
    });

    it("drops one name, and the document with the last one", async () => {
      await using opened = await open();
      const { store, id, documentId } = await shared(opened.documents);
      await store.deleteExternalId(id, "a", call);
      expect(await store.document(id, documentId, call)).toMatchObject({ externalId: "b", externalIds: ["b"] });
      await expect(store.deleteExternalId(id, "a", call)).rejects.toMatchObject({ code: "DOCUMENT_NOT_FOUND" });
      await store.deleteExternalId(id, "b", call);
      expect((await store.documents(id, { limit: 5 }, call)).data).toEqual([]);
      expect(await opened.lexical.search(id, "one", { limit: 5 }, call)).toEqual([]);
    });

    it("shows what the oldest sender said of it that is left, under the title that it was read with", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const said = (name: string) => ({ externalId: name, fileName: name, title: name, metadata: { path: name } });
      const { id: documentId } = await addReady(store, id, "one", { upload: said("a") });
      await store.accept(id, [uploadOf("one", said("b")), uploadOf("one", said("c"))], call);
      await store.deleteExternalId(id, "a", call);
      const document = await store.document(id, documentId, call);
      expect(document).toMatchObject({ fileName: "b", title: "a", metadata: { path: "b" }, externalIds: ["b", "c"] });
    });

    it("is replaced by its id only when one sender has it, or the upload says whose bytes change", async () => {
      await using opened = await open();
      const { store, id, documentId } = await shared(opened.documents);
      const details = { document_id: documentId, senders: 2 };
      const replaced = store.replace(id, documentId, uploadOf("new"), call);
      await expect(replaced).rejects.toMatchObject({ code: "DOCUMENT_SHARED", details });
      const { documents } = await store.replace(id, documentId, named("new", "b"), call);
      expect(documents[0]?.document).toMatchObject({ externalIds: ["b"] });
      const { id: other } = await addOther(store, id);
      const conflict = { code: "DOCUMENT_CONFLICT", details: { document_id: documents[0]?.document.id } };
      await expect(store.replace(id, other, named("more", "b"), call)).rejects.toMatchObject(conflict);
      const both = await store.replace(id, other, named("more", "new name"), call);
      expect(both.documents[0]?.document).toMatchObject({ id: other, externalIds: ["z", "new name"] });
    });

    it("is deleted by its id for all of its senders; one whose next text waits keeps that", async () => {
      await using opened = await open();
      const { store, id, documentId } = await shared(opened.documents);
      await store.accept(id, [named("new", "a")], call);
      await store.deleteDocument(id, documentId, call);
      expect((await store.documents(id, { limit: 5, externalId: "b" }, call)).data).toEqual([]);
      await store.finish(await leaseOf(store), finishedOf("new"), call);
      expect((await store.documents(id, { limit: 5 }, call)).data).toMatchObject([
        { externalIds: ["a"], status: "ready" },
      ]);
    });

    it("gives a sender whose new bytes are cancelled its old text back", async () => {
      await using opened = await open();
      const { store, id, documentId } = await shared(opened.documents);
      const { job } = await store.accept(id, [named("new", "a")], call);
      await store.cancelJob(job.id, call);
      expect((await store.labelsMatching(id, ofExternalId("a"), call)).size).toBe(2);
      await store.accept(id, [named("one\ntext", "a")], call);
      expect((await store.documents(id, { limit: 5 }, call)).data).toMatchObject([{ id: documentId }]);
    });
  });
}

function ofExternalId(value: string): SearchFilter {
  return { kind: "eq", field: { kind: "document", fact: "externalId" }, value };
}

/** Two senders of one text of two passages, `a` and `b`. */
async function shared(store: DocumentStore) {
  const id = await createKnowledgeBaseIn(store);
  const { id: documentId } = await addReady(store, id, "one\ntext", { upload: { externalId: "a" } });
  const { documents } = await store.accept(id, [named("one\ntext", "b")], call);
  expect(documents).toMatchObject([{ duplicateOf: documentId, externalId: "b" }]);
  return { store, id, documentId };
}

async function addOther(store: DocumentStore, id: KnowledgeBaseId) {
  const { documents } = await store.accept(id, [named("other", "z")], call);
  return { id: documents[0]?.document.id as DocumentId };
}

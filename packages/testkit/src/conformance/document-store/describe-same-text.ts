import type { DocumentStore, KnowledgeBaseId } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import {
  addReady,
  testCall as call,
  createKnowledgeBaseIn,
  finishedOf,
  leaseOf,
  sha256Of,
  uploadOf,
} from "../../store-fixtures.ts";
import type { OpenDocumentStore } from "./document-store-under-test.ts";

/** A file of its own bytes whose text is `text`. */
function addFile(
  store: DocumentStore,
  id: KnowledgeBaseId,
  text: string,
  fileName: string,
  onSameText: "keep" | "skip" = "keep",
) {
  const upload = { sha256: sha256Of(fileName), fileName };
  return addReady(store, id, text, { upload, finished: { textSha256: sha256Of(text), onSameText } });
}

/** Documents of different bytes and one text. */
export function describeSameText(open: OpenDocumentStore): void {
  describe("the same text under another file", () => {
    it("is reported, and both are found", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const first = await addFile(store, id, "words", "a.txt");
      const second = await addFile(store, id, "words", "b.txt");
      expect((await store.document(id, first.id, call)).duplicateOf).toBeUndefined();
      expect(await store.document(id, second.id, call)).toMatchObject({ duplicateOf: first.id, status: "ready" });
      expect(await store.job(second.job.id, call)).toMatchObject({ documents: [{ duplicateOf: first.id }] });
      expect(await opened.lexical.search(id, "words", { limit: 5 }, call)).toHaveLength(2);
      const elsewhere = await createKnowledgeBaseIn(store, "elsewhere");
      const alone = await addFile(store, elsewhere, "words", "a.txt");
      expect((await store.document(elsewhere, alone.id, call)).duplicateOf).toBeUndefined();
      await store.deleteDocument(id, first.id, call);
      expect((await store.document(id, second.id, call)).duplicateOf).toBeUndefined();
      expect(await store.depth(call)).toBe(0);
    });

    it("has no passages of its own where it is to be skipped, and counts no tokens", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const first = await addFile(store, id, "words", "a.txt", "skip");
      const second = await addFile(store, id, "words", "b.txt", "skip");
      expect(await store.document(id, second.id, call)).toMatchObject({
        duplicateOf: first.id,
        status: "ready",
        counts: { passages: 0 },
      });
      expect(await store.text(id, second.id, call)).toMatchObject({ text: "words" });
      expect(await store.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 2, passages: 1, tokens: 3 } });
      await store.deleteDocument(id, second.id, call);
      expect(await store.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 1, passages: 1, tokens: 3 } });
    });

    it("becomes searchable itself when the one that it leaned on is deleted or replaced", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const first = await addFile(store, id, "words", "a.txt", "skip");
      const others = [
        await addFile(store, id, "words", "b.txt", "skip"),
        await addFile(store, id, "words", "c.txt", "skip"),
      ];
      const skipping = { textSha256: sha256Of("words"), onSameText: "skip" as const };
      await store.deleteDocument(id, first.id, call);
      expect(await store.depth(call)).toBe(2);
      for (const { id: other } of others) {
        expect(await store.document(id, other, call)).toMatchObject({ status: "queued", version: 0 });
      }
      expect(await store.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 0, passages: 0, tokens: 0 } });
      for (const _ of others) await store.finish(await leaseOf(store), finishedOf("words", skipping), call);
      expect(await opened.lexical.search(id, "words", { limit: 5 }, call)).toHaveLength(1);
      const [heir, last] = others;
      if (heir === undefined || last === undefined) throw new TypeError("There are two others.");
      expect(await store.document(id, last.id, call)).toMatchObject({ duplicateOf: heir.id, counts: { passages: 0 } });
      await store.replace(id, heir.id, uploadOf("other words"), call);
      await store.finish(await leaseOf(store), finishedOf("other", { textSha256: sha256Of("other") }), call);
      expect(await store.document(id, last.id, call)).toMatchObject({ status: "queued" });
      await store.finish(await leaseOf(store), finishedOf("words", skipping), call);
      expect(await opened.lexical.search(id, "words", { limit: 5 }, call)).toHaveLength(1);
      expect(await store.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 2, passages: 2, tokens: 6 } });
    });

    it("is known among concurrent arrivals, and to one that came without passages when it is gone", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const skipping = { textSha256: sha256Of("words"), onSameText: "skip" as const };
      const uploads = ["a", "b"].map((name) => uploadOf("words", { sha256: sha256Of(name) }));
      const { documents } = await store.accept(id, uploads, call);
      const tasks = await store.leaseGroup({ name: "w", leaseMs: 60_000, tasksMax: 9, bytesMax: 9_999 }, call);
      const finished = tasks.map((task) => ({ task, version: finishedOf("words", skipping) }));
      expect(await store.finishGroup(finished, call)).toEqual(["published", "published"]);
      expect(await store.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 2, passages: 1 } });
      const first = documents[0]?.document.id;
      if (first === undefined) throw new TypeError("Two documents were accepted.");
      await store.accept(id, [uploadOf("words", { sha256: sha256Of("c") })], call);
      const late = await leaseOf(store);
      expect(await store.findSameText(late, skipping.textSha256, call)).toBe(first);
      for (const { document } of documents) await store.deleteDocument(id, document.id, call);
      const leaning = finishedOf("words", {
        ...skipping,
        passages: [],
        vectors: new Float32Array(),
        duplicateOf: first,
      });
      expect(await store.finishGroup([{ task: late, version: leaning }], call)).toEqual(["original_gone"]);
      expect(await store.finish(late, finishedOf("words", skipping), call)).toBe(true);
    });
  });
}

import type { DocumentStore, EmbedderId, Label } from "@larder/contracts";
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

const page = { limit: 50 };

/** What a finished version is read and found by. */
export function describeReadyDocuments(open: OpenDocumentStore): void {
  describe("what is ready", () => {
    it("has its text, passages, terms and vectors, all of them at once", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const text = "alpha\nbeta\ngamma";
      const warnings = [{ code: "page_without_text", message: "Page 2" }];
      const { id: documentId, job } = await addReady(store, id, text, { finished: { title: "Greek", warnings } });
      expect(await store.document(id, documentId, call)).toMatchObject({
        status: "ready",
        version: 1,
        progress: 1,
        title: "Greek",
        warnings,
        counts: { passages: 3, tokens: 9, pages: 3 },
      });
      expect(await store.job(job.id, call)).toMatchObject({ state: "succeeded", progress: 1 });
      expect(await store.text(id, documentId, call)).toEqual({ documentId, version: 1, text });
      const first = await store.passages(id, documentId, { limit: 2 }, call);
      const rest = await store.passages(id, documentId, { limit: 2, cursor: first.nextCursor ?? "" }, call);
      const all = [...first.data, ...rest.data];
      expect(all.map((passage) => [passage.ordinal, passage.text])).toEqual([
        [0, "alpha"],
        [1, "beta"],
        [2, "gamma"],
      ]);
      for (const passage of all) expect(text.slice(passage.start, passage.end)).toBe(passage.text);
      expect(all[1]).toMatchObject({ title: "Greek", headings: ["Top", "Line 1"], page: 2, lead: "\n", tokens: 2 });
      const found = await store.passagesByLabel(
        id,
        all.map((passage) => passage.label),
        call,
      );
      expect([...found.values()].sort((a, b) => a.ordinal - b.ordinal)).toEqual(all);
      const ids = all.map((passage) => passage.id);
      expect([...(await store.passagesById(id, ids.slice(1), call)).entries()]).toEqual(
        all.slice(1).map((passage) => [passage.id, passage]),
      );
      expect(await store.labelsMatching(id, ofDocuments(documentId), call)).toEqual(
        new Set(all.map(({ label }) => label)),
      );
      const [hit] = await opened.lexical.search(id, "beta", { limit: 1 }, call);
      expect(hit?.label).toBe(all[1]?.label);
      const log = await opened.operationLog.readAfter(id, 0, 10);
      const expected = finishedOf(text).vectors;
      expect(log.map((each) => each.label)).toEqual(all.map((passage) => passage.label));
      expect(log.flatMap((each) => (each.kind === "add" ? [...each.vector] : []))).toEqual([...expected]);
    });

    it("carries the sentences that its passages were given, and none where none were", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const given = [
        [
          { start: 0, end: 3, tokens: 1, tokenIds: Uint16Array.of(7, 0, 65_535) },
          { start: 4, end: 8, tokens: 2, tokenIds: new Uint16Array() },
        ],
        undefined,
        [],
      ];
      const finishedWith = (text: string, sentences: typeof given) => {
        const { passages } = finishedOf(text);
        const more = (i: number) => (sentences[i] === undefined ? {} : { sentences: sentences[i] });
        return finishedOf(text, { passages: passages.map((passage, i) => ({ ...passage, ...more(i) })) });
      };
      const stored = async (documentId: Parameters<typeof store.passages>[1]) => {
        const labels = [...(await store.labelsMatching(id, ofDocuments(documentId), call))];
        const found = [...(await store.passagesByLabel(id, labels, call)).values()];
        return found.sort((a, b) => a.ordinal - b.ordinal).map(({ sentences }) => sentences);
      };
      const text = "One. Two!\nplain\n ";
      const { id: documentId } = await addReady(store, id, text, { finished: finishedWith(text, given) });
      expect(await stored(documentId)).toEqual(given);
      const { data } = await store.passages(id, documentId, { limit: 3 }, call);
      expect(data.map(({ sentences }) => sentences)).toEqual(given);

      const turned = [undefined, ...given.slice(0, 1)];
      await store.replace(id, documentId, uploadOf("first\nOne. Two!"), call);
      expect(await stored(documentId)).toEqual(given);
      await store.finish(await leaseOf(store), finishedWith("first\nOne. Two!", turned), call);
      expect(await stored(documentId)).toEqual(turned);
    });

    it("gives no passage to another knowledge base, nor for a label that was never given", async () => {
      await using opened = await open();
      const store = opened.documents;
      const [one, two] = [await createKnowledgeBaseIn(store, "one"), await createKnowledgeBaseIn(store, "two")];
      const { id: documentId } = await addReady(store, one, "alpha");
      const labels = [...(await store.labelsMatching(one, ofDocuments(documentId), call))];
      expect((await store.passagesByLabel(two, labels, call)).size).toBe(0);
      expect((await store.labelsMatching(two, ofDocuments(documentId), call)).size).toBe(0);
      const ids = [...(await store.passagesByLabel(one, labels, call)).values()].map((passage) => passage.id);
      expect(ids.length).toBeGreaterThan(0);
      expect((await store.passagesById(two, ids, call)).size).toBe(0);
      expect((await store.passagesByLabel(one, [4_294_967_294 as Label], call)).size).toBe(0);
      expect((await store.passagesByLabel(one, [], call)).size).toBe(0);
    });

    it("never gives a label again", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const seen = new Set<number>();
      for (let round = 0; round < 4; round++) {
        const { id: documentId } = await addReady(store, id, `alpha ${round}\nbeta`);
        for (const label of await store.labelsMatching(id, ofDocuments(documentId), call)) {
          expect(seen.has(label)).toBe(false);
          seen.add(label);
        }
        await store.deleteDocument(id, documentId, call);
      }
      expect(seen.size).toBe(8);
    });

    it("refuses another embedder once the first document fixed it, and writes nothing", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      await addReady(store, id, "alpha");
      expect((await store.knowledgeBase(id, call)).embedderId).toBe("embedder@1");
      await store.accept(id, [uploadOf("beta")], call);
      const other = finishedOf("beta", { embedderId: "embedder@2" as EmbedderId });
      const mismatch = { code: "EMBEDDER_MISMATCH", details: { expected: "embedder@1" } };
      await expect(store.finish(await leaseOf(store), other, call)).rejects.toMatchObject(mismatch);
      expect(await store.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 1, passages: 1 } });
      expect(await opened.lexical.search(id, "beta", { limit: 5 }, call)).toEqual([]);
    });

    it.each([
      { what: "not finite", vectors: new Float32Array([1, Number.NaN, 0]) },
      { what: "zero", vectors: new Float32Array(3) },
      { what: "too short", vectors: new Float32Array([1, 0]) },
      { what: "too many", vectors: new Float32Array([1, 0, 0, 1, 0, 0]) },
    ])("refuses vectors that are $what", async ({ vectors }) => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      await store.accept(id, [uploadOf("alpha")], call);
      const finished = store.finish(await leaseOf(store), finishedOf("alpha", { vectors }), call);
      await expect(finished).rejects.toMatchObject({ code: "INDEX_VECTOR_INVALID" });
      expect(await store.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 0 } });
    });

    it("lists documents oldest first, by status where asked", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      expect(await store.documents(id, page, call)).toEqual({ data: [] });
      const { id: ready } = await addReady(store, id, "alpha");
      const { documents } = await store.accept(id, [uploadOf("b"), uploadOf("c")], call);
      const waiting = documents.map(({ document }) => document.id);
      const first = await store.documents(id, { limit: 2 }, call);
      await addReadyLater(store, id);
      const rest = await store.documents(id, { limit: 2, cursor: first.nextCursor ?? "" }, call);
      expect([...first.data, ...rest.data].slice(0, 3).map((each) => each.id)).toEqual([ready, ...waiting]);
      const queued = await store.documents(id, { limit: 2, status: "queued" }, call);
      expect(queued.data.map((each) => each.id)).toEqual(waiting);
      await expect(store.text(id, waiting[0] ?? ready, call)).rejects.toMatchObject({ code: "DOCUMENT_NOT_FOUND" });
    });
  });
}

async function addReadyLater(store: DocumentStore, id: Parameters<DocumentStore["accept"]>[0]): Promise<void> {
  await store.accept(id, [uploadOf("later", { title: "Later" })], call);
  for (let i = 0; i < 3; i++) {
    const task = await leaseOf(store);
    if (task.title === "Later") await store.finish(task, finishedOf("later"), call);
  }
}

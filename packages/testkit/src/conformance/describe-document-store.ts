import type {
  DocumentStore,
  EmbedderId,
  ErrorRecord,
  IndexOperationLog,
  Label,
  LexicalSearcher,
} from "@larder/contracts";
import { describe, expect, it } from "vitest";
import type { ManualClock } from "../manual-clock.ts";
import {
  addReady,
  testCall as call,
  createKnowledgeBaseIn,
  finishedOf,
  leaseOf,
  ofDocuments,
  uploadOf,
} from "../store-fixtures.ts";

/** An empty store, and what tells whether its parts agree. */
export interface DocumentStoreUnderTest extends AsyncDisposable {
  readonly documents: DocumentStore;
  readonly lexical: LexicalSearcher;
  readonly operationLog: IndexOperationLog;
  readonly clock: ManualClock;
}

const error: ErrorRecord = { code: "DOCUMENT_MALFORMED", message: "m", hint: "h", details: { page: 3 } };
const page = { limit: 50 };

export function describeDocumentStore(name: string, open: () => Promise<DocumentStoreUnderTest>): void {
  describe(`${name} keeps the DocumentStore contract`, () => {
    describe("knowledge bases", () => {
      it("gives back what was created, changed and deleted", async () => {
        await using opened = await open();
        const store = opened.documents;
        const draft = { name: "notes", description: "mine", settings: { depth: { of: [1, null, "ü"] } } };
        const created = await store.createKnowledgeBase(draft, call);
        expect(created).toMatchObject({ ...draft, counts: { documents: 0, passages: 0, tokens: 0 } });
        expect(created.embedderId).toBeUndefined();
        expect(await store.knowledgeBase(created.id, call)).toEqual(created);
        expect(await store.knowledgeBaseByName("notes", call)).toEqual(created);
        expect(await store.knowledgeBaseByName("other", call)).toBeUndefined();
        expect(await store.updateKnowledgeBase(created.id, {}, call)).toEqual(created);
        const changed = await store.updateKnowledgeBase(created.id, { name: "papers" }, call);
        expect(changed).toEqual({ ...created, name: "papers" });
        await store.deleteKnowledgeBase(created.id, call);
        await expect(store.knowledgeBase(created.id, call)).rejects.toMatchObject({ code: "KNOWLEDGE_BASE_NOT_FOUND" });
        await expect(store.deleteKnowledgeBase(created.id, call)).rejects.toMatchObject({
          code: "KNOWLEDGE_BASE_NOT_FOUND",
        });
      });

      it("has each name once", async () => {
        await using opened = await open();
        const store = opened.documents;
        const first = await createKnowledgeBaseIn(store, "one");
        const second = await createKnowledgeBaseIn(store, "two");
        const taken = { code: "KNOWLEDGE_BASE_NAME_TAKEN" };
        await expect(createKnowledgeBaseIn(store, "one")).rejects.toMatchObject(taken);
        await expect(store.updateKnowledgeBase(second, { name: "one" }, call)).rejects.toMatchObject(taken);
        expect(await store.updateKnowledgeBase(first, { name: "one" }, call)).toMatchObject({ name: "one" });
      });

      it("lists oldest first, in pages that stand still while others are added", async () => {
        await using opened = await open();
        const store = opened.documents;
        for (const each of ["c", "a", "b"]) await createKnowledgeBaseIn(store, each);
        const first = await store.knowledgeBases({ limit: 2 }, call);
        await createKnowledgeBaseIn(store, "d");
        const cursor = first.nextCursor ?? "";
        const second = await store.knowledgeBases({ limit: 2, cursor }, call);
        expect([...first.data, ...second.data].map((each) => each.name)).toEqual(["c", "a", "b", "d"]);
        expect(second.nextCursor).toBeUndefined();
      });

      it.each(["", "x", "MQ==", "LTE", "MS4y", "A".repeat(500), '{"a":1}'])(
        "refuses the malformed cursor %j",
        async (cursor) => {
          await using opened = await open();
          const listed = opened.documents.knowledgeBases({ limit: 1, cursor }, call);
          await expect(listed).rejects.toMatchObject({ code: "REQUEST_INVALID" });
        },
      );

      it.each([0, -1, 201, 1.5, Number.NaN])("refuses the limit %d", async (limit) => {
        await using opened = await open();
        await expect(opened.documents.knowledgeBases({ limit }, call)).rejects.toMatchObject({
          code: "REQUEST_INVALID",
        });
      });
    });

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
        const { documents } = await store.accept(
          id,
          [uploadOf("new words", { externalId: "e", title: "Newer" })],
          call,
        );
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

    describe("the operation log", () => {
      it("leads to the live labels from any point, and never holds an add without a vector", async () => {
        await using opened = await open();
        const store = opened.documents;
        const id = await createKnowledgeBaseIn(store);
        expect(await opened.operationLog.latestSequence(id)).toBe(0);
        expect(await opened.operationLog.readAfter(id, 0, 10)).toEqual([]);
        const { id: first } = await addReady(store, id, "a\nb");
        const followed = new Set(await liveLabels(opened.operationLog, id));
        const middle = await opened.operationLog.latestSequence(id);
        await store.replace(id, first, uploadOf("c\nd\ne"), call);
        await store.finish(await leaseOf(store), finishedOf("c\nd\ne"), call);
        const { id: second } = await addReady(store, id, "f");
        await store.deleteDocument(id, second, call);
        const live = [...(await store.labelsMatching(id, ofDocuments(first, second), call))].sort((a, b) => a - b);
        expect(await liveLabels(opened.operationLog, id)).toEqual(live);
        for (const operation of await opened.operationLog.readAfter(id, middle, 100)) {
          if (operation.kind === "add") followed.add(operation.label);
          else followed.delete(operation.label);
        }
        expect([...followed].sort((a, b) => a - b)).toEqual(live);
        const log = await opened.operationLog.readAfter(id, 0, 100);
        expect(log.at(-1)?.sequence).toBe(await opened.operationLog.latestSequence(id));
        const sequences = log.map((operation) => operation.sequence);
        expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
      });
    });
  });
}

function pick({ sha256, bytes, title, mediaType }: ReturnType<typeof uploadOf>) {
  return { sha256, bytes, title, mediaType };
}

async function addReadyLater(store: DocumentStore, id: Parameters<DocumentStore["accept"]>[0]): Promise<void> {
  await store.accept(id, [uploadOf("later", { title: "Later" })], call);
  for (let i = 0; i < 3; i++) {
    const task = await leaseOf(store);
    if (task.title === "Later") await store.finish(task, finishedOf("later"), call);
  }
}

/** What an index holds that starts empty and reads in small steps. */
async function liveLabels(log: IndexOperationLog, id: Parameters<IndexOperationLog["readAfter"]>[0]) {
  const live = new Set<Label>();
  for (let sequence = 0; ; ) {
    const operations = await log.readAfter(id, sequence, 2);
    for (const operation of operations) {
      sequence = operation.sequence;
      if (operation.kind === "add") live.add(operation.label);
      else live.delete(operation.label);
    }
    if (operations.length === 0) return [...live].sort((a, b) => a - b);
  }
}

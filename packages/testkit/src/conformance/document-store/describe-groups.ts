import { createHash } from "node:crypto";
import { contextText } from "@larder/contracts";
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

const all = { name: "w", leaseMs: 60_000, tasksMax: 100, bytesMax: 1_000_000 };
const uploadsOf = (name: string, count: number) => Array.from({ length: count }, (_, i) => uploadOf(`${name} ${i}`));

/** Claims on several tasks at once, their order, and their end in one transaction. */
export function describeGroups(open: OpenDocumentStore): void {
  describe("groups of tasks", () => {
    it("are bounded by count and bytes, and a document larger than that comes alone", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      await store.accept(id, [uploadOf("large", { bytes: 5_000 }), ...uploadsOf("small", 6)], call);
      const bounds = { ...all, tasksMax: 4, bytesMax: 1_000 };
      expect((await store.leaseGroup(bounds, call)).map(({ bytes }) => bytes)).toEqual([5_000]);
      expect(await store.leaseGroup(bounds, call)).toHaveLength(4);
      expect(await store.leaseGroup({ ...all, bytesMax: 8 }, call)).toHaveLength(1);
      expect(await store.leaseGroup(all, call)).toHaveLength(1);
      expect(await store.leaseGroup(all, call)).toEqual([]);
    });

    it("come from the knowledge bases in turn, so that a large job keeps nobody waiting", async () => {
      await using opened = await open();
      const store = opened.documents;
      const many = await createKnowledgeBaseIn(store, "many");
      const few = await createKnowledgeBaseIn(store, "few");
      await store.accept(many, uploadsOf("many", 40), call);
      await store.accept(few, uploadsOf("few", 2), call);
      const first = await store.leaseGroup({ ...all, tasksMax: 8 }, call);
      expect(first.filter(({ knowledgeBaseId }) => knowledgeBaseId === few)).toHaveLength(2);
      expect(first).toHaveLength(8);
      await store.accept(few, uploadsOf("later", 1), call);
      const next = [await leaseOf(store), await leaseOf(store)];
      expect(next.map(({ knowledgeBaseId }) => knowledgeBaseId)).toContain(few);
    });

    it("are of the highest priority that waits", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const sent = ["low", "normal", "high"] as const;
      for (const priority of sent) await store.accept(id, [uploadOf(priority, { priority })], call);
      const order = [await leaseOf(store), await leaseOf(store), await leaseOf(store)];
      expect(order.map(({ sha256 }) => sha256)).toEqual(["high", "normal", "low"].map((text) => uploadOf(text).sha256));
    });

    it("can be asked for above a priority, and carry their own", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      for (const priority of ["low", "normal"] as const)
        await store.accept(id, [uploadOf(priority, { priority })], call);
      expect(await store.leaseGroup({ ...all, above: "normal" }, call)).toEqual([]);
      expect(await store.leaseGroup({ ...all, above: "low" }, call)).toMatchObject([{ priority: "normal" }]);
      expect(await store.leaseGroup({ ...all, above: "low" }, call)).toEqual([]);
      expect(await store.leaseGroup(all, call)).toMatchObject([{ priority: "low" }]);
    });

    it("leave out what was tried before, which comes alone", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      await store.accept(id, uploadsOf("crash", 3), call);
      expect(await store.leaseGroup({ ...all, leaseMs: 1_000 }, call)).toHaveLength(3);
      opened.clock.advance(1_000);
      await store.accept(id, uploadsOf("fresh", 3), call);
      for (let i = 0; i < 3; i++) expect(await store.leaseGroup(all, call)).toMatchObject([{ attempt: 2 }]);
      expect(await store.leaseGroup(all, call)).toMatchObject([{ attempt: 1 }, { attempt: 1 }, { attempt: 1 }]);
    });

    it("are published in one transaction, without a member whose lease was lost", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { documents } = await store.accept(id, uploadsOf("note", 3), call);
      const tasks = await store.leaseGroup(all, call);
      const gone = documents[1]?.document.id;
      if (gone !== undefined) await store.deleteDocument(id, gone, call);
      const held = await store.renewGroup(
        tasks.map((task) => ({ task, status: "embedding" as const, progress: 0.5 })),
        60_000,
        call,
      );
      expect(held.size).toBe(2);
      const finished = tasks.map((task, i) => ({ task, version: finishedOf(`note ${i}`) }));
      expect(await store.finishGroup(finished, call)).toEqual(["published", "lost", "published"]);
      expect(await store.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 2, passages: 2 } });
      expect(await opened.lexical.search(id, "note", { limit: 5 }, call)).toHaveLength(2);
    });

    it("are not published at all when one of them cannot be", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      await store.accept(id, uploadsOf("note", 2), call);
      const [first, second] = await store.leaseGroup(all, call);
      if (first === undefined || second === undefined) throw new TypeError("Two tasks wait.");
      const poisoned = finishedOf("note 1", { vectors: Float32Array.of(Number.NaN, 0, 0) });
      const finished = [
        { task: first, version: finishedOf("note 0") },
        { task: second, version: poisoned },
      ];
      await expect(store.finishGroup(finished, call)).rejects.toMatchObject({ code: "INDEX_VECTOR_INVALID" });
      expect(await store.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 0, passages: 0 } });
      expect(await store.finish(first, finishedOf("note 0"), call)).toBe(true);
    });

    it("wait again at once when the worker that held them is known to be dead, or stopped uncounted", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      await store.accept(id, uploadsOf("note", 2), call);
      expect(await store.leaseGroup({ ...all, name: "dead" }, call)).toHaveLength(2);
      expect(await store.reclaim("other", call)).toBe(0);
      expect(await store.reclaim("dead", call)).toBe(2);
      const again = await leaseOf(store);
      expect(again.attempt).toBe(2);
      const stopping = { code: "SERVER_STOPPING", message: "m", hint: "h" } as const;
      await store.release(again, stopping, 0, call);
      await store.release(await leaseOf(store), stopping, 0, call);
      expect((await leaseOf(store)).attempt).toBe(2);
    });

    it("know the vectors of the knowledge base by the text that each is of, and no other one's", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const other = await createKnowledgeBaseIn(store, "other");
      const first = await addReady(store, id, "one\ntwo");
      await addReady(store, other, "two\nthree");
      await store.accept(id, [uploadOf("two\nthree")], call);
      const task = await leaseOf(store);
      const { embedderId, vectors, passages } = finishedOf("one\ntwo");
      const { title } = uploadOf("one\ntwo");
      const embeddedOf = (text: string, headings: readonly string[] = []) =>
        createHash("sha256")
          .update(contextText(title, headings, text))
          .digest("hex");
      const [one, two, absent] = [
        embeddedOf("one", passages[0]?.headings),
        embeddedOf("two", passages[1]?.headings),
        embeddedOf("four"),
      ];
      const asked = [one, two, absent, one];
      const held = await store.heldVectors(task, embedderId, asked, call);
      expect(new Map([...held].map(([sha256, vector]) => [sha256, [...vector]]))).toEqual(
        new Map([
          [one, [...vectors.subarray(0, 3)]],
          [two, [...vectors.subarray(3)]],
        ]),
      );
      expect((await store.heldVectors(task, "another@1" as typeof embedderId, asked, call)).size).toBe(0);
      expect((await store.heldVectors({ ...task, knowledgeBaseId: other }, embedderId, [one], call)).size).toBe(0);
      await store.deleteDocument(id, first.id, call);
      expect((await store.heldVectors(task, embedderId, asked, call)).size).toBe(0);
    });

    it("know the vectors of the live version by the text that each is of", async () => {
      await using opened = await open();
      const store = opened.documents;
      const id = await createKnowledgeBaseIn(store);
      const { id: documentId } = await addReady(store, id, "one\ntwo");
      await store.replace(id, documentId, uploadOf("one\nthree"), call);
      const task = await leaseOf(store);
      const { embedderId, vectors } = finishedOf("one\ntwo");
      const known = await store.liveVectors(task, embedderId, call);
      expect([...known.values()].map((vector) => [...vector])).toEqual([
        [...vectors.subarray(0, 3)],
        [...vectors.subarray(3)],
      ]);
      expect((await store.liveVectors(task, "another@1" as typeof embedderId, call)).size).toBe(0);
      expect(await store.awaited([task.sha256, uploadOf("one\ntwo").sha256], call)).toEqual(new Set([task.sha256]));
    });
  });
}

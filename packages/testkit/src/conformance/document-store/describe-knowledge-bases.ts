import { describe, expect, it } from "vitest";
import { testCall as call, createKnowledgeBaseIn } from "../../store-fixtures.ts";
import type { OpenDocumentStore } from "./document-store-under-test.ts";

/** Knowledge bases: what is kept of them, their names, their lists. */
export function describeKnowledgeBases(open: OpenDocumentStore): void {
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
}

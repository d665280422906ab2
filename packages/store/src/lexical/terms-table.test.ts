import { addReady, testCall as call, createKnowledgeBaseIn, ofDocuments } from "@larder/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";
import { openTemporaryStore } from "../../test/open-temporary-store.ts";

/** The best passages first: `pear` is in all of them, and the later ones are longer. */
const lines = Array.from({ length: 12 }, (_, i) => `pear ${"filler ".repeat(i)}`);

it("gives the best of the allowed labels, however many they are and wherever they stand", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  const { id: documentId } = await addReady(store.documents, id, lines.join("\n"));
  const labels = [...(await store.documents.labelsMatching(id, ofDocuments(documentId), call))];
  const ranked = (await store.lexical.search(id, "pear", { limit: 12 }, call)).map(({ label }) => label);
  expect(new Set(ranked)).toEqual(new Set(labels));
  await fc.assert(
    fc.asyncProperty(fc.subarray(labels), fc.integer({ min: 1, max: 5 }), async (allowed, limit) => {
      const hits = await store.lexical.search(id, "pear", { limit, allowed: new Set(allowed) }, call);
      expect(hits.map(({ label }) => label)).toEqual(ranked.filter((label) => allowed.includes(label)).slice(0, limit));
    }),
  );
});

import type { KnowledgeBaseId } from "@larder/contracts";
import { addReady, asLabel, testCall as call, createKnowledgeBaseIn, ofDocuments } from "@larder/testkit";
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

it("finds the same from what it keeps as from the index, and what was added or removed since", async () => {
  await using store = await openTemporaryStore();
  await using forgetful = await openTemporaryStore({ lexical: { keptPostingsMax: 0 } });
  const words = ["pear", "plum", "quince", "fig", "plum pear", "quince plum quince", "pears of figs", "梨", "梨子"];
  const text = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 12 }).map((found) => found.join(" "));
  const change = fc.record({
    add: fc.array(text, { maxLength: 3 }),
    remove: fc.nat(9),
    query: text,
    limit: fc.integer({ min: 1, max: 8 }),
  });
  let next = 1;
  const ids = await Promise.all([store, forgetful].map((each) => createKnowledgeBaseIn(each.documents)));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), async (changes, isFiltered) => {
      for (const { add, remove, query, limit } of changes) {
        const first = next;
        const entries = add.map((body) => ({ label: asLabel(next++), title: "", heading: "", text: body }));
        const removed = remove % 2 === 0 ? [] : [asLabel(Math.max(1, first - remove))];
        const allowed = isFiltered
          ? { allowed: new Set(Array.from({ length: next }, (_, i) => asLabel(2 * i + 1))) }
          : {};
        const found = [];
        for (const [i, { lexical }] of [store, forgetful].entries()) {
          const id = ids[i] as KnowledgeBaseId;
          await lexical.add(id, entries, call);
          await lexical.remove(id, removed, call);
          for (let again = 0; again < 3; again++)
            found.push(await lexical.search(id, query, { limit, ...allowed }, call));
        }
        for (const hits of found) expect(hits).toEqual(found[0]);
      }
    }),
    { numRuns: 50 },
  );
});

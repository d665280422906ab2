import type { KnowledgeBaseId } from "@larder/contracts";
import { createLanguageDetector } from "@larder/language";
import { addReady, testCall as call, createKnowledgeBaseIn } from "@larder/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { TemporaryStore } from "./open-temporary-store.ts";
import { openTemporaryStore } from "./open-temporary-store.ts";

const lexical = { detector: createLanguageDetector() };
/** Lines of one language each; what follows differs by document, so that no two are the same text. */
const sentences = [
  "The miners of this valley looked for gold and silver, and they found them in the river.",
  "Nobody knows who made the ring, but it was kept in the tower for three hundred years.",
  "Die Häuser der Familien standen am Fluss, und im Winter wurden die goldenen Türen geschlossen.",
  "Im Jahr darauf hatte niemand mehr Arbeit, und viele zogen mit ihren Kindern in die Städte.",
  "Les maisons du village étaient vides, et personne ne savait où les habitants étaient partis.",
];
/** Read by German rules `golden` finds `gold`, so what it finds tells by which languages a question was read. */
const queries = ["golden", "golden rings in the tower", "Haus am Fluss", "maison", "who kept the ring of the miners?"];

type Texts = ReadonlyMap<string, string>;

/** Every passage that each question finds, with its score. Equal scores are in the order of the texts: labels differ. */
async function searchAll({ lexical, documents }: TemporaryStore, id: KnowledgeBaseId) {
  const found = [];
  for (const query of queries) {
    const hits = await lexical.search(id, query, { limit: 1_000 }, call);
    const passages = await documents.passagesByLabel(
      id,
      hits.map(({ label }) => label),
      call,
    );
    const texts = hits.map(({ label, score }) => [score, passages.get(label)?.text] as const);
    found.push(texts.toSorted(([a, one = ""], [b, other = ""]) => b - a || (one < other ? -1 : 1)));
  }
  return found;
}

async function searchFresh(texts: Texts) {
  await using store = await openTemporaryStore({ lexical });
  const id = await createKnowledgeBaseIn(store.documents);
  for (const [externalId, text] of [...texts].toReversed()) {
    await addReady(store.documents, id, text, { upload: { externalId } });
  }
  return await searchAll(store, id); // before it is closed
}

it("finds the same, with the same scores, whatever was replaced and deleted before", async () => {
  const change = fc.record({
    name: fc.constantFrom("a", "b", "c", "d", "e"),
    /** None: the document is deleted. */
    lines: fc.array(fc.constantFrom(...sentences), { maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 2, maxLength: 20 }), async (changes) => {
      await using store = await openTemporaryStore({ lexical });
      const id = await createKnowledgeBaseIn(store.documents);
      const texts = new Map<string, string>();
      const ids = new Map<string, Awaited<ReturnType<typeof addReady>>["id"]>();
      for (const [i, { name, lines }] of changes.entries()) {
        const known = ids.get(name);
        if (lines.length === 0) {
          if (known !== undefined) await store.documents.deleteDocument(id, known, call);
          ids.delete(name);
          texts.delete(name);
          continue;
        }
        const text = [...lines, `${name}${i}`].join("\n");
        ids.set(name, (await addReady(store.documents, id, text, { upload: { externalId: name } })).id);
        texts.set(name, text);
      }
      expect(await searchAll(store, id)).toEqual(await searchFresh(texts));
      expect((await store.checkIntegrity(call)).problems).toEqual([]);
    }),
    { numRuns: 15 },
  );
});

it("reads a question by the languages of what is there", async () => {
  await using store = await openTemporaryStore({ lexical });
  const id = await createKnowledgeBaseIn(store.documents);
  const [english = "", , german = ""] = sentences;
  await addReady(store.documents, id, english);
  const { id: documentId } = await addReady(store.documents, id, german);
  const search = () => store.lexical.search(id, "golden", { limit: 10 }, call);
  expect(await search()).toHaveLength(2);
  await store.documents.deleteDocument(id, documentId, call);
  expect(await search()).toEqual([]); // no form of the English `gold`
});

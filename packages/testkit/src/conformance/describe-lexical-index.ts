import type { KnowledgeBaseId, Label, LexicalEntry, LexicalIndex } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testCall as call } from "../store-fixtures.ts";

/** An index with two empty knowledge bases. */
export interface LexicalIndexUnderTest extends AsyncDisposable {
  readonly lexical: LexicalIndex;
  readonly knowledgeBaseIds: readonly [KnowledgeBaseId, KnowledgeBaseId];
}

const entry = (label: number, text: string, more: Partial<LexicalEntry> = {}): LexicalEntry => ({
  label: label as Label,
  title: "",
  heading: "",
  text,
  ...more,
});

const filler = Array.from({ length: 20 }, (_, i) => entry(1_000 + i, `Filler number ${i} speaks of other matters.`));

const hostile = [
  `" OR 1=1 --`,
  `pears"; DROP TABLE documents; --`,
  "NEAR(pears apples)",
  "pears*",
  "^pears",
  "body:pears",
  "{title body}:pears",
  "-pears",
  "NOT pears",
  "pears AND",
  "(pears",
  `"pears`,
  "pears + apples",
  "pears\0apples",
  "\ud800 pears \udc00",
  "pears' OR 'x'='x",
];

export function describeLexicalIndex(name: string, open: () => Promise<LexicalIndexUnderTest>): void {
  describe(`${name} keeps the LexicalIndex contract`, () => {
    it("finds passages by their words, best first, with scores above zero", async () => {
      await using opened = await open();
      const { lexical, knowledgeBaseIds } = opened;
      const [id] = knowledgeBaseIds;
      const entries = [entry(1, "Pears grow on trees."), entry(2, "Pears, pears and apples."), ...filler];
      await lexical.add(id, entries, call);
      const hits = await lexical.search(id, "pears apples", { limit: 5 }, call);
      expect(hits.map((hit) => hit.label)).toEqual([2, 1]);
      for (const hit of hits) expect(hit.score).toBeGreaterThan(0);
      expect(hits[0]?.score).toBeGreaterThan(hits[1]?.score ?? 0);
    });

    it("finds inflected words, accents, identifiers and their parts, versions and unspaced scripts", async () => {
      await using opened = await open();
      const { lexical, knowledgeBaseIds } = opened;
      const [id] = knowledgeBaseIds;
      const texts = [
        "The runners were indexing quickly.",
        "Un café à Zürich.",
        "Call readFileSync or read_file_async.",
        "Pinned at better-sqlite3 12.11.1 since then.",
        "東京都の天気は晴れです。",
        "ภาษาไทยไม่มีช่องว่าง",
      ];
      await lexical.add(id, [...texts.map((text, i) => entry(i + 1, text)), ...filler], call);
      const queries = ["index", "cafe ZURICH", "filesync readFileSync", "12.11.1", "天気", "ภาษา"];
      for (const [i, query] of queries.entries()) {
        const [hit] = await lexical.search(id, query, { limit: 1 }, call);
        expect({ query, label: hit?.label }).toEqual({ query, label: i + 1 });
      }
    });

    it("finds one sign in any place of a word, and digits of any script", async () => {
      await using opened = await open();
      const { lexical, knowledgeBaseIds } = opened;
      const [id] = knowledgeBaseIds;
      await lexical.add(id, [entry(1, "白い猫がいる。"), entry(2, "これは猫"), entry(3, "साल २०२४"), ...filler], call);
      const labels = async (query: string) =>
        (await lexical.search(id, query, { limit: 9 }, call)).map((hit) => hit.label).toSorted();
      expect(await labels("猫")).toEqual([1, 2]);
      expect(await labels("2024")).toEqual([3]);
    });

    it("reads passages and queries by the languages that entries name", async () => {
      await using opened = await open();
      const { lexical, knowledgeBaseIds } = opened;
      const [id] = knowledgeBaseIds;
      const german = { language: "de" };
      await lexical.add(
        id,
        [entry(1, "Die Häuser am Fluss", german), entry(2, "les libertés", { language: "fr" })],
        call,
      );
      await lexical.add(id, [entry(3, "houses by the river", { language: "en" }), ...filler], call);
      const labels = async (query: string) =>
        (await lexical.search(id, query, { limit: 9 }, call)).map(({ label }) => label);
      expect(await labels("Haus")).toContain(1);
      expect(await labels("liberté")).toContain(2);
      expect(await labels("house")).toContain(3);
    });

    it("puts words that stand side by side as in the query before words that stand apart", async () => {
      await using opened = await open();
      const { lexical, knowledgeBaseIds } = opened;
      const [id] = knowledgeBaseIds;
      const apart = entry(1, "Trees of cherry grow where roses blossom.");
      const together = entry(2, "Cherry blossom grows where trees roses.");
      await lexical.add(id, [apart, together, ...filler], call);
      const hits = await lexical.search(id, "cherry blossom", { limit: 9 }, call);
      expect(hits.map((hit) => hit.label)).toEqual([2, 1]);
    });

    it("finds by title and heading as well", async () => {
      await using opened = await open();
      const { lexical, knowledgeBaseIds } = opened;
      const [id] = knowledgeBaseIds;
      const entries = [entry(1, "x", { title: "Orchards" }), entry(2, "x", { heading: "Fruit Vineyards" }), ...filler];
      await lexical.add(id, entries, call);
      expect((await lexical.search(id, "orchard", { limit: 3 }, call)).map((hit) => hit.label)).toEqual([1]);
      expect((await lexical.search(id, "vineyard", { limit: 3 }, call)).map((hit) => hit.label)).toEqual([2]);
    });

    it("gives ties to the smaller label, and at most the limit", async () => {
      await using opened = await open();
      const { lexical, knowledgeBaseIds } = opened;
      const [id] = knowledgeBaseIds;
      await lexical.add(id, [...[9, 3, 7, 5].map((label) => entry(label, "the same pears")), ...filler], call);
      const hits = await lexical.search(id, "pears", { limit: 3 }, call);
      expect(hits.map((hit) => hit.label)).toEqual([3, 5, 7]);
    });

    it("returns allowed labels only", async () => {
      await using opened = await open();
      const { lexical, knowledgeBaseIds } = opened;
      const [id] = knowledgeBaseIds;
      await lexical.add(id, [entry(1, "pears"), entry(2, "pears pears"), entry(3, "pears"), ...filler], call);
      const search = (labels: readonly number[]) =>
        lexical.search(id, "pears", { limit: 9, allowed: new Set(labels as readonly Label[]) }, call);
      expect((await search([3, 1, 77])).map((hit) => hit.label)).toEqual([1, 3]);
      expect(await search([])).toEqual([]);
    });

    it("replaces the entry of a label, and removes labels without complaint about unknown ones", async () => {
      await using opened = await open();
      const { lexical, knowledgeBaseIds } = opened;
      const [id] = knowledgeBaseIds;
      await lexical.add(id, [entry(1, "pears"), entry(2, "pears"), ...filler], call);
      await lexical.add(id, [entry(1, "apples")], call);
      expect((await lexical.search(id, "pears", { limit: 9 }, call)).map((hit) => hit.label)).toEqual([2]);
      expect((await lexical.search(id, "apples", { limit: 9 }, call)).map((hit) => hit.label)).toEqual([1]);
      await lexical.remove(id, [1 as Label, 4_000 as Label], call);
      await lexical.remove(id, [], call);
      await lexical.add(id, [], call);
      expect(await lexical.search(id, "apples", { limit: 9 }, call)).toEqual([]);
    });

    it("keeps knowledge bases apart, also in what counts as a rare word", async () => {
      await using opened = await open();
      const { lexical, knowledgeBaseIds } = opened;
      const [one, two] = knowledgeBaseIds;
      const entries = [entry(1, "pears"), ...filler];
      await lexical.add(one, entries, call);
      const before = await lexical.search(one, "pears", { limit: 9 }, call);
      await lexical.add(
        two,
        Array.from({ length: 30 }, (_, i) => entry(2_000 + i, "pears pears")),
        call,
      );
      expect(await lexical.search(one, "pears", { limit: 9 }, call)).toEqual(before);
    });

    it.each(["", " \n\t", "?!…", "the of and", "\ud800", "\0"])(
      "finds nothing for %j, which has no term",
      async (query) => {
        await using opened = await open();
        const [id] = opened.knowledgeBaseIds;
        await opened.lexical.add(id, [entry(1, "the of and pears"), ...filler], call);
        expect(await opened.lexical.search(id, query, { limit: 9 }, call)).toEqual([]);
      },
    );

    it("takes characters of a query syntax for what they are", async () => {
      await using opened = await open();
      const [id] = opened.knowledgeBaseIds;
      await opened.lexical.add(id, [entry(1, "pears"), ...filler], call);
      for (const query of hostile.filter((each) => each.includes("pears"))) {
        const hits = await opened.lexical.search(id, query, { limit: 9 }, call);
        expect({ query, labels: hits.map((hit) => hit.label) }).toEqual({ query, labels: [1] });
      }
    });

    it("accepts any text as an entry and as a query", async () => {
      await using opened = await open();
      const [id] = opened.knowledgeBaseIds;
      const text = fc.oneof(
        fc.string({ unit: "binary" }),
        fc.constantFrom(...hostile),
        fc.string({ unit: "grapheme" }),
      );
      await fc.assert(
        fc.asyncProperty(text, text, async (added, query) => {
          await opened.lexical.add(id, [entry(1, added, { title: query })], call);
          for (const hit of await opened.lexical.search(id, query, { limit: 3 }, call)) {
            expect(hit.score).toBeGreaterThan(0);
          }
        }),
        { numRuns: 60 },
      );
    });

    it("answers a query of ten thousand words", async () => {
      await using opened = await open();
      const [id] = opened.knowledgeBaseIds;
      await opened.lexical.add(id, [entry(1, "pears"), ...filler], call);
      const query = `pears ${Array.from({ length: 10_000 }, (_, i) => `word${i}`).join(" ")}`;
      expect(await opened.lexical.search(id, query, { limit: 1 }, call)).toHaveLength(1);
    });

    it("rejects with the signal's own reason", async () => {
      await using opened = await open();
      const [id] = opened.knowledgeBaseIds;
      const reason = new Error("the reader left");
      const aborted = { signal: AbortSignal.abort(reason) };
      await expect(opened.lexical.search(id, "pears", { limit: 1 }, aborted)).rejects.toBe(reason);
      await expect(opened.lexical.add(id, [entry(1, "pears")], aborted)).rejects.toBe(reason);
      expect(await opened.lexical.search(id, "pears", { limit: 1 }, call)).toEqual([]);
    });
  });
}

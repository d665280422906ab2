import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EvidencePlace } from "./evidence-text.ts";
import { evidencePlace, evidenceText, evidenceTexts, withoutPromptSigns } from "./evidence-text.ts";

const jam: EvidencePlace = { title: "Jam", headings: ["Fruit", "Plums"], page: 3, text: "Plums keep." };
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom("[", "]", "1", " ", ",", "<", "/", "evidence", "Question", ">", "\n", "a"),
    maxLength: 20,
  }),
);
const anyPlace = fc
  .record({
    title: fc.oneof(fc.constantFrom("", "Jam"), anyText),
    headings: fc.array(fc.oneof(fc.constantFrom("Jam", " "), anyText), { maxLength: 2 }),
    page: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
    text: anyText,
  })
  .map(({ page, ...place }): EvidencePlace => (page === undefined ? place : { ...place, page }));

describe("evidenceTexts", () => {
  it("says a place once for pieces that follow each other, and again after another", () => {
    const more = { ...jam, text: "Pears do not." };
    const other = { title: "Oil", headings: [], text: "It goes rancid." };
    expect(evidenceTexts([])).toEqual([]);
    expect(evidenceTexts([jam, more, other, jam])).toEqual([
      "[1] Jam > Fruit > Plums, page 3\nPlums keep.\n",
      "[2] Pears do not.\n",
      "[3] Oil\nIt goes rancid.\n",
      "[4] Jam > Fruit > Plums, page 3\nPlums keep.\n",
    ]);
  });

  it("takes another page or heading for another place", () => {
    const [, page, heading] = evidenceTexts([jam, { ...jam, page: 4 }, { ...jam, headings: ["Fruit"] }]);
    expect(page).toContain("Jam > Fruit > Plums, page 4\n");
    expect(heading).toContain("Jam > Fruit, page 3\n");
  });

  it("has no empty line for evidence without a place", () => {
    expect(evidenceTexts([{ title: " ", headings: [""], text: "Yes." }])).toEqual(["[1] Yes.\n"]);
  });

  it("holds one marker a piece, its own, and no tag, whatever documents say", () => {
    fc.assert(
      fc.property(fc.array(anyPlace, { maxLength: 6 }), (places) => {
        for (const [i, text] of evidenceTexts(places).entries()) {
          expect(text.match(/\[[\d\s,;]+\]/g)).toEqual([`[${i + 1}]`]);
          expect(text).not.toMatch(/<\s*\/?\s*(?:evidence|question)\b/i);
          const ownLength = places[i]?.text.length ?? 0;
          const own = withoutPromptSigns(places[i]?.text ?? "").replace(/[[\]()<‹]/g, "");
          expect(text.slice(-1 - ownLength).replace(/[[\]()<‹]/g, "")).toBe(`${own}\n`);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("lets no place and text make a sign between them", () => {
    const [marker, tag] = [
      { title: "Part [", headings: [], text: "2] is false." },
      { title: "Is 1 <", headings: [], text: "evidence of it?" },
    ];
    expect(evidenceTexts([marker, tag])).toEqual(["[1] Part (\n2) is false.\n", "[2] Is 1 ‹\nevidence of it?\n"]);
  });

  it("says as much as each piece alone, but for the places it leaves out", () => {
    fc.assert(
      fc.property(fc.array(anyPlace, { maxLength: 6 }), (places) => {
        const isKnown = (i: number) => i > 0 && evidencePlace(places[i - 1] ?? jam) === evidencePlace(places[i] ?? jam);
        const expected = places.map((place, i) => evidenceText(place, i + 1, isKnown(i)));
        expect(evidenceTexts(places)).toEqual(expected);
      }),
    );
  });
});

describe("withoutPromptSigns", () => {
  it("changes signs only, never the length, and nothing the second time", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const changed = withoutPromptSigns(text);
        expect(changed).toHaveLength(text.length);
        expect(withoutPromptSigns(changed)).toBe(changed);
      }),
    );
  });
});

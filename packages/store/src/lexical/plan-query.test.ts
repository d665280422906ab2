import { createLanguageDetector } from "@larder/language";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HeldLanguages } from "./held-languages.ts";
import { english, termLanguageOf } from "./languages.ts";
import { chooseLanguages, planQuery } from "./plan-query.ts";

const detector = createLanguageDetector();
const german = termLanguageOf("de");
const idsOf = (query: string, held: HeldLanguages) => chooseLanguages(query, held, detector).map(({ id }) => id);

describe("chooseLanguages", () => {
  it.each([
    { what: "English where nothing is held", query: "Wo steht das Haus?", held: {}, ids: ["en"] },
    { what: "the one that is held", query: "Where does the house stand?", held: { de: 9 }, ids: ["de"] },
    { what: "one where all that are held are read alike", query: "house", held: { en: 1, ja: 9, zh: 9 }, ids: ["en"] },
    { what: "the query's own", query: "Wo steht das Haus der Familie?", held: { de: 9, en: 5 }, ids: ["de"] },
    { what: "all for a word that might be any", query: "Rolle", held: { de: 9, en: 5 }, ids: ["de", "en"] },
    { what: "none that few passages are in, for such a word", query: "Rolle", held: { de: 4, en: 999 }, ids: ["en"] },
    { what: "such a one where it is sure", query: "Wo steht das Haus?", held: { de: 4, en: 999 }, ids: ["de"] },
    { what: "all for a query in none of them", query: "Где дом?", held: { de: 9, en: 5 }, ids: ["de", "en"] },
  ])("takes $what", ({ query, held, ids }) => {
    expect(idsOf(query, held)).toEqual(ids);
  });

  it("detects nothing where one language is held", () => {
    const unused = { id: "unused", detect: () => expect.unreachable() };
    expect(chooseLanguages("house", { en: 9 }, unused)).toEqual([english]);
  });
});

describe("planQuery", () => {
  it("looks each word up in every form, and neighbours side by side", () => {
    expect(planQuery("Rollen im Theater", [english, german], 64)).toEqual({
      terms: ["rollen", "roll", "im", "theater", "theat"],
      phrases: ["rollen im", "im theater", "roll theat"],
    });
  });

  it("leaves out what is beyond the most, and its phrases", () => {
    expect(planQuery("red green blue", [english], 2)).toEqual({ terms: ["red", "green"], phrases: ["red green"] });
  });

  it("makes no phrases of pairs of signs or of one word twice", () => {
    expect(planQuery("東京都 pears pears", [english], 64)).toEqual({ terms: ["東京", "京都", "pear"], phrases: [] });
  });

  it("gives distinct terms, and phrases of those only", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 0, max: 5 }), (query, termsMax) => {
        const { terms, phrases } = planQuery(query, [english, german], termsMax);
        expect(new Set(terms).size).toBe(terms.length);
        expect(terms.length).toBeLessThanOrEqual(termsMax);
        for (const term of phrases.flatMap((phrase) => phrase.split(" "))) expect(terms).toContain(term);
      }),
    );
  });
});

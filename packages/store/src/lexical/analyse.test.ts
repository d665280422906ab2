import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse, termCharactersMax } from "./analyse.ts";
import { anyLanguage, english } from "./languages.ts";

describe("analyse", () => {
  it.each([
    { text: "", terms: [] },
    { text: " \n?! — ", terms: [] },
    { text: "The runners are running", terms: ["runner", "run"] },
    { text: "Café ZÜRICH Straße Łódź", terms: ["cafe", "zurich", "strass", "lodz"] },
    { text: "ﬁne ＡＢＣ", terms: ["fine", "abc"] },
    { text: "Ёлка й", terms: ["елка", "й"] },
    { text: "O'Brien's don’t", terms: ["obrien", "dont"] },
    { text: "version 12.11.1 or v2.0", terms: ["version", "12.11.1", "v2.0", "2.0"] },
    { text: "1,234,567 and 1,2", terms: ["1234567", "1", "2"] },
    { text: "readFileSync", terms: ["readfilesync", "read", "file", "sync"] },
    {
      text: "HTTPServer parseHTTPRequest",
      terms: ["httpserver", "http", "server", "parsehttprequest", "pars", "http", "request"],
    },
    { text: "read_file-async.ts", terms: ["read_file-async.ts", "read", "file", "async", "ts"] },
    { text: "mRNA vRAN IL2", terms: ["mrna", "vran", "il2"] },
    { text: "COVID-19.", terms: ["covid-19", "covid", "19"] },
    { text: "state-of-the-art", terms: ["state-of-the-art", "state", "art"] },
    { text: "C++ and C# ", terms: ["c++", "c", "c#", "c"] },
    { text: "end.Next", terms: ["end.next", "end", "next"] },
    { text: "東京都", terms: ["東京", "京都"] },
    { text: "猫", terms: ["猫"] },
    { text: "Node入門 データベース", terms: ["node", "入門", "デー", "ータ", "タベ", "ベー", "ース"] },
    { text: "한국어", terms: ["한국", "국어"] },
    { text: "ภาษาไทย", terms: ["ภาษา", "ไทย"] },
    { text: "हिन्दी", terms: ["हिन्दी"] },
    { text: "كِتَابٌ", terms: ["كتاب"] },
    { text: "a\0pear\ud800s", terms: ["pear", "s"] },
  ])("makes $terms of $text", ({ text, terms }) => {
    expect(analyse(text, english)).toEqual(terms);
  });

  it("keeps every word as it stands where the language is not known", () => {
    expect(analyse("The runners of Rome", anyLanguage)).toEqual(["the", "runners", "of", "rome"]);
  });

  it("never throws, and gives only terms that mean nothing to a query syntax", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({ unit: "grapheme", maxLength: 60 }),
      fc.stringMatching(/^[a-zA-Z0-9._+#'"*() -]{0,80}$/),
      fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)), // lone surrogates
    );
    fc.assert(
      fc.property(text, (each) => {
        for (const term of analyse(each, english)) {
          expect(term).toMatch(/^[\p{L}\p{M}\p{N}._\-+#]+$/u);
          expect(term).toBe(term.replace(/[A-Z]/g, ""));
          expect(term.length).toBeLessThanOrEqual(termCharactersMax);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("gives a text the terms of its pieces, where spaces part them", () => {
    const word = fc.string({ unit: "grapheme", maxLength: 12 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        expect(analyse(words.join(" \n "), english)).toEqual(words.flatMap((each) => analyse(each, english)));
      }),
    );
  });

  it("takes linear time for text made to be slow", () => {
    const size = 200_000;
    for (const text of [
      "a".repeat(size),
      "a.".repeat(size),
      "aB".repeat(size),
      "a'".repeat(size),
      "1,".repeat(size),
      "漢".repeat(size),
    ]) {
      const start = performance.now();
      analyse(text, english);
      expect(performance.now() - start).toBeLessThan(5_000); // quadratic would be minutes
    }
  });
});

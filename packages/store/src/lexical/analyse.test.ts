import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse, queryTermsOf, termCharactersMax } from "./analyse.ts";
import { english, termLanguageOf } from "./languages.ts";
import { stemmers } from "./stemmers.ts";

const everyLanguage = [...Object.keys(stemmers), "vi", "zh"].map((code) => termLanguageOf(code));

describe("analyse", () => {
  it.each([
    { text: "", terms: [] },
    { text: " \n?! — ", terms: [] },
    { text: "The runners are running", terms: ["runner", "run"] },
    { text: "Café ZÜRICH Straße Łódź", terms: ["cafe", "zurich", "strass", "lodz"] },
    { text: "ﬁne ＡＢＣ", terms: ["fine", "abc"] },
    { text: "Ёлка й", terms: ["елка", "й"] },
    { text: "O'Brien's don’t", terms: ["obrien"] },
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
    { text: "東京都", terms: ["東京", "京都", "都"] },
    { text: "猫", terms: ["猫"] },
    { text: "Node入門 データベース", terms: ["node", "入門", "門", "デー", "ータ", "タベ", "ベー", "ース", "ス"] },
    { text: "한국어", terms: ["한국", "국어", "어"] },
    { text: "ภาษาไทย", terms: ["ภาษา", "ไทย"] },
    { text: "हिन्दी", terms: ["हिन्दी"] },
    { text: "WHO says so in the US, and who asks us?", terms: ["who", "sai", "us", "ask"] },
    { text: "I'd say the ID, and she’d shed it in the shell", terms: ["sai", "id", "shed", "shell"] },
    { text: "TERMS AND CONDITIONS", terms: ["term", "condition"] },
    { text: "२०२४ ٢٠٢٤ ２０２４", terms: ["2024", "2024", "2024"] },
    { text: "Daten\u00adschutz \u200bx\ufeffy", terms: ["datenschutz", "xy"] },
    { text: "كِتَابٌ", terms: ["كتاب"] },
    { text: "a\0pear\ud800s", terms: ["pear", "s"] },
  ])("makes $terms of $text", ({ text, terms }) => {
    expect(analyse(text, english)).toEqual(terms);
  });

  it("keeps every word as it stands in a language without rules", () => {
    expect(analyse("Psi a kočky", termLanguageOf("cs"))).toEqual(["psi", "a", "kocky"]);
  });

  it("gives a query the pairs of a passage, and one sign what stands for all of its pairs", () => {
    expect(queryTermsOf("東京都 猫 to read", english)).toEqual([["東京", "京都"], ["猫"], [], ["read"]]);
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
        for (const term of everyLanguage.flatMap((language) => analyse(each, language))) {
          expect(term).toMatch(/^[\p{L}\p{M}\p{N}._\-+#]+$/u);
          expect(term).toBe(term.replace(/[A-Z]/g, ""));
          expect(term.length).toBeLessThanOrEqual(termCharactersMax);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("gives a text the terms of its pieces, where spaces part them", () => {
    // Two words in capitals beside each other are read as a heading.
    const word = fc.string({ unit: "grapheme", maxLength: 12 }).filter((each) => !/\p{Lu}{2}/u.test(each));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        expect(analyse(words.join(" \n "), english)).toEqual(words.flatMap((each) => analyse(each, english)));
      }),
    );
  });

  it.each(["a", "a.", "aB", "a'", "1,", "漢"])("is linear on %j repeated", (unit) => {
    expect(analyse(unit.repeat(200_000), english)).not.toEqual([]); // what is quadratic takes more than a test may
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findMainScript } from "./main-script.ts";

describe("findMainScript", () => {
  it.each([
    { text: "使用 React 和 TypeScript 构建网站", languages: ["zh"] },
    { text: "TypeScriptでウェブサイトを作る", languages: ["ja"] },
    { text: "東京都庁舎", languages: ["zh"] }, // no kana: nothing tells it from Chinese
    { text: "中国的の字", languages: ["ja"] },
    { text: "Python для анализа данных", languages: ["ru", "uk", "be", "bg", "sr"] },
    { text: "हिन्दी", languages: ["hi", "mr"] },
    { text: "ქართული", languages: ["ka"] },
    { text: "ພາສາລາວ", languages: ["lo"] },
  ])("says that $text is in a script of $languages", ({ text, languages }) => {
    expect(findMainScript(text)?.languages).toEqual(languages);
  });

  it("knows no script of a text without letters", () => {
    expect(findMainScript("12,345 + 6 = ?")).toBeUndefined();
    expect(findMainScript("١٢٣ … —")).toBeUndefined();
  });

  it("gives a share above 0 and up to 1, and at least one language", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const found = findMainScript(text);
        if (found === undefined) return;
        expect(found.share).toBeGreaterThan(0);
        expect(found.share).toBeLessThanOrEqual(1);
        expect(found.languages.length).toBeGreaterThan(0);
      }),
    );
  });
});

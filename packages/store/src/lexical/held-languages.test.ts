import { describe, expect, it } from "vitest";
import { holdLanguages } from "./held-languages.ts";

describe("holdLanguages", () => {
  it("counts passages by language, and those of no known language as English", () => {
    expect(holdLanguages({}, [])).toEqual({});
    expect(holdLanguages({ de: 2 }, ["de", "fr", undefined, null, "en"])).toEqual({ de: 3, fr: 1, en: 3 });
  });

  it("forgets a language with its last passage", () => {
    expect(holdLanguages({ de: 2, en: 1, fr: 1 }, ["fr"], ["de", "fr", null])).toEqual({ de: 1, fr: 1 });
  });

  it("is the same value in whichever order passages came", () => {
    const one = holdLanguages(holdLanguages({}, ["de"]), ["en", "fr"], ["fr"]);
    expect(JSON.stringify(one)).toBe(JSON.stringify(holdLanguages(holdLanguages({}, ["en"]), ["de"])));
  });
});

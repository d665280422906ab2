import { describe, expect, it } from "vitest";
import { holdLanguages } from "./held-languages.ts";

describe("holdLanguages", () => {
  it("counts passages by language, and those of no known language as English", () => {
    expect(holdLanguages({}, [])).toEqual({});
    expect(holdLanguages({ de: 2 }, ["de", "fr", undefined, "en"])).toEqual({ de: 3, fr: 1, en: 2 });
  });
});

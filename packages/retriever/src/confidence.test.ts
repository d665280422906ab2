import { describe, expect, it } from "vitest";
import type { ConfidenceSigns } from "./confidence.ts";
import { confidenceOf } from "./confidence.ts";

const signs = (change: Partial<ConfidenceSigns> = {}): ConfidenceSigns => ({
  ...{ sentence: 0.8, passage: 0.9, gap: 0.02, denial: 0, nameOutsideSentence: 0, nameOutsidePassage: 0 },
  ...change,
});

describe("confidenceOf", () => {
  it("is 0 without candidates and close to 0 for what the knowledge base does not speak of", () => {
    expect(confidenceOf(undefined)).toBe(0);
    expect(confidenceOf(signs({ sentence: 0.2, passage: 0.2 }))).toBeLessThan(0.03);
  });

  it.each([
    { what: "a sentence that holds less", change: { sentence: 0.5 } },
    { what: "a token that is nowhere", change: { gap: 0.3 } },
    { what: "a denial that nothing meets", change: { denial: 1 } },
    { what: "a name that the sentence lacks", change: { nameOutsideSentence: 1 } },
    { what: "a name that the passage lacks", change: { nameOutsidePassage: 1 } },
    { what: "a passage that is farther away", change: { cosine: 0.3 } },
  ])("is lowered by $what", ({ change }) => {
    expect(confidenceOf(signs(change))).toBeLessThan(confidenceOf(signs()));
  });

  it("takes a cosine that is not known for a usual one", () => {
    expect(confidenceOf(signs({ cosine: 0.3 }))).toBeLessThan(confidenceOf(signs()));
    expect(confidenceOf(signs({ cosine: 0.9 }))).toBeGreaterThan(confidenceOf(signs()));
  });
});

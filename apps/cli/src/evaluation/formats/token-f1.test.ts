import { describe, expect, it } from "vitest";
import { tokenOverlap } from "./token-f1.ts";

describe("the overlap of words", () => {
  it("is the harmonic mean of precision and recall over multisets", () => {
    // 3 of 4 found words are expected (one "a" too many), 3 of 5 expected are found
    const overlap = tokenOverlap("a a b c", "a, b C d e");
    expect(overlap.precision).toBe(3 / 4);
    expect(overlap.recall).toBe(3 / 5);
    expect(overlap.f1).toBeCloseTo(2 / 3, 12);
  });

  it("sees neither order nor case nor ligatures", () => {
    expect(tokenOverlap("ﬁne Words here", "here: WORDS fine").f1).toBe(1);
  });

  it("is 0 without a common word and 1 between two empty texts", () => {
    expect(tokenOverlap("x", "y").f1).toBe(0);
    expect(tokenOverlap("", "y").f1).toBe(0);
    expect(tokenOverlap(" ", "—").f1).toBe(1);
  });
});

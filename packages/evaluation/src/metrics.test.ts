import { mean } from "@larder/statistics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allGoldAt, ndcgAt, recallAt, reciprocalRankAt } from "./metrics.ts";

const gains = new Map([
  ["a", 2],
  ["b", 1],
]);

describe("ndcgAt", () => {
  it.each([
    { what: "the ideal order", ranking: ["a", "b", "x"], value: 1 },
    { what: "nothing relevant", ranking: ["x", "y"], value: 0 },
    { what: "an empty ranking", ranking: [], value: 0 },
    // (1 / log2 2 + 2 / log2 3) / (2 / log2 2 + 1 / log2 3), by hand
    { what: "the two swapped", ranking: ["b", "a"], value: 2.261859507 / 2.630929754 },
  ])("scores $what", ({ ranking, value }) => {
    expect(ndcgAt(10, ranking, gains)).toBeCloseTo(value, 8);
  });

  it("looks no further than k", () => {
    expect(ndcgAt(1, ["x", "a"], gains)).toBe(0);
  });

  it("is 0 without anything to find", () => {
    expect(ndcgAt(10, ["a"], new Map())).toBe(0);
  });

  it("never rises when a relevant document moves down", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 9 }), (from, steps) => {
        const ranking = Array.from({ length: 10 }, (_, i) => `x${i}`);
        const at = (i: number): number => ndcgAt(10, ranking.toSpliced(Math.min(i, 9), 1, "a"), gains);
        expect(at(from + steps)).toBeLessThanOrEqual(at(from));
      }),
    );
  });
});

describe("recallAt and reciprocalRankAt", () => {
  it("count and place the relevant documents", () => {
    expect(recallAt(2, ["x", "b", "a"], gains)).toBe(0.5);
    expect(recallAt(3, ["x", "b", "a"], gains)).toBe(1);
    expect(reciprocalRankAt(10, ["x", "b", "a"], gains)).toBe(0.5);
    expect(reciprocalRankAt(1, ["x", "b"], gains)).toBe(0);
    expect(recallAt(5, [], gains)).toBe(0);
    expect(allGoldAt(3, ["x", "b", "a"], gains)).toBe(1);
    expect(allGoldAt(2, ["x", "b", "a"], gains)).toBe(0);
    expect(allGoldAt(2, ["x"], new Map())).toBe(0);
    expect(mean([])).toBe(0);
  });
});

import { expect, it } from "vitest";
import { cutPair, cutText, fittingText } from "./cut-pair.ts";

const words = (text: string): number => text.split(" ").filter(Boolean).length;

it("leaves a pair that fits as it is", () => {
  const pair = { ids: [1, 5, 2, 6, 2], types: [0, 0, 0, 1, 1] };
  expect(cutPair(pair, 5, 2)).toEqual(pair);
  expect(cutPair({ ids: pair.ids }, 5, 2)).toEqual({ ids: pair.ids });
});

it("cuts the passage and keeps the token that ends every pair", () => {
  const pair = { ids: [1, 5, 2, 6, 7, 8, 2], types: [0, 0, 0, 1, 1, 1, 1] };
  expect(cutPair(pair, 5, 2)).toEqual({ ids: [1, 5, 2, 6, 2], types: [0, 0, 0, 1, 1] });
  expect(cutPair(pair, 5, undefined)).toEqual({ ids: [1, 5, 2, 6, 7], types: [0, 0, 0, 1, 1] });
});

it("finds a beginning that fits", () => {
  expect(fittingText("plum jam", 2, words)).toBe("plum jam");
  const fitting = fittingText("jam ".repeat(1_000), 10, words);
  expect(words(fitting)).toBeLessThanOrEqual(10);
  expect(words(fitting)).toBeGreaterThan(5);
  expect(fittingText("x", 0, words)).toBe("");
});

it("never halves a surrogate pair", () => {
  expect(cutText("a🫙b", 2)).toBe("a");
  expect(cutText("a🫙b", 3)).toBe("a🫙");
  expect(cutText("", 3)).toBe("");
});

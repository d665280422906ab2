import fc from "fast-check";
import { expect, it } from "vitest";
import { fillBudget } from "./fill-budget.ts";

const countTokens = (text: string): number => Math.ceil(text.length / 4);
const pieceOf = (text: string, documentId: string) => ({
  documentId,
  start: 100,
  end: 100 + text.length,
  text,
  tokens: countTokens(text),
});

it("fills in rank order and cuts the last piece where it stops fitting", () => {
  const ranked = [pieceOf("x".repeat(40), "a"), pieceOf("y".repeat(40), "b"), pieceOf("z", "c")];
  const found = fillBudget(ranked, { tokenBudget: 15, pieces: 10 }, countTokens);
  expect(found.evidence).toEqual([
    { documentId: "a", start: 100, end: 140 },
    { documentId: "b", start: 100, end: 120 },
  ]);
  expect(found.tokens()).toBe(15);
});

it("stops at the number of pieces", () => {
  const ranked = [pieceOf("xxxx", "a"), pieceOf("yyyy", "b")];
  expect(fillBudget(ranked, { tokenBudget: 100, pieces: 1 }, countTokens).evidence).toHaveLength(1);
  expect(fillBudget([], { tokenBudget: 100, pieces: 1 }, countTokens).evidence).toEqual([]);
});

it("never spends more than the budget", () => {
  const texts = fc.array(fc.string({ minLength: 1, maxLength: 60 }), { maxLength: 10 });
  fc.assert(
    fc.property(texts, fc.nat(40), (some, tokenBudget) => {
      const found = fillBudget(
        some.map((text) => pieceOf(text, "a")),
        { tokenBudget, pieces: 100 },
        countTokens,
      );
      expect(found.tokens()).toBeLessThanOrEqual(tokenBudget);
    }),
  );
});

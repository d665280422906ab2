import fc from "fast-check";
import { expect, it } from "vitest";
import { exactMcNemar } from "./mcnemar.ts";

it.each([
  { onlyA: 0, onlyB: 0, p: 1 },
  { onlyA: 5, onlyB: 5, p: 1 },
  { onlyA: 0, onlyB: 5, p: 0.0625 },
  { onlyA: 12, onlyB: 9, p: 0.66362 }, // 2 * P(X <= 9), X ~ Binomial(21, 1/2)
  { onlyA: 1, onlyB: 9, p: 0.021484 },
])("gives $p for $onlyA against $onlyB", ({ onlyA, onlyB, p }) => {
  expect(exactMcNemar(onlyA, onlyB)).toBeCloseTo(p, 4);
});

it("is the same from either side, a probability, and finite for many questions", () => {
  fc.assert(
    fc.property(fc.nat(3_000), fc.nat(3_000), (a, b) => {
      const p = exactMcNemar(a, b);
      expect(p).toBe(exactMcNemar(b, a));
      expect(p).toBeGreaterThanOrEqual(0);
      expect(p).toBeLessThanOrEqual(1);
    }),
  );
});

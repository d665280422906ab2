import fc from "fast-check";
import { expect, it } from "vitest";
import { bootstrapRatio } from "./ratio-of-sums.ts";

it("is sum over sum, repeats, and is exact where every pair agrees", () => {
  const pairs = [
    { numerator: 1, denominator: 1 },
    { numerator: 1, denominator: 99 },
  ];
  expect(bootstrapRatio(pairs).mean).toBe(0.02); // a mean of ratios would say 0.505
  expect(bootstrapRatio(pairs, 7)).toEqual(bootstrapRatio(pairs, 7));
  const alike = Array.from({ length: 9 }, (_, i) => ({ numerator: 3 * i, denominator: 2 * i }));
  expect(bootstrapRatio(alike)).toEqual({ mean: 1.5, low: 1.5, high: 1.5 });
});

it("is 0 for nothing", () => {
  expect(bootstrapRatio([])).toEqual({ mean: 0, low: 0, high: 0 });
  expect(bootstrapRatio([{ numerator: 5, denominator: 0 }]).mean).toBe(0);
});

it("lies within the pairs' own ratios", () => {
  const pair = fc.record({
    numerator: fc.integer({ min: 1, max: 1_000 }),
    denominator: fc.integer({ min: 1, max: 1_000 }),
  });
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1, maxLength: 5 }), (pairs) => {
      const ratios = pairs.map(({ numerator, denominator }) => numerator / denominator);
      const { mean, low, high } = bootstrapRatio(pairs);
      expect(low).toBeGreaterThanOrEqual(Math.min(...ratios) - 1e-9);
      expect(high).toBeLessThanOrEqual(Math.max(...ratios) + 1e-9);
      expect(mean).toBeGreaterThanOrEqual(Math.min(...ratios) - 1e-9);
    }),
    { numRuns: 20 },
  );
});

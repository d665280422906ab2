import fc from "fast-check";
import { expect, it } from "vitest";
import { keepDimensions } from "./keep-dimensions.ts";

it("keeps the first values and scales them to unit length", () => {
  expect([...keepDimensions(Float32Array.of(0.6, 0, 0.8, 0), 2)]).toEqual([1, 0]);
});

it("leaves a vector alone that is as short already", () => {
  const vector = Float32Array.of(0.6, 0.8);
  expect(keepDimensions(vector, 2)).toBe(vector);
});

it("refuses what has no direction left", () => {
  for (const first of [0, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => keepDimensions(Float32Array.of(first, 1), 1)).toThrow(
      expect.objectContaining({ code: "EMBEDDER_OUTPUT_INVALID" }),
    );
  }
});

it("always gives unit length in the direction of the first values", () => {
  const values = fc.float32Array({ minLength: 2, maxLength: 64, noNaN: true, min: -1, max: 1 });
  fc.assert(
    fc.property(values, fc.nat(), (vector, seed) => {
      const count = 1 + (seed % vector.length);
      const first = vector.subarray(0, count);
      const length = Math.sqrt(first.reduce((sum, value) => sum + value * value, 0));
      fc.pre(length > 1e-3 && count < vector.length);
      const kept = keepDimensions(vector, count);
      expect(kept).toHaveLength(count);
      for (const [d, value] of kept.entries()) expect(value).toBeCloseTo((first[d] ?? 0) / length, 5);
    }),
  );
});

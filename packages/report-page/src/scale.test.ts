import fc from "fast-check";
import { expect, it } from "vitest";
import { linearScale, logScale, shortNumber } from "./scale.ts";

it("puts the bounds of a logarithmic scale at its ends and the geometric mean in the middle", () => {
  const { share, ticks } = logScale(256, 16_384);
  expect([share(256), share(2_048), share(16_384)].map((value) => Number(value.toFixed(6)))).toEqual([0, 0.5, 1]);
  expect(ticks).toEqual([500, 1_000, 2_000, 5_000, 10_000]);
});

it("widens a linear scale to round bounds, losses included", () => {
  const { share, ticks } = linearScale(-1.07, 0.97);
  expect(ticks).toEqual([-1.5, -1, -0.5, 0, 0.5, 1]);
  expect(share(-1.5)).toBe(0);
  expect(share(1)).toBe(1);
});

it("holds every value between its ends, and has few ticks", () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(value, value, (a, b) => {
      const { share, ticks } = linearScale(Math.min(a, b), Math.max(a, b));
      expect(share(a)).toBeGreaterThanOrEqual(-1e-6);
      expect(share(b)).toBeLessThanOrEqual(1 + 1e-6);
      expect(ticks.length).toBeLessThanOrEqual(8);
    }),
  );
});

it.each([
  [0, "0"],
  [0.05, "0.05"],
  [512, "512"],
  [4_096, "4.1k"],
  [200_000, "200k"],
  [1_000_000, "1M"],
  [-33.33, "-33.3"],
])("writes %d as %s", (value, text) => {
  expect(shortNumber(value)).toBe(text);
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { bootstrapSavedShare } from "./saved-share.ts";

const clusters = Array.from({ length: 40 }, (_, i) => `d${i % 20}`);
const theirs = clusters.map((_, i) => 100 + ((i * 37) % 50));

it("is a ratio of sums with an interval around it", () => {
  const ours = theirs.map((value, i) => value / 2 + (i % 5));
  const { share, low, high, sureLow, sureHigh } = bootstrapSavedShare({ ours, theirs, clusters });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  expect(share).toBe(1 - sum(ours) / sum(theirs));
  expect(low).toBeLessThan(share);
  expect(high).toBeGreaterThan(share);
  expect(sureLow).toBeLessThan(low);
  expect(sureHigh).toBeGreaterThan(high);
});

it("is exactly nothing against oneself, and may be negative", () => {
  expect(bootstrapSavedShare({ ours: theirs, theirs, clusters })).toEqual({
    ...{ share: 0, low: 0, high: 0 },
    ...{ sureLow: 0, sureHigh: 0 },
  });
  const more = theirs.map((value) => 3 * value);
  expect(bootstrapSavedShare({ ours: more, theirs, clusters }).share).toBeCloseTo(-2);
});

it("has no bounds for one cluster", () => {
  const one = bootstrapSavedShare({ ours: [1, 1], theirs: [2, 2], clusters: ["a", "a"] });
  expect(one).toMatchObject({ share: 0.5, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
});

it("does not depend on the order of the questions", () => {
  const ours = theirs.map((value, i) => value - (i % 7));
  const whole = bootstrapSavedShare({ ours, theirs, clusters });
  fc.assert(
    fc.property(fc.shuffledSubarray([...theirs.keys()], { minLength: theirs.length }), (order) => {
      const pick = <T>(values: readonly T[]) => order.flatMap((i) => values[i] ?? []);
      const moved = bootstrapSavedShare({ ours: pick(ours), theirs: pick(theirs), clusters: pick(clusters) });
      expect(moved.share).toBeCloseTo(whole.share, 12);
    }),
    { numRuns: 5 },
  );
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areaOnLogTokens, tokensForRecall } from "./log-curve.ts";

const curveOf = (...recalls: readonly number[]) => recalls.map((recall, i) => ({ tokens: 256 * 2 ** i, recall }));

describe("tokensForRecall", () => {
  it.each([
    { what: "half-way between two budgets, in the logarithm", curve: curveOf(0.6, 1), recall: 0.8, tokens: 362.04 },
    { what: "at a budget", curve: curveOf(0.5, 0.8, 0.9), recall: 0.8, tokens: 512 },
    { what: "already at the first", curve: curveOf(0.9, 0.95), recall: 0.8, tokens: 256 },
    { what: "never", curve: curveOf(0.2, 0.7), recall: 0.8, tokens: undefined },
    { what: "only after a dip", curve: curveOf(0.85, 0.7, 0.9), recall: 0.8, tokens: 512 * 2 ** 0.5 },
    { what: "without points", curve: [], recall: 0.8, tokens: undefined },
  ])("finds it $what", ({ curve, recall, tokens }) => {
    const found = tokensForRecall(curve, recall);
    if (tokens === undefined) expect(found).toBeUndefined();
    else expect(found).toBeCloseTo(tokens, 1);
  });

  it("never needs fewer tokens for more recall", () => {
    const recalls = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 7 });
    fc.assert(
      fc.property(recalls, fc.double({ min: 0, max: 1, noNaN: true }), (points, recall) => {
        const curve = curveOf(...points);
        const more = tokensForRecall(curve, Math.min(1, recall + 0.05)) ?? Number.POSITIVE_INFINITY;
        expect(tokensForRecall(curve, recall) ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(more + 1e-9);
      }),
    );
  });
});

describe("areaOnLogTokens", () => {
  it("is the mean over the logarithm", () => {
    expect(areaOnLogTokens(curveOf(0.2, 0.6))).toBeCloseTo(0.4);
    expect(areaOnLogTokens(curveOf(0, 1, 1))).toBeCloseTo(0.75);
    expect(areaOnLogTokens(curveOf(0.7))).toBe(0.7);
    expect(areaOnLogTokens([])).toBe(0);
  });

  it("of means is the mean of areas", () => {
    const [a, b] = [curveOf(0.1, 0.5, 0.7), curveOf(0.3, 0.3, 0.9)];
    const middle = a.map(({ tokens, recall }, i) => ({ tokens, recall: (recall + (b[i]?.recall ?? 0)) / 2 }));
    expect(areaOnLogTokens(middle)).toBeCloseTo((areaOnLogTokens(a) + areaOnLogTokens(b)) / 2);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  breakEvenCorpusTokens,
  escalationSaving,
  hitWhenFixed,
  hitWhenRenewed,
  prefixMultiplier,
  readsToPayWrite,
} from "./cache-arithmetic.ts";

describe("who finds a prefix warm", () => {
  it.each([
    [1, 5, "0.08"],
    [12, 5, "0.63"],
    [60, 5, "0.99"],
    [12, 30, "1.00"],
  ])("%d an hour and %d minutes, renewed by use: %s", (perHour, minutes, hit) => {
    expect(hitWhenRenewed(perHour, minutes / 60).toFixed(2)).toBe(hit);
  });

  it("is never likelier when the time runs from the write, and is 0 without traffic", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (load) => {
        expect(hitWhenFixed(load, 1)).toBeLessThanOrEqual(hitWhenRenewed(load, 1) + 1e-12);
        expect(hitWhenFixed(load, 1)).toBeLessThanOrEqual(1);
      }),
    );
    expect([hitWhenFixed(0, 1), hitWhenRenewed(0, 1)]).toEqual([0, 0]);
    expect(hitWhenFixed(12, 5 / 60)).toBe(0.5); // one write, one read on average
  });
});

describe("when writing pays", () => {
  it.each([
    [1.25, 0.1, "0.28"],
    [2, 0.1, "1.11"],
    [1, 0.1, "0.00"],
  ])("at %dx to write and %dx to read after %s reads", (write, read, reads) => {
    expect(readsToPayWrite({ write, read }).toFixed(2)).toBe(reads);
  });

  it("never pays where a read costs what fresh input costs", () => {
    expect(readsToPayWrite({ write: 1.25, read: 1 })).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("from which corpus on retrieval is cheaper", () => {
  it.each([
    [0.1, 10],
    [0.05, 20],
    [0.025, 40],
    [0.02, 50],
  ])("at %dx reads and a cache that is always warm: %d times its prompt", (read, times) => {
    expect(breakEvenCorpusTokens(4_600, { hitProbability: 1, read, write: 1.25 })).toBeCloseTo(4_600 * times, 6);
  });

  it("lies lower the colder the cache, and higher with fixed costs", () => {
    const state = { hitProbability: 0.63, read: 0.05, write: 1.25 };
    expect(breakEvenCorpusTokens(4_600, state)).toBeCloseTo(4_600 / (0.63 * 0.05 + 0.37 * 1.25), 6);
    // $10 a month over 10,000 questions at $2 a million tokens are 500 tokens a question.
    const fixed = { usdPerMonth: 10, queriesPerMonth: 10_000, usdPerToken: 2e-6 };
    expect(breakEvenCorpusTokens(4_600, state, fixed)).toBeCloseTo(5_100 / prefixMultiplier(state), 6);
    expect(breakEvenCorpusTokens(1, { hitProbability: 1, read: 0, write: 1 })).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("retrieval first, everything for the rest", () => {
  it("saves 57 % against uncached and 10 % against warm stuffing when 40 % go on, at 200,000 tokens", () => {
    expect((100 * escalationSaving(6.1, 202.1, 0.4)).toFixed(0)).toBe("57");
    expect((100 * escalationSaving(6.1, 12.1, 0.4)).toFixed(0)).toBe("10");
    expect(escalationSaving(6.1, 12.1, 0.6)).toBeLessThan(0);
  });
});

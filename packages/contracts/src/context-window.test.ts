import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ContextWindowUse } from "./context-window.ts";
import { turnsMax, windowSharesOf } from "./context-window.ts";

const use = (change: Partial<ContextWindowUse> = {}): ContextWindowUse => ({
  contextTokens: 128_000,
  usableTokens: 126_000,
  promptTokens: 4_200,
  evidenceTokens: 3_000,
  citedTokens: 750,
  outputTokens: 300,
  source: "provider",
  ...change,
});

describe("shares of the window", () => {
  it("are by hand: 4,200 of 126,000, 3,000 of them evidence, 750 of that cited", () => {
    const shares = windowSharesOf(use());
    expect(shares.occupancy).toBeCloseTo(1 / 30, 12);
    expect(shares.evidenceShare).toBeCloseTo(5 / 7, 12);
    expect(shares).toMatchObject({ evidenceUse: 0.25, wastedTokens: 2_250, freeTokens: 123_500 });
    expect(shares.turnsToCompaction).toBeUndefined();
  });

  it("count the turns that still fit, with their evidence and without", () => {
    const growth = { turns: 3, wordsPerTurn: 400, withEvidencePerTurn: 3_400 };
    expect(windowSharesOf(use({ growth })).turnsToCompaction).toEqual({ words: 304, withEvidence: 35 });
    const full = use({ growth, promptTokens: 127_000 });
    expect(windowSharesOf(full).turnsToCompaction).toEqual({ words: 0, withEvidence: 0 });
    const still = use({ growth: { turns: 1, wordsPerTurn: 0, withEvidencePerTurn: 0 } });
    expect(windowSharesOf(still).turnsToCompaction?.words).toBe(turnsMax);
  });

  it("are 0 of nothing, and used and wasted evidence sum to all of it", () => {
    const nothing = use({ usableTokens: 0, promptTokens: 0, evidenceTokens: 0, citedTokens: 0 });
    expect(windowSharesOf(nothing)).toMatchObject({ occupancy: 0, evidenceShare: 0, evidenceUse: 0, wastedTokens: 0 });
    fc.assert(
      fc.property(fc.nat(9_999), fc.nat(9_999), (cited, wasted) => {
        const shares = windowSharesOf(use({ evidenceTokens: cited + wasted, citedTokens: cited }));
        expect(shares.wastedTokens).toBe(wasted);
        expect(shares.evidenceUse).toBeLessThanOrEqual(1);
      }),
    );
  });
});

import type { PastOutcomes, QuestionOutcome } from "@larder/contracts";
import { seededRandom } from "@larder/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trustOfNear } from "./near-trust.ts";

const nowMs = 1_800_000_000_000;
const said = (isGood: boolean, overall: number, near: number): QuestionOutcome => ({
  ...{ provider: "acme", model: "m", task: "answering", isGood, weight: 0.5, source: "verdict" },
  forecast: { overall, near },
});
const at = (atMs: number, ...outcomes: readonly QuestionOutcome[]): PastOutcomes => ({ outcomes, atMs });
const many = (count: number, ...outcomes: readonly QuestionOutcome[]) =>
  Array.from({ length: count }, () => at(nowMs, ...outcomes));

describe("trust in near questions", () => {
  it("by hand: seven outcomes at 0.8 for 0.5 are E = 1.6⁷ = 26.8, so 1 − 20 / 26.8", () => {
    expect(trustOfNear(many(6, said(true, 0.5, 0.8)), nowMs)).toBe(0); // 16.8
    expect(trustOfNear(many(7, said(true, 0.5, 0.8)), nowMs)).toBe(0.255);
    expect(trustOfNear(many(7, said(false, 0.5, 0.2)), nowMs)).toBe(0.255);
    expect(trustOfNear(many(40, said(true, 0.5, 0.8)), nowMs)).toBe(1);
  });

  it("is 0 without outcomes, without forecasts, and where near ones foretold worse", () => {
    const { forecast: _, ...unforetold } = said(true, 0.5, 0.8);
    expect(trustOfNear([], nowMs)).toBe(0);
    expect(trustOfNear(many(50, unforetold), nowMs)).toBe(0);
    expect(trustOfNear(many(50, said(false, 0.5, 0.8)), nowMs)).toBe(0);
  });

  it("fades: after two half-lives a quarter of the evidence is left", () => {
    expect(trustOfNear(many(28, said(true, 0.5, 0.8)), nowMs + 28 * 86_400_000)).toBe(0.255);
  });

  it("takes a person's word for the outcome, and not as a second one", () => {
    const { forecast: _, ...word } = { ...said(true, 0.5, 0.8), source: "person" } as const;
    expect(trustOfNear(many(7, said(false, 0.5, 0.8), word), nowMs)).toBe(0.255);
    expect(trustOfNear(many(40, said(true, 0.5, 0.8), { ...word, isGood: false }), nowMs)).toBe(0);
  });

  it("is 0 … 1, whatever the order, and never falls by an outcome that near ones foretold better", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const outcome = fc.tuple(fc.boolean(), share, share).map(([...each]) => at(nowMs, said(...each)));
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 60 }), share, share, (past, a, b) => {
        const trust = trustOfNear(past, nowMs);
        expect(trust).toBeGreaterThanOrEqual(0);
        expect(trust).toBeLessThanOrEqual(1);
        expect(trustOfNear([...past].reverse(), nowMs)).toBeCloseTo(trust, 2);
        const better = at(nowMs, said(true, Math.min(a, b), Math.max(a, b)));
        expect(trustOfNear([...past, better], nowMs)).toBeGreaterThanOrEqual(trust - 1e-9);
      }),
    );
  });

  it("trusts noise in at most one case of twenty, where the belief over all is right", () => {
    const random = seededRandom(7);
    const runs = 1_000;
    let trusted = 0;
    for (let run = 0; run < runs; run += 1) {
      const past = Array.from({ length: 100 }, () => {
        const overall = 0.2 + 0.6 * random();
        const near = Math.min(0.95, Math.max(0.05, overall + 0.4 * (random() - 0.5)));
        return at(nowMs, said(random() < overall, overall, near));
      });
      if (trustOfNear(past, nowMs) > 0) trusted += 1;
    }
    expect(trusted / runs).toBeLessThan(0.05);
    expect(trusted).toBeGreaterThan(0); // else the noise would be too weak to say anything
  });
});

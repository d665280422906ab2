import { describe, expect, it } from "vitest";
import type { SimulatedWorld } from "../src/simulate-runs.ts";
import { simulateRuns } from "../src/simulate-runs.ts";

const world: SimulatedWorld = {
  questions: 300,
  clusters: 40,
  theirQuality: 0.8,
  qualityDifference: 0,
  noise: 0.05,
  costShare: 1,
  margin: 0.02,
};
const plan = { experiments: 1_000, seed: 20_261_127 };
const falseSaves = 0.025 * plan.experiments;

describe("of 1,000 experiments in which there is nothing to claim, at most 2.5 % say saves", () => {
  it.each([
    ["neither cheaper nor worse", {}],
    ["half the price, and worse by just the margin", { costShare: 0.5, qualityDifference: -0.02 }],
    [
      "half the price, worse by just the margin, few questions",
      { costShare: 0.5, qualityDifference: -0.02, questions: 60, clusters: 60, noise: 0.01 },
    ],
    [
      "half the price, worse by a wide margin, few documents",
      { costShare: 0.5, qualityDifference: -0.1, margin: 0.1, clusters: 8 },
    ],
    ["neither cheaper nor worse, few documents, wide margin", { margin: 0.2, clusters: 8 }],
  ] as const)("%s", (_, change) => {
    const { verdicts } = simulateRuns({ ...world, ...change }, plan);
    expect(verdicts.saves ?? 0).toBeLessThanOrEqual(falseSaves);
  });
});

it("finds a real saving at a margin that so many questions can show, and covers the truth", () => {
  const { verdicts, coverage } = simulateRuns(
    { ...world, costShare: 0.5, margin: 0.06 },
    { ...plan, experiments: 300 },
  );
  expect(verdicts.saves ?? 0).toBeGreaterThan(0.9 * 300);
  expect(coverage).toBeGreaterThan(0.92);
});

it("finds a real loss at any quality", () => {
  const { verdicts } = simulateRuns(
    { ...world, costShare: 1.3, qualityDifference: -0.2 },
    { ...plan, experiments: 100 },
  );
  expect(verdicts).toEqual({ costs_more: 100 });
});

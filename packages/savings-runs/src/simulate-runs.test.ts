import { expect, it } from "vitest";
import { simulateRuns } from "./simulate-runs.ts";

const world = {
  ...{ questions: 200, clusters: 30, theirQuality: 0.8, qualityDifference: 0, noise: 0.05, margin: 0.1 },
  costShare: 0.4,
};

it("repeats for one seed", () => {
  const once = () => simulateRuns(world, { experiments: 20, seed: 3, resamples: 200 });
  expect(once()).toEqual(once());
});

it("finds a real saving, and a real loss at any quality", () => {
  const plan = { experiments: 40, seed: 1, resamples: 200 };
  expect(simulateRuns(world, plan).verdicts.saves ?? 0).toBeGreaterThan(36);
  expect(simulateRuns({ ...world, costShare: 1.5, qualityDifference: -0.2 }, plan).verdicts).toEqual({
    costs_more: 40,
  });
  expect(simulateRuns({ ...world, qualityDifference: -0.3 }, plan).verdicts).toEqual({ not_established: 40 });
});

import { nonInferiority } from "@larder/statistics";
import { expect, it } from "vitest";
import { questionsNeeded } from "./questions-needed.ts";

it.each([
  [0.02, 40],
  [0.02, 12],
  [0.05, 40],
])("is the first number that establishes a margin of %f over %i documents", (margin, clusters) => {
  const isEstablishedAt = (count: number): boolean => {
    const values = Array.from({ length: count }, () => 0);
    const of = values.map((_, i) => `d${i % clusters}`);
    return nonInferiority({ values, clusters: of }, margin, { resamples: 50 }).isEstablished;
  };
  const needed = questionsNeeded(margin, clusters);
  expect(isEstablishedAt(needed)).toBe(true);
  expect(isEstablishedAt(needed - 1)).toBe(false);
});

it("is no number without a margin or with a single document", () => {
  expect(questionsNeeded(0, 40)).toBe(Number.POSITIVE_INFINITY);
  expect(questionsNeeded(0.02, 1)).toBe(Number.POSITIVE_INFINITY);
});

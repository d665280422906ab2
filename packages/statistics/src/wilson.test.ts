import { expect, it } from "vitest";
import { wilsonInterval } from "./wilson.ts";

it.each([
  { successes: 0, trials: 10, low: 0, high: 0.2775 },
  { successes: 10, trials: 10, low: 0.7225, high: 1 },
  { successes: 81, trials: 263, low: 0.2553, high: 0.3662 }, // Newcombe 1998, table I
  { successes: 0, trials: 0, low: 0, high: 1 },
])("gives $low to $high for $successes of $trials", ({ successes, trials, low, high }) => {
  const interval = wilsonInterval(successes, trials);
  expect(interval.low).toBeCloseTo(low, 3);
  expect(interval.high).toBeCloseTo(high, 3);
});

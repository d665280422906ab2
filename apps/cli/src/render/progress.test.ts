import { expect, it } from "vitest";
import { timeLeft } from "./progress.ts";

it.each([
  { elapsedMs: 10_000, done: 1, total: 13, expected: " · 2 min left" },
  { elapsedMs: 10_000, done: 10, total: 13, expected: " · 3 s left" },
  { elapsedMs: 1_000, done: 10, total: 13, expected: "" },
  { elapsedMs: 1_000, done: 13, total: 13, expected: "" },
])("says $expected after $done of $total", ({ elapsedMs, done, total, expected }) => {
  expect(timeLeft(elapsedMs, done, total)).toBe(expected);
});

import { expect, it } from "vitest";
import { readableUsd, readableUsds } from "./money.ts";

it.each([
  ["0.000412", "$0.00041"],
  ["-1.5", "-$1.50"],
  ["0", "$0"],
  [null, "unknown"],
])("shows %j as %j", (text, expected) => {
  expect(readableUsd(text)).toBe(expected);
});

it("gives amounts side by side the same decimals", () => {
  expect(readableUsds(["0.0021", "0.00062", "-0.000042", "0", null])).toEqual([
    "$0.002100",
    "$0.000620",
    "-$0.000042",
    "$0",
    "unknown",
  ]);
});

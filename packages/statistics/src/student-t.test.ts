import { expect, it } from "vitest";
import { normalCumulative, studentT } from "./student-t.ts";

it.each([
  [1, 12.7062],
  [2, 4.3027],
  [3, 3.1824],
  [5, 2.5706],
  [10, 2.2281],
  [30, 2.0423],
  [1_000, 1.9623],
])("has the table's quantile at %i degrees of freedom", (degrees, quantile) => {
  expect(Math.abs(studentT(0.975, degrees) - quantile)).toBeLessThan(degrees < 5 ? 0.02 : 0.003);
});

it.each([
  [1, 31.8205],
  [2, 6.9646],
  [5, 3.3649],
  [30, 2.4573],
])("has the table's 99 % quantile at %i degrees of freedom", (degrees, quantile) => {
  expect(Math.abs(studentT(0.99, degrees) - quantile)).toBeLessThan(degrees < 5 ? 0.001 : 0.02);
});

it("knows nothing without degrees of freedom", () => {
  expect(studentT(0.975, 0)).toBe(Number.POSITIVE_INFINITY);
});

it.each([
  [0, 0.5],
  [1.959964, 0.975],
  [-1, 0.158655],
  [-40, 0],
])("puts %d at its place of the normal distribution", (x, share) => {
  expect(normalCumulative(x)).toBeCloseTo(share, 5);
});

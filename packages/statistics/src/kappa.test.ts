import { expect, it } from "vitest";
import { cohenKappa } from "./kappa.ts";

const repeated = (times: number, a: boolean, b: boolean) => Array.from({ length: times }, () => [a, b] as const);

it("gives the textbook's value", () => {
  const pairs = [
    ...repeated(20, true, true),
    ...repeated(5, true, false),
    ...repeated(10, false, true),
    ...repeated(15, false, false),
  ];
  expect(cohenKappa(pairs)).toEqual({ pairs: 50, agreement: 0.7, kappa: expect.closeTo(0.4, 10) });
});

it("is 1 for one opinion, at most 0 for chance and for contradiction", () => {
  expect(cohenKappa(repeated(4, true, true)).kappa).toBe(1);
  expect(cohenKappa([...repeated(1, true, false), ...repeated(1, false, true)]).kappa).toBe(-1);
  expect(cohenKappa([])).toEqual({ pairs: 0, agreement: 1, kappa: 1 });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lambertW, lambertWOfLog } from "./lambert-w.ts";

const branches = ["principal", "lower"] as const;

describe.each(branches)("the %s branch of Lambert's W", (branch) => {
  it("solves w·eʷ = x to 1e-12 of x, all over its domain", () => {
    const anyX = fc.double({ min: 1e-290, max: 1 / Math.E, noNaN: true, minExcluded: true });
    fc.assert(
      fc.property(anyX, (size) => {
        const w = lambertW(branch, -size);
        expect(Math.abs(w * Math.exp(w) + size) / size).toBeLessThan(1e-12);
        expect(branch === "lower" ? w <= -1 : w >= -1).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("meets the other branch at -1", () => {
    expect(lambertWOfLog(branch, -1)).toBe(-1);
    expect(lambertW(branch, -1 / Math.E)).toBeCloseTo(-1, 7);
  });

  it("has no value below -1/e", () => {
    expect(lambertW(branch, -0.4)).toBeNaN();
    expect(lambertW(branch, Number.NaN)).toBeNaN();
  });

  it("comes close to the branch point as its series does", () => {
    const overBranch = 1e-8;
    const p = Math.sqrt(2 * overBranch);
    const sign = branch === "lower" ? -1 : 1;
    const series = -1 + sign * p - (p * p) / 3 + (sign * 11 * p ** 3) / 72;
    expect(Math.abs(lambertWOfLog(branch, -1 - overBranch) - series)).toBeLessThan(1e-7);
  });
});

it("has the values that tables have", () => {
  expect(lambertW("principal", 1)).toBeCloseTo(0.567_143_290_409_783_8, 15); // the omega constant
  expect(lambertW("principal", Math.E)).toBeCloseTo(1, 14);
  expect(lambertW("principal", -0.1)).toBeCloseTo(-0.111_832_559_158_962_97, 14);
  expect(lambertW("lower", -0.1)).toBeCloseTo(-3.577_152_063_957_297, 14);
  expect(lambertW("principal", 0)).toBe(0);
  expect(lambertW("lower", 0)).toBe(Number.NEGATIVE_INFINITY);
  expect(lambertW("lower", 1)).toBeNaN();
});

it("goes on where x is too small for a double", () => {
  const w = lambertWOfLog("lower", -5_000);
  expect(-w - Math.log(-w)).toBeCloseTo(5_000, 9);
});

it("solves w·eʷ = x above zero too", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), (x) => {
      const w = lambertW("principal", x);
      expect(Math.abs(w * Math.exp(w) - x) / x).toBeLessThan(1e-12);
    }),
  );
});

import { describe, expect, it } from "vitest";
import { advantageAt, breakEvenOf, hurdleBillUsd } from "./cumulative-advantage.ts";
import { declineOfFactor, factorOfMonthlyShare, halfLifeMonths } from "./decline.ts";
import {
  amortisationUsdPerMTok,
  averageRates,
  capacityFor,
  electricityUsd,
  electricityUsdPerMTok,
  idleUsdPerMonth,
} from "./unit-costs.ts";

/** Figures that were worked out by hand before this code was written, to the digits that were written down. */

describe("a decline in a year, as a rate a month and a half-life", () => {
  it.each([
    { xPerYear: 2, perMonth: ".058", halfLife: "12", decimals: 0 },
    { xPerYear: 5, perMonth: ".134", halfLife: "5.2", decimals: 1 },
    { xPerYear: 10, perMonth: ".192", halfLife: "3.6", decimals: 1 },
    { xPerYear: 40, perMonth: ".307", halfLife: "2.3", decimals: 1 },
    { xPerYear: 900, perMonth: ".567", halfLife: "1.2", decimals: 1 },
    { xPerYear: 4_096, perMonth: ".693", halfLife: "1.0", decimals: 1 },
  ])("$xPerYear x", ({ xPerYear, perMonth, halfLife, decimals }) => {
    const k = declineOfFactor(xPerYear);
    expect(k.toFixed(3).slice(1)).toBe(perMonth);
    expect(halfLifeMonths(k)?.toFixed(decimals)).toBe(halfLife);
  });

  it("is 4,096 x for a price that halves every month", () => {
    expect(factorOfMonthlyShare(0.5)).toBe(4_096);
  });
});

describe("unit costs", () => {
  it("has the published electricity of 450 W at 201.6 tokens a second", () => {
    expect(electricityUsdPerMTok(450, 0.0718, 201.6).toFixed(4)).toBe("0.0445");
  });

  it("amortises a box of $3,000", () => {
    const box = { capexUsd: 3_000, salvageUsd: 800, months: 36, tokensPerSecond: 40 };
    expect(amortisationUsdPerMTok({ ...box, utilisation: 0.02 }).toFixed(0)).toBe("29");
    expect(amortisationUsdPerMTok({ ...box, utilisation: 0.2 }).toFixed(1)).toBe("2.9");
    expect(amortisationUsdPerMTok({ ...box, utilisation: 1 }).toFixed(2)).toBe("0.58");
    expect(amortisationUsdPerMTok({ ...box, tokensPerSecond: 1_000, utilisation: 0.2 }).toFixed(2)).toBe("0.12");
  });

  it("idles by the kilowatt-hours of a month", () => {
    expect(idleUsdPerMonth(1, 1)).toBeCloseTo(0.73, 12);
  });

  it("reads 532 and writes 35 tokens a second for 10,000 queries a day", () => {
    const daily = averageRates(10_000, 4_600, 300, 86_400);
    expect(daily.prefill.toFixed(0)).toBe("532");
    expect(daily.decode.toFixed(0)).toBe("35");
    const monthly = { in: 10_000 * 30 * 4_600, out: 10_000 * 30 * 300 };
    expect([(monthly.in / 1e9).toFixed(2), monthly.out / 1e6]).toEqual(["1.38", 90]);
  });

  it("takes 320 W at $0.65 or 833 W at $0.25 to burn $5 a day", () => {
    expect(electricityUsd(320, 24, 0.65).toFixed(0)).toBe("5");
    expect(((5 / (24 * 0.25)) * 1_000).toFixed(0)).toBe("833");
    expect(electricityUsd(833, 24, 0.25).toFixed(0)).toBe("5");
  });

  it("needs machines by a staircase", () => {
    const terms = { peakFactor: 1, utilisationMax: 1 };
    const units = (load: number) =>
      capacityFor({ prefill: 0, decode: load }, { prefill: 100, decode: 100 }, terms).units;
    expect([0, 50, 100, 101, 200, 201].map(units)).toEqual([1, 1, 1, 2, 2, 3]);
  });
});

describe("the smallest first bill with any break-even, for $3,000", () => {
  const factors = [1.5, 2, 3, 5, 10];
  it.each([
    { runningUsd: 0, hurdles: [101, 173, 275, 402, 576] },
    { runningUsd: 30, hurdles: [186, 269, 381, 518, 700] },
    { runningUsd: 100, hurdles: [317, 416, 544, 696, 895] },
    { runningUsd: 500, hurdles: [889, 1_039, 1_221, 1_427, 1_682] },
  ])("and $runningUsd dollars a month of running", ({ runningUsd, hurdles }) => {
    const found = factors.map((factor) =>
      Math.round(hurdleBillUsd({ runningUsd, capexUsd: 3_000, declinePerMonth: declineOfFactor(factor) })),
    );
    expect(found).toEqual(hurdles);
  });
});

/** A month's bill of 1.38 billion tokens in and 90 million out. */
const billOf = (inputUsd: number, outputUsd: number) => inputUsd * 1_380 + outputUsd * 90;
const never = "never";

describe("10,000 queries a day against a box of $3,000", () => {
  const models = {
    sonnet: billOf(2, 10),
    terra: billOf(1, 5),
    deepSeek: billOf(0.15, 0.6),
    haiku: billOf(0.1, 0.5),
  };
  const months = (billUsd: number, runningUsd: number, factor: number, decimals: number) => {
    const terms = { billUsd, runningUsd, capexUsd: 3_000, declinePerMonth: declineOfFactor(factor) };
    return breakEvenOf(terms).firstMonths?.toFixed(decimals) ?? never;
  };

  it("has the bills", () => {
    expect(Object.values(models).map(Math.round)).toEqual([3_660, 1_830, 261, 183]);
  });

  it.each([
    { model: "sonnet", runningUsd: 150, decimals: 1, found: ["0.9", "0.9", "0.9", "0.9"] },
    { model: "terra", runningUsd: 150, decimals: 1, found: ["1.8", "1.9", "2.1", "2.2"] },
    { model: "deepSeek", runningUsd: 150, decimals: 0, found: ["27", never, never, never] },
    { model: "haiku", runningUsd: 150, decimals: 0, found: ["91", never, never, never] },
    { model: "sonnet", runningUsd: 650, decimals: 1, found: ["1.0", "1.0", "1.1", "1.1"] },
    { model: "terra", runningUsd: 650, decimals: 1, found: ["2.5", "2.9", "3.8", never] },
    { model: "deepSeek", runningUsd: 650, decimals: 1, found: [never, never, never, never] },
    { model: "haiku", runningUsd: 650, decimals: 1, found: [never, never, never, never] },
  ] as const)("breaks even against $model at $runningUsd dollars a month", ({ model, runningUsd, decimals, found }) => {
    expect([1, 2, 5, 10].map((factor) => months(models[model], runningUsd, factor, decimals))).toEqual(found);
  });

  it("is under water again after 24 months against the dearest at 10 x a year", () => {
    const terms = { billUsd: models.sonnet, runningUsd: 650, capexUsd: 3_000, declinePerMonth: declineOfFactor(10) };
    expect(breakEvenOf(terms).underWaterMonths?.toFixed(0)).toBe("24");
  });
});

it("has the closed form of $15,000 against $2,000 a month, $300 of running and k = 0.06", () => {
  const terms = { billUsd: 2_000, runningUsd: 300, capexUsd: 15_000, declinePerMonth: 0.06 };
  const { firstMonths, underWaterMonths, peakMonths, peakUsd } = breakEvenOf(terms);
  expect(firstMonths?.toFixed(1)).toBe("14.5");
  expect(underWaterMonths?.toFixed(1)).toBe("57.6");
  expect(peakMonths?.toFixed(1)).toBe("31.6");
  expect(peakUsd?.toFixed(0)).toBe("3848");
  expect(hurdleBillUsd(terms).toFixed(0)).toBe("1725");
  expect(advantageAt(terms, peakMonths ?? 0).toFixed(0)).toBe("3848");
  expect(halfLifeMonths(0.06)?.toFixed(1)).toBe("11.6");
});

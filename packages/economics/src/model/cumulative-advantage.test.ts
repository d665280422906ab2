import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AdvantageTerms } from "./cumulative-advantage.ts";
import { advantageAt, breakEvenOf, hurdleBillUsd, optionValueUsd } from "./cumulative-advantage.ts";

const money = (max: number) => fc.double({ min: 1, max, noNaN: true });
const anyTerms = fc.record({
  billUsd: money(50_000),
  runningUsd: money(5_000),
  capexUsd: money(100_000),
  declinePerMonth: fc.double({ min: 0.001, max: 0.6, noNaN: true }),
});

/** First sign change by small steps and halving: knows nothing of Lambert's W. */
function firstCrossing(terms: AdvantageTerms, from: number, to: number): number | null {
  const steps = 20_000;
  const wasAbove = advantageAt(terms, from) >= 0;
  for (let i = 1; i <= steps; i += 1) {
    let high = from + ((to - from) * i) / steps;
    if (advantageAt(terms, high) >= 0 === wasAbove) continue;
    let low = from + ((to - from) * (i - 1)) / steps;
    for (let n = 0; n < 100; n += 1) {
      const middle = (low + high) / 2;
      if (advantageAt(terms, middle) >= 0 === wasAbove) low = middle;
      else high = middle;
    }
    return high;
  }
  return null;
}

describe("break-even under a falling price", () => {
  it("has both roots where the equation has them, and none where the peak is below zero", () => {
    fc.assert(
      fc.property(anyTerms, (terms) => {
        const { exists, firstMonths, underWaterMonths, peakMonths, peakUsd } = breakEvenOf(terms);
        if (!exists || firstMonths === null || underWaterMonths === null || peakMonths === null) {
          for (let t = 0; t < 2_000; t += 5) expect(advantageAt(terms, t)).toBeLessThan(1e-6);
          return;
        }
        expect(firstMonths).toBeLessThanOrEqual(peakMonths + 1e-6);
        expect(underWaterMonths).toBeGreaterThanOrEqual(peakMonths - 1e-6);
        const scale = terms.billUsd * peakMonths + terms.capexUsd;
        expect(Math.abs(advantageAt(terms, firstMonths)) / scale).toBeLessThan(1e-9);
        expect(Math.abs(advantageAt(terms, underWaterMonths)) / scale).toBeLessThan(1e-6);
        expect(advantageAt(terms, peakMonths)).toBeCloseTo(peakUsd ?? Number.NaN, 3);
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with a search that knows no formula", () => {
    const terms = { billUsd: 1_830, runningUsd: 650, capexUsd: 3_000, declinePerMonth: Math.log(5) / 12 };
    const found = breakEvenOf(terms);
    expect(found.firstMonths).toBeCloseTo(firstCrossing(terms, 0, found.peakMonths ?? 0) ?? Number.NaN, 9);
    expect(found.underWaterMonths).toBeCloseTo(firstCrossing(terms, found.peakMonths ?? 0, 200) ?? Number.NaN, 9);
  });

  it("exists exactly from the hurdle bill on", () => {
    fc.assert(
      fc.property(anyTerms, (terms) => {
        const hurdle = hurdleBillUsd(terms);
        expect(breakEvenOf({ ...terms, billUsd: hurdle * 1.000_001 }).exists).toBe(true);
        expect(breakEvenOf({ ...terms, billUsd: hurdle * 0.999_999 }).exists).toBe(false);
      }),
    );
  });

  it("does not take the formula's word for a bill below the running cost", () => {
    // a - m - m·ln(a/m) is large here as well, though the advantage only ever falls.
    const terms = { billUsd: 1, runningUsd: 1_000, capexUsd: 100, declinePerMonth: 0.06 };
    expect(
      terms.billUsd - terms.runningUsd - terms.runningUsd * Math.log(terms.billUsd / terms.runningUsd),
    ).toBeGreaterThan(6);
    expect(breakEvenOf(terms)).toMatchObject({ exists: false, firstMonths: null, peakMonths: 0, peakUsd: -100 });
  });

  it("goes over into the flat case as the decline goes to zero", () => {
    const flat = { billUsd: 261, runningUsd: 150, capexUsd: 3_000, declinePerMonth: 0 };
    const nearly = breakEvenOf({ ...flat, declinePerMonth: 1e-9 }).firstMonths ?? Number.NaN;
    expect(nearly).toBeCloseTo(breakEvenOf(flat).firstMonths ?? Number.NaN, 4);
    for (const declinePerMonth of [1e-17, -1e-17]) {
      expect(breakEvenOf({ ...flat, declinePerMonth }).firstMonths).toBeCloseTo(3_000 / 111, 9);
    }
  });
});

describe("the other cases", () => {
  it("without a decline are a division", () => {
    const terms = { billUsd: 400, runningUsd: 100, capexUsd: 3_000, declinePerMonth: 0 };
    expect(breakEvenOf(terms)).toMatchObject({ firstMonths: 10, underWaterMonths: null, peakUsd: null });
    expect(breakEvenOf({ ...terms, billUsd: 100 }).exists).toBe(false);
    expect(hurdleBillUsd(terms)).toBe(100);
  });

  it("without a running cost are a logarithm, and exist when the bill is above kH", () => {
    const terms = { billUsd: 400, runningUsd: 0, capexUsd: 3_000, declinePerMonth: 0.1 };
    const { firstMonths, underWaterMonths, peakUsd } = breakEvenOf(terms);
    expect(firstMonths).toBeCloseTo(-10 * Math.log(1 - 300 / 400), 12);
    expect(underWaterMonths).toBeNull();
    expect(peakUsd).toBeCloseTo(1_000, 9);
    expect(breakEvenOf({ ...terms, billUsd: 300 }).exists).toBe(false);
    expect(hurdleBillUsd(terms)).toBeCloseTo(300, 12);
  });

  it("under a rising price break even always, also from a bill below the running cost", () => {
    const rising = fc.record({
      billUsd: money(5_000),
      runningUsd: fc.double({ min: 0, max: 5_000, noNaN: true }),
      capexUsd: money(50_000),
      declinePerMonth: fc.double({ min: -0.3, max: -0.005, noNaN: true }),
    });
    fc.assert(
      fc.property(rising, (terms) => {
        const { exists, firstMonths, underWaterMonths } = breakEvenOf(terms);
        expect(exists).toBe(true);
        expect(underWaterMonths).toBeNull();
        const scale = terms.capexUsd + terms.runningUsd * (firstMonths ?? 0);
        expect(Math.abs(advantageAt(terms, firstMonths ?? Number.NaN)) / scale).toBeLessThan(1e-9);
      }),
    );
    expect(hurdleBillUsd({ runningUsd: 100, capexUsd: 1_000, declinePerMonth: -0.01 })).toBe(0);
  });

  it("break even at once when nothing has to be bought, and never without a bill", () => {
    expect(breakEvenOf({ billUsd: 10, runningUsd: 5, capexUsd: 0, declinePerMonth: 0.1 }).firstMonths).toBeCloseTo(
      0,
      12,
    );
    expect(breakEvenOf({ billUsd: 0, runningUsd: 0, capexUsd: 0, declinePerMonth: 0 }).exists).toBe(false);
  });
});

it("values the freedom to switch at what the price falls by", () => {
  const k = Math.log(2) / 12;
  const value = optionValueUsd({ billUsd: 1_000, growthPerMonth: 0, declinePerMonth: k }, 12);
  expect(value).toBeCloseTo(12_000 - 500_000 / (1_000 * k), 6);
  expect(optionValueUsd({ billUsd: 1_000, growthPerMonth: 0.02, declinePerMonth: 0 }, 12)).toBe(0);
  expect(optionValueUsd({ billUsd: 1_000, growthPerMonth: 0, declinePerMonth: -k }, 12)).toBeLessThan(0);
});

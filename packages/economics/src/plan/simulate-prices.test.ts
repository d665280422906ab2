import { describe, expect, it } from "vitest";
import { publishedMovesOn } from "../history/price-moves.ts";
import { breakEvenOf } from "../model/cumulative-advantage.ts";
import { declineOfFactor } from "../model/decline.ts";
import type { Decline } from "./inputs.ts";
import { simulatePrices } from "./simulate-prices.ts";

const decline = (perMonth: number, interval: Decline["interval"] = null): Decline => ({
  perMonth,
  interval,
  basis: "stated",
  source: "a test",
});
const noMoves = { logRatios: [], months: 0, source: "none", isObserved: false };
const terms = {
  billUsd: 2_000,
  runningUsd: 300,
  capexUsd: 15_000,
  growthPerMonth: 0,
  decline: decline(0.06),
  moves: noMoves,
  months: 60,
  draws: 500,
  seed: 7,
};

const publishedMoves = publishedMovesOn("2026-11-26");

describe("simulated prices", () => {
  it("without jumps are the closed form, within a month of straight line", () => {
    const { p10, p50, p90, neverShare, fan } = simulatePrices(terms);
    const exact = breakEvenOf({ ...terms, declinePerMonth: 0.06 }).firstMonths ?? Number.NaN;
    expect(p50).toBeCloseTo(exact, 1);
    expect([p10, p90]).toEqual([p50, p50]);
    expect(neverShare).toBe(0);
    expect(fan).toHaveLength(61);
    expect(fan[0]).toEqual({ month: 0, p10: -15_000, p50: -15_000, p90: -15_000 });
  });

  it("with very many small jumps are the closed form nearly", () => {
    const moves = {
      logRatios: Array.from({ length: 4_000 }, () => -0.001),
      months: 100,
      source: "many",
      isObserved: true,
    };
    const { p50 } = simulatePrices({ ...terms, moves });
    expect(p50).toBeGreaterThan(13.5);
    expect(p50).toBeLessThan(15.5);
  });

  it("repeat for one seed, and differ for another", () => {
    const given = { ...terms, moves: publishedMoves };
    expect(simulatePrices(given)).toEqual(simulatePrices(given));
    expect(simulatePrices({ ...given, seed: 8 }).fan).not.toEqual(simulatePrices(given).fan);
  });

  it("spread where prices jump, and say how often the machine never pays", () => {
    const { p10, p50, p90, neverShare, fan } = simulatePrices({
      ...terms,
      moves: publishedMoves,
      draws: 4_000,
    });
    expect(p10 ?? Number.NaN).toBeLessThan(p50 ?? Number.POSITIVE_INFINITY);
    expect(p90).toBeNull(); // more than one path in ten has fallen too far by then
    expect(neverShare).toBeGreaterThan(0.1);
    expect(neverShare).toBeLessThan(0.5);
    for (const { p10: low, p50: middle, p90: high } of fan) expect(low <= middle && middle <= high).toBe(true);
  });

  it("drift as the plan's decline does: on average the bill halves in a year at 2 x", () => {
    const given = {
      ...terms,
      decline: decline(declineOfFactor(2)),
      moves: publishedMoves,
      draws: 20_000,
      months: 12,
    };
    const flat = simulatePrices({ ...given, decline: decline(0) }).fan.at(-1)?.p50 ?? 0;
    const halving = simulatePrices(given).fan.at(-1)?.p50 ?? 0;
    expect(halving).toBeLessThan(flat);
  });

  it("grow with the volume, and fall under a rising price", () => {
    const grown = simulatePrices({ ...terms, growthPerMonth: 0.06 });
    expect(grown.p50).toBeCloseTo(15_000 / 1_700, 1); // growth and decline cancel
    const rising = simulatePrices({ ...terms, decline: decline(-0.05) });
    expect(rising.p50).toBeLessThan(15_000 / 1_700);
  });

  it("take a decline that is not known exactly from its interval", () => {
    const { p10, p90 } = simulatePrices({ ...terms, decline: decline(0.06, { low: 0.03, high: 0.09 }), draws: 4_000 });
    expect(p10 ?? Number.NaN).toBeLessThan((p90 ?? Number.POSITIVE_INFINITY) - 0.5);
  });

  it("never pay against no bill, and pay at once where nothing is bought", () => {
    expect(simulatePrices({ ...terms, billUsd: 0 })).toMatchObject({ p10: null, p90: null, neverShare: 1 });
    expect(simulatePrices({ ...terms, capexUsd: 0 }).p90).toBe(0);
  });
});

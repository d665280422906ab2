import { describe, expect, it } from "vitest";
import { declineOfFactor } from "../model/decline.ts";
import type { DatedPrice } from "./fit-decline.ts";
import { fitDecline, isLongEnough } from "./fit-decline.ts";
import { constantQuality, sameSku, sameSlot } from "./price-indices.ts";
import { movesOfCatalogs, movesOfIndex, publishedMovesOn } from "./price-moves.ts";
import type { CatalogPrice, DatedCatalog } from "./price-point.ts";
import { slotOfModel } from "./slot-of-model.ts";

const price = (
  model: string,
  usdPerQuery: number | null,
  quality: number | null = null,
  retiresOn?: string,
): CatalogPrice => ({
  provider: "acme",
  model,
  usdPerQuery,
  quality,
  ...(retiresOn !== undefined && { retiresOn }),
});
const catalog = (date: string, prices: readonly CatalogPrice[], source = "list"): DatedCatalog => ({
  date,
  source,
  prices,
});
const pricesOf = (points: readonly { readonly usdPerQuery: number }[]) => points.map(({ usdPerQuery }) => usdPerQuery);

function isUsable(points: readonly DatedPrice[]): boolean {
  const fitted = fitDecline(points);
  return fitted !== undefined && isLongEnough(fitted);
}

/** The first of each month from January 2025. */
const monthly = (month: number) => new Date(Date.UTC(2025, month, 1)).toISOString().slice(0, 10);

describe("the constant-quality index", () => {
  const catalogs = [
    catalog("2026-01-01", [price("large", 10, 0.8), price("small", 1, 0.4)]),
    catalog("2026-03-01", [price("large", 8, 0.8), price("clever", 2, 0.75), price("small", 1, 0.4)]),
    catalog("2026-05-01", [price("large", 8, 0.8), price("small", 1, 0.4)]),
  ];

  it("is the cheapest model of that quality, and rises again when that one is listed no more", () => {
    expect(pricesOf(constantQuality(catalogs, 0.7))).toEqual([10, 2, 8]);
    expect(constantQuality(catalogs, 0.7).map(({ model }) => model)).toEqual([
      "acme/large",
      "acme/clever",
      "acme/large",
    ]);
    expect(pricesOf(constantQuality(catalogs, 0.3))).toEqual([1, 1, 1]);
    expect(constantQuality(catalogs, 0.9)).toEqual([]);
    expect(constantQuality([], 0.5)).toEqual([]);
  });

  it("rises on the date of a retirement, also where the catalog still lists the model", () => {
    const retiring = [price("clever", 2, 0.75, "2026-04-01"), price("large", 8, 0.8)];
    expect(pricesOf(constantQuality([catalog("2026-03-01", retiring), catalog("2026-04-01", retiring)], 0.7))).toEqual([
      2, 8,
    ]);
  });

  it("compares no list with another, and takes a quality that another one tells", () => {
    const two = [catalog("2026-01-01", [price("m", 2)], "a"), catalog("2026-02-01", [price("m", 3, 0.8)], "b")];
    expect(constantQuality(two, 0.7).map(({ usdPerQuery, source }) => [usdPerQuery, source])).toEqual([
      [2, "a"],
      [3, "b"],
    ]);
    expect(fitDecline(constantQuality(two, 0.7))).toBeUndefined();
  });

  it("never counts an unknown price as a low one", () => {
    expect(
      pricesOf(constantQuality([catalog("2026-01-01", [price("m", null, 0.9), price("n", 5, 0.9)])], 0.7)),
    ).toEqual([5]);
  });
});

describe("the other two indices", () => {
  const catalogs = [
    catalog("2024-08-01", [price("gpt-4o-mini", 0.15)]),
    catalog("2025-05-01", [
      price("gpt-4o-mini", 0.15),
      price("gpt-4.1-mini-2025-04-14", 0.4),
      price("gpt-4.1-mini", 0.4),
    ]),
    catalog("2025-09-01", [price("gpt-4.1-mini", 0.4), price("gpt-5-mini", 0.25)]),
    catalog("2026-05-01", [price("gpt-5-mini", 0.2), price("gpt-5.4-mini", 0.75), price("gpt-5.4", 2.5)]),
  ];

  it("follow a slot through its generations, upwards too", () => {
    expect(pricesOf(sameSlot(catalogs, "acme", "gpt-5-mini"))).toEqual([0.15, 0.4, 0.25, 0.75]);
  });

  it("follow one model's list price, by either form of its name", () => {
    expect(pricesOf(sameSku(catalogs, "gpt-5-mini"))).toEqual([0.25, 0.2]);
    expect(pricesOf(sameSku(catalogs, "acme/gpt-5-mini"))).toEqual([0.25, 0.2]);
    expect(sameSku(catalogs, "none")).toEqual([]);
  });

  it.each([
    ["gpt-5.4-mini", "acme/gpt-mini", [5, 4]],
    ["gpt-4o", "acme/gpt", [4]],
    ["claude-haiku-4-5-20251001", "acme/claude-haiku", [4, 5]],
    ["gemini-2.5-flash", "acme/gemini-flash", [2, 5]],
    ["llama-3.3-70b-versatile", "acme/llama-70b-versatile", [3, 3]],
    ["deepseek-v4-flash-0731", "acme/deepseek-flash", [4]],
    ["o3", "acme/o", [3]],
  ])("read %s as %s", (model, slot, version) => {
    expect(slotOfModel("acme", model)).toEqual({ slot, version });
  });
});

describe("jumps", () => {
  it("are of both signs, and of one source at a time", () => {
    const catalogs = [
      catalog("2026-01-01", [price("m", 1), price("n", 5)]),
      catalog("2026-07-01", [price("m", 2), price("n", 5.000_000_000_1)]),
      catalog("2026-07-01", [price("m", 9)], "another list"),
    ];
    const moves = movesOfCatalogs(catalogs);
    expect(moves.logRatios).toEqual([Math.log(2)]);
    expect(moves.months).toBeCloseTo(2 * 5.947, 2);
    expect(movesOfIndex(constantQuality([], 0), "none")).toMatchObject({ logRatios: [], months: 0 });
  });

  it("that were published fall and rise, and what lies after the day is called announced", () => {
    const { logRatios, source } = publishedMovesOn("2026-11-26");
    expect(logRatios.filter((move) => move > 0)).toHaveLength(3);
    expect(logRatios.filter((move) => move < 0)).toHaveLength(3);
    expect(source).toBe("6 published changes of list prices, 5 made 2025-02 to 2026-08, 1 announced for 2027-01-01");
    expect(publishedMovesOn("2027-01-01").source).toBe("6 published changes of list prices, 6 made 2025-02 to 2027-01");
  });
});

describe("the fitted decline", () => {
  const falling = (factor: number, noise: (month: number) => number = () => 0) =>
    Array.from({ length: 18 }, (_, month) => {
      const date = monthly(month);
      const months = (Date.parse(date) - Date.parse(monthly(0))) / ((365.25 * 86_400_000) / 12);
      return { date, usdPerQuery: Math.exp(noise(month) - declineOfFactor(factor) * months) };
    });

  it("is exact where the price falls exactly", () => {
    const fitted = fitDecline(falling(5));
    expect(fitted?.perMonth).toBeCloseTo(declineOfFactor(5), 12);
    expect(fitted?.xPerYear).toBeCloseTo(5, 9);
    expect(fitted?.interval?.high).toBeCloseTo(fitted?.interval?.low ?? 0, 9);
    expect(fitted).toMatchObject({ points: 18 });
  });

  it("has an interval as wide as a textbook's, here with t of 16 degrees", () => {
    const fitted = fitDecline(falling(5, (month) => (month % 2 === 0 ? 0.1 : -0.1)));
    expect(fitted?.interval?.low).toBeLessThan(declineOfFactor(5));
    expect(fitted?.interval?.high).toBeGreaterThan(declineOfFactor(5));
    const half = ((fitted?.interval?.high ?? 0) - (fitted?.interval?.low ?? 0)) / 2;
    expect(half).toBeCloseTo((2.12 * 0.1 * Math.sqrt(18 / 16)) / Math.sqrt(484.5), 3);
  });

  it("has one slope over lists of different heights", () => {
    const low = falling(5).map((point) => ({ ...point, source: "a" }));
    const high = falling(5).map(({ date, usdPerQuery }) => ({ date, usdPerQuery: 9 * usdPerQuery, source: "b" }));
    expect(fitDecline([...low.slice(0, 9), ...high.slice(9)])?.xPerYear).toBeCloseTo(5, 9);
  });

  it("is no ground for a plan before a quarter is over, nor without an interval", () => {
    expect(falling(5).map((_, i) => isUsable(falling(5).slice(0, i + 1)))).toEqual(falling(5).map((_, i) => i >= 4));
    expect(isUsable([falling(5)[0], falling(5)[17]].flatMap((point) => point ?? []))).toBe(false);
  });

  it("says nothing of one date, nothing of the spread of two points, and rises where prices do", () => {
    expect(fitDecline([])).toBeUndefined();
    expect(fitDecline([{ date: "2026-01-01", usdPerQuery: 1 }])).toBeUndefined();
    const two = fitDecline([
      { date: "2026-01-01", usdPerQuery: 1 },
      { date: "2027-01-01", usdPerQuery: 2 },
    ]);
    expect(two).toMatchObject({ interval: null, halfLifeMonths: null, points: 2 });
    expect(two?.xPerYear).toBeCloseTo(0.5, 2);
  });
});

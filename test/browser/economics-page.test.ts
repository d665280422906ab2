import type { EconomicsInputs } from "@larder/economics";
import {
  decideEconomics,
  declineOfFactor,
  economicsPage,
  publishedMovesOn,
  toEconomicsDocument,
} from "@larder/economics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DrawnPlot, OpenedPage } from "./launch-browser.ts";
import { inspectPlots, launchBrowser, lookOf, openPage, widthsOf } from "./launch-browser.ts";

/** The page of local hardware against an API as a browser draws it, with every chart that it can have. */
const browser = await launchBrowser();

const option = { provider: "acme", qualityBasis: "catalog" } as const;
const inputs: EconomicsInputs = {
  today: "2026-11-26",
  workload: {
    ...{ queriesPerMonth: 300_000, inputTokensPerQuery: 4_600, outputTokensPerQuery: 300 },
    ...{ peakFactor: 2, growthPerMonth: 0, batchableRatio: 0, basis: "stated" },
  },
  comparator: { ...option, model: "a-model-with-a-rather-long-name", usdPerQuery: 0.0061, quality: 0.7 },
  strictest: { ...option, model: "best", usdPerQuery: 0.0122, quality: 0.8 },
  capableBecause: "The catalog has it at 70 %.",
  apiAfter: ["list price"],
  decline: { perMonth: declineOfFactor(3), interval: null, basis: "stated", source: "stated" },
  moves: publishedMovesOn("2026-11-26"),
  machine: {
    ...{ name: "a box", capexUsd: 3_000, setupHours: 10, lifeMonths: 36 },
    salvage: { usd: 500, lowUsd: -500, highUsd: 1_500, decayPerMonth: 0.03 },
    ...{ activeWatts: 350, idleWatts: 45, usdPerKwh: 0.25, tokensPerSecond: { prefill: 4_000, decode: 400 } },
    ...{ concurrency: 8, speedBasis: "stated", utilisationMax: 0.7, operationsHoursPerMonth: 4 },
    ...{ usdPerOperationsHour: 90, operationsBasis: "stated", otherUsdPerMonth: 20, quality: 0.75 },
    qualityGate: "passed",
  },
  policy: { regions: [], isOfflineRequired: false, blocked: [] },
  risk: { outageHoursPerMonth: 0, usdPerOutageHour: 0, deprecationsPerMonth: 0, usdPerMigration: 0, usdPerError: 0 },
  draws: 400,
  seed: 7,
};
const point = (date: string, usd: number) => {
  return { date, usd_per_query: usd.toFixed(9), model: "acme/m", source: "litellm" };
};
const falling = [point("2026-01-01", 0.01), point("2026-05-01", 0.012), point("2026-10-01", 0.004)];
const document = toEconomicsDocument(decideEconomics(inputs), {
  priceBookId: "prices-test",
  quantisation: [],
  priceHistory: { same_sku: falling, same_slot: falling, constant_quality: falling },
  warnings: ["a warning"],
});

describe.skipIf(browser === undefined)(
  "the economics page in a browser (skipped where the packaged one does not start)",
  () => {
    let opened: OpenedPage;

    beforeAll(async () => {
      if (browser !== undefined) opened = await openPage(browser, economicsPage(document));
    });
    afterAll(async () => {
      await opened[Symbol.asyncDispose]();
      await browser?.close();
    });

    it("asks for nothing but itself, and complains of nothing", () => {
      expect(opened.asked).toHaveLength(1);
      expect(opened.problems).toEqual([]);
    });

    it("draws fan, surface, tornado and price history in their places, with every word inside", async () => {
      const plots = (await opened.page.evaluate(inspectPlots)) as readonly DrawnPlot[];
      expect(plots).toHaveLength(4);
      for (const plot of plots) expect(plot).toMatchObject({ isThere: true, outside: [] });
      expect(plots.every(({ marks }) => marks > 2)).toBe(true);
      expect(new Set(plots.map(({ title }) => title)).size).toBe(4);
    });

    it("is no wider than the window, on a desk and on a telephone", async () => {
      const [desk, telephone] = await widthsOf(opened.page, [1_000, 360]);
      expect(desk).toBeLessThanOrEqual(1_000);
      expect(telephone).toBeLessThanOrEqual(360);
    });

    it("turns dark with the reader's browser, and prints", async () => {
      const [light, dark] = [await lookOf(opened.page, "light"), await lookOf(opened.page, "dark")];
      expect(light.paper - light.ink).toBeGreaterThan(150);
      expect(dark.ink - dark.paper).toBeGreaterThan(150);
      expect([light, dark].every(({ png }) => png.length > 50_000)).toBe(true);
      expect(Buffer.compare(light.png, dark.png)).not.toBe(0);
      expect(Buffer.from((await opened.page.pdf({ format: "A4" })).subarray(0, 5)).toString()).toBe("%PDF-");
    });
  },
);

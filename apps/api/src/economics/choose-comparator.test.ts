import type { ModelEntry, NanoUsdPerMTok, QualityPosterior } from "@larder/contracts";
import { parseUsdPerMTok } from "@larder/contracts";
import { createPriceBook } from "@larder/generator-router";
import { describe, expect, it } from "vitest";
import { economicsRequest } from "../request/economics-request.ts";
import { chooseComparator } from "./choose-comparator.ts";

const rate = (text: string) => parseUsdPerMTok(text) as NanoUsdPerMTok;
const entry = (model: string, input: string, output: string, more: Partial<ModelEntry> = {}): ModelEntry => ({
  provider: "acme",
  model,
  isLocal: false,
  regions: [],
  contextTokens: 128_000,
  outputTokensMax: null,
  rates: { inputFresh: rate(input), inputCacheRead: rate("0.1"), outputText: rate(output) },
  tiers: [],
  cards: { batch: { rates: { inputFresh: rate("0.5"), outputText: rate("2.5") }, tiers: [] } },
  cache: null,
  capabilities: [],
  quality: 0.6,
  sources: [{ name: "test", asOf: "2026-11-01" }],
  ...more,
});
const terra = entry("terra", "1", "5");
const cheap = entry("cheap", "0.2", "1", { quality: 0.9 });

const requestOf = (more: object = {}, workload: object = {}) =>
  economicsRequest.parse({
    workload: { queries_per_month: 1, in_tok_per_q: 1_000_000, out_tok_per_q: 100_000, ...workload },
    local: { capex_usd: 0, power_w: { active: 0, idle: 0 }, kwh_usd: 0 },
    ...more,
  });
const choose = (
  models: readonly ModelEntry[],
  request = requestOf(),
  judged: Partial<QualityPosterior> | undefined = undefined,
) =>
  chooseComparator(request, {
    priceBook: createPriceBook(models, { today: "2026-11-01" }),
    quality: ({ model }) => (model === "cheap" ? (judged as QualityPosterior | undefined) : undefined),
    today: "2026-11-26",
  });
const wide = { contextTokens: 2_000_000 };
const models = [entry("terra", "1", "5", wide), { ...cheap, ...wide }];

describe("the comparator", () => {
  it("is the cheapest, whatever it is like, where no quality is asked for; and the page says so", () => {
    const { comparator, capableBecause } = choose(models);
    expect(comparator).toMatchObject({ model: "cheap", usdPerQuery: 0.3, qualityBasis: "catalog" });
    expect(capableBecause).toContain("no quality was asked for and nothing was measured");
  });

  it("takes the lower end of what was judged above the catalog's word, once there is enough of it", () => {
    const request = requestOf({ min_quality: 0.5 });
    const bad = { mean: 0.6, lowerBound: 0.4 };
    expect(choose(models, request, { ...bad, weight: 3 }).comparator?.model).toBe("cheap");
    expect(choose(models, request, { ...bad, weight: 30 }).comparator?.model).toBe("terra");
    const good = choose(models, request, { mean: 0.8, lowerBound: 0.7, weight: 30 });
    expect(good.comparator).toMatchObject({ model: "cheap", quality: 0.8, qualityBasis: "observed" });
    expect(good.capableBecause).toContain(
      "Of 30 answers judged here 80 % were good, at least 70 % with 95 % certainty",
    );
  });

  it("is priced after the cache, and with what may wait in the batch lane", () => {
    const one = models.slice(0, 1);
    expect(choose(one).comparator?.usdPerQuery).toBeCloseTo(1.5, 12);
    expect(choose(one, requestOf({}, { cached_in_ratio: 0.5 })).comparator?.usdPerQuery).toBeCloseTo(
      0.5 + 0.05 + 0.5,
      12,
    );
    const halfBatch = choose(one, requestOf({}, { batchable_ratio: 0.5 }));
    expect(halfBatch.comparator?.usdPerQuery).toBeCloseTo((1.5 + 0.75) / 2, 12);
    expect(halfBatch.after).toEqual(["list price", "batch"]);
  });

  it("is never a local model, a free one, one that is retired or one whose window is too small", () => {
    const none = [
      entry("ours", "1", "1", { ...wide, isLocal: true }),
      entry("free", "0", "0", { ...wide, rates: { inputFresh: rate("0"), outputText: rate("0") } }),
      entry("gone", "1", "1", { ...wide, retiresOn: "2026-11-26" }),
      terra,
    ];
    const { comparator, capableBecause } = choose(none);
    expect(comparator).toBeUndefined();
    expect(capableBecause).toBe("No model with a known price fits the workload.");
  });
});

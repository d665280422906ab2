import type { ModelEntry, NanoUsdPerMTok, PriceBook, Rates, UsageTokens } from "@larder/contracts";
import { noTokens, parseUsdPerMTok, usageBuckets } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const usd = (text: string) => parseUsdPerMTok(text) as NanoUsdPerMTok;

const audio = { inputAudio: usd("6"), outputAudio: usd("16") };
const base: Rates = { ...audio, inputFresh: usd("2"), inputCacheRead: usd("0.2"), outputText: usd("8") };
const dear: Rates = { ...audio, inputFresh: usd("4"), inputCacheRead: usd("0.4"), outputText: usd("12") };
const free: Rates = { inputFresh: usd("0"), outputText: usd("0"), inputAudio: usd("0"), outputAudio: usd("0") };
const entry: ModelEntry = {
  provider: "acme",
  model: "tiered",
  isLocal: false,
  regions: ["eu"],
  contextTokens: 1_000_000,
  outputTokensMax: 32_000,
  rates: base,
  tiers: [{ inputTokens: 200_000, isInclusive: false, rates: dear }],
  cache: { prefixTokensMin: 1_024, ttlMs: 300_000 },
  capabilities: [],
  quality: 0.5,
  sources: [{ name: "test", asOf: "2026-11-01" }],
};
const entries: readonly ModelEntry[] = [
  entry,
  { ...entry, model: "inclusive", tiers: [{ inputTokens: 200_000, isInclusive: true, rates: dear }] },
  { ...entry, model: "flat", tiers: [], sources: [{ name: "test", asOf: "2026-11-20" }] },
  { ...entry, model: "unpriced", rates: null, tiers: [] },
  { ...entry, model: "free", isLocal: true, rates: free, tiers: [] },
];

const tokens = fc.record({
  inputFresh: fc.nat(400_000),
  inputCacheRead: fc.nat(400_000),
  inputCacheWrite: fc.nat(400_000),
  inputCacheWriteLong: fc.nat(400_000),
  inputAudio: fc.nat(100_000),
  inputImage: fc.nat(100_000),
  outputText: fc.nat(200_000),
  outputReasoning: fc.nat(200_000),
  outputAudio: fc.nat(200_000),
});
const pricedModel = fc.constantFrom("tiered", "inclusive", "flat", "free");

/** Runs the PriceBook contract against one adapter. */
export function describePriceBook(name: string, open: (entries: readonly ModelEntry[]) => PriceBook): void {
  describe(`${name} keeps the PriceBook contract`, () => {
    const book = open(entries);
    const cost = (model: string, used: Partial<UsageTokens>) => book.price("acme", model, { ...noTokens, ...used });
    const nano = (model: string, used: UsageTokens) => {
      const priced = book.price("acme", model, used);
      if (priced.kind !== "priced") throw new Error(`${model} is unpriced`);
      return priced.cost;
    };

    it("lists and finds what it was given, and nothing else", () => {
      expect(book.models().map(({ model }) => model)).toEqual(entries.map(({ model }) => model));
      expect(book.find("acme", "flat")?.model).toBe("flat");
      expect(book.find("acme", "none")).toBeUndefined();
      expect(book.find("none", "flat")).toBeUndefined();
      expect(open([]).models()).toEqual([]);
    });

    it("dates itself by its newest source", () => {
      expect(book.asOf).toBe("2026-11-20");
    });

    it("changes its id with any price, and with nothing else", () => {
      expect(open(entries).id).toBe(book.id);
      const dearer = entries.map((each) => ({
        ...each,
        rates: each.rates && { ...each.rates, outputText: usd("8.1") },
      }));
      expect(open(dearer).id).not.toBe(book.id);
    });

    it("prices unknown models and unknown prices as unpriced, never as free", () => {
      expect(cost("none", { inputFresh: 1 }).kind).toBe("unpriced");
      expect(cost("unpriced", {}).kind).toBe("unpriced");
      expect(cost("free", { inputFresh: 5_000, outputText: 100 })).toEqual({ kind: "priced", cost: 0n });
    });

    it.each([
      { what: "nothing", model: "flat", used: {}, nanoUsd: 0n },
      {
        what: "6,000 fresh at $2 and 400 out at $8",
        model: "flat",
        used: { inputFresh: 6_000, outputText: 400 },
        nanoUsd: 15_200_000n,
      },
      { what: "a read at its own rate", model: "flat", used: { inputCacheRead: 1_000 }, nanoUsd: 200_000n },
      {
        what: "a write without a rate as fresh input",
        model: "flat",
        used: { inputCacheWrite: 1_000 },
        nanoUsd: 2_000_000n,
      },
      {
        what: "reasoning without a rate as output",
        model: "flat",
        used: { outputReasoning: 1_000 },
        nanoUsd: 8_000_000n,
      },
      {
        what: "exactly on a line that is exceeded only above it",
        model: "tiered",
        used: { inputFresh: 200_000 },
        nanoUsd: 400_000_000n,
      },
      {
        what: "one above that line, all of it dearer",
        model: "tiered",
        used: { inputFresh: 200_001 },
        nanoUsd: 800_004_000n,
      },
      {
        what: "exactly on a line that counts from itself",
        model: "inclusive",
        used: { inputFresh: 200_000 },
        nanoUsd: 800_000_000n,
      },
      { what: "one below that line", model: "inclusive", used: { inputFresh: 199_999 }, nanoUsd: 399_998_000n },
      {
        what: "cached input towards the line",
        model: "tiered",
        used: { inputFresh: 1, inputCacheRead: 200_000, outputText: 1_000 },
        nanoUsd: 92_004_000n,
      },
      {
        what: "long output, which moves no line",
        model: "tiered",
        used: { outputText: 300_000 },
        nanoUsd: 2_400_000_000n,
      },
    ] as const)("prices $what", ({ model, used, nanoUsd }) => {
      expect(cost(model, used)).toEqual({ kind: "priced", cost: nanoUsd });
    });

    it("rounds once, upward", () => {
      const odd = open([{ ...entry, rates: { inputFresh: usd("0.0028"), outputText: usd("0.0001") }, tiers: [] }]);
      const price = (used: Partial<UsageTokens>) => odd.price("acme", "tiered", { ...noTokens, ...used });
      expect(price({ inputFresh: 1 })).toEqual({ kind: "priced", cost: 3n }); // 2.8
      expect(price({ inputFresh: 1, outputText: 2 })).toEqual({ kind: "priced", cost: 3n }); // 2.8 + 0.2: rounded apart, 4
      expect(price({ inputFresh: 5 })).toEqual({ kind: "priced", cost: 14n }); // exact
    });

    it("refuses counts that are none", () => {
      for (const bad of [Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY]) {
        expect(cost("flat", { outputText: bad })).toEqual({ kind: "unpriced", bucket: "outputText" });
      }
    });

    it("never goes below zero, and no bucket is cheaper with more in it", () => {
      fc.assert(
        fc.property(
          pricedModel,
          tokens,
          fc.constantFrom(...usageBuckets),
          fc.nat(1_000),
          (model, used, bucket, more) => {
            const before = nano(model, used);
            expect(before >= 0n).toBe(true);
            expect(nano(model, { ...used, [bucket]: used[bucket] + more }) >= before).toBe(true);
          },
        ),
      );
    });

    it("costs the sum of its buckets where no line is crossed", () => {
      fc.assert(
        fc.property(tokens, (used) => {
          const parts = usageBuckets.map((bucket) => nano("flat", { ...noTokens, [bucket]: used[bucket] }));
          expect(nano("flat", used)).toBe(parts.reduce((sum, part) => sum + part, 0n)); // these rates leave no remainder
        }),
      );
    });

    it("finds a cached token that costs more than a fresh one", () => {
      const odd = open([{ ...entry, rates: { ...base, inputCacheRead: usd("9") } }]);
      expect(odd.findings()).toEqual(
        expect.arrayContaining([expect.objectContaining({ model: "tiered", code: "cache_read_above_input" })]),
      );
    });
  });
}

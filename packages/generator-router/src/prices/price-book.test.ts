import type { ModelEntry, NanoUsdPerMTok, UsageBucket, UsageTokens } from "@larder/contracts";
import { noTokens, roundCost, tokensTimesRate, usageBuckets } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryOf, usd } from "../../test/router-fixtures.ts";
import { createPriceBook } from "./price-book.ts";

const codes = (entries: readonly ModelEntry[], today?: string) =>
  createPriceBook(entries, today === undefined ? {} : { today })
    .findings()
    .map(({ code }) => code);

it("prices the same whether the sum fits a double or not", () => {
  const rate = fc.bigInt(0n, 200_000_000_000n).map((value) => value as NanoUsdPerMTok);
  const count = fc.oneof(fc.nat(5_000), fc.nat(2_000_000), fc.nat(Number.MAX_SAFE_INTEGER));
  const perBucket = <T>(of: fc.Arbitrary<T>) =>
    fc
      .tuple(...usageBuckets.map(() => of))
      .map(
        (all) => Object.fromEntries(usageBuckets.map((bucket, i) => [bucket, all[i] as T])) as Record<UsageBucket, T>,
      );
  const rates = perBucket(rate);
  const used = perBucket(count);
  fc.assert(
    fc.property(rates, used, (all, tokens: UsageTokens) => {
      const book = createPriceBook([entryOf("m", "1", "1", { rates: all })]);
      const exact = usageBuckets.reduce((sum, bucket) => sum + tokensTimesRate(tokens[bucket], all[bucket]), 0n);
      expect(book.price("acme", "m", tokens)).toEqual({ kind: "priced", cost: roundCost(exact) });
    }),
    { numRuns: 2_000 },
  );
});

it("has one id for the same prices, whoever told them and when, and another for others", () => {
  const told = (asOf: string, input = "1") =>
    createPriceBook([entryOf("m", input, "4", { sources: [{ name: "providers file", asOf }] })]);
  expect(told("2026-11-27").id).toBe(told("2026-11-26").id);
  expect(told("2026-11-27").asOf).toBe("2026-11-27");
  expect(told("2026-11-26", "2").id).not.toBe(told("2026-11-26").id);
});

it("lets the last of two entries stand, and says so", () => {
  const book = createPriceBook([entryOf("m", "1", "1"), entryOf("m", "3", "3")]);
  expect(book.models()).toHaveLength(1);
  expect(book.price("acme", "m", { ...noTokens, inputFresh: 1_000_000 })).toEqual({
    kind: "priced",
    cost: 3_000_000_000n,
  });
  expect(book.findings().map(({ code }) => code)).toEqual(["entry_repeated"]);
});

it("keeps a tier's output at the tier's price and its cached tokens at the tier's input", () => {
  const tiers = [
    { inputTokens: 100, isInclusive: false, rates: { inputFresh: usd("2"), outputText: usd("4") } },
    { inputTokens: 1_000, isInclusive: false, rates: { inputFresh: usd("10"), outputText: usd("20") } },
  ];
  const rates = { inputFresh: usd("1"), inputCacheRead: usd("0.1"), outputText: usd("3") };
  const book = createPriceBook([entryOf("m", "1", "1", { rates, tiers })]);
  const cost = (used: Partial<UsageTokens>) => book.price("acme", "m", { ...noTokens, ...used });
  expect(cost({ inputCacheRead: 100, outputText: 10 })).toEqual({ kind: "priced", cost: 40_000n });
  expect(cost({ inputCacheRead: 101, outputText: 10 })).toEqual({ kind: "priced", cost: 242_000n });
  expect(cost({ inputCacheRead: 1_001, outputText: 10 })).toEqual({ kind: "priced", cost: 10_210_000n });
});

describe("lint", () => {
  it("finds nothing in a sound entry", () => {
    expect(codes([entryOf("m", "1", "4")], "2026-11-24")).toEqual([]);
    expect(codes([])).toEqual([]);
  });

  it.each<[string, ModelEntry]>([
    ["price_unknown", entryOf("m", "1", "4", { rates: null })],
    [
      "cache_read_above_input",
      entryOf("m", "1", "4", { rates: { inputFresh: usd("0.2"), inputCacheRead: usd("4.5"), outputText: usd("1") } }),
    ],
    ["input_implausible", entryOf("m", "5000", "5000")],
    ["output_input_ratio", entryOf("m", "0.2", "6")],
    ["output_input_ratio", entryOf("m", "1", "0.39")],
    ["price_negative", entryOf("m", "1", "4", { rates: { inputFresh: -1n as NanoUsdPerMTok, outputText: usd("1") } })],
    [
      "tier_below_base",
      entryOf("m", "1", "4", {
        tiers: [{ inputTokens: 9, isInclusive: true, rates: { inputFresh: usd("0.9"), outputText: usd("4") } }],
      }),
    ],
    ["context_unknown", entryOf("m", "1", "4", { contextTokens: null })],
    ["price_stale", entryOf("m", "1", "4", { sources: [{ name: "old", asOf: "2026-07-26" }] })],
  ])("finds %s", (code, entry) => {
    expect(codes([entry], "2026-11-24")).toEqual([code]);
  });

  it("lets prices age up to the limit, ratios reach theirs, and free models be free", () => {
    const atLimit = entryOf("m", "1", "20", { sources: [{ name: "aged", asOf: "2026-07-27" }] });
    expect(codes([atLimit, entryOf("b", "1", "0.4"), entryOf("c", "0", "0")], "2026-11-24")).toEqual([]);
  });
});

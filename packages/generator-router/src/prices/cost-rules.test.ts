import type { ModelEntry, PriceTerms, Rates, UsageTokens } from "@larder/contracts";
import { noTokens, parseUsdPerToken } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import { entryOf, usd } from "../../test/router-fixtures.ts";
import { usageOf } from "../usage/usage-of.ts";
import { createPriceBook } from "./price-book.ts";
import { priceUsage } from "./price-usage.ts";

const model = { provider: "acme", model: "m" };
function priced(entry: Partial<ModelEntry>, used: Partial<UsageTokens>, terms?: PriceTerms) {
  const book = createPriceBook([entryOf("m", "1", "1", entry)]);
  const found = book.price("acme", "m", { ...noTokens, ...used }, terms);
  return found.kind === "priced" ? found.cost : found.bucket;
}
const rates = (prices: { readonly [bucket in keyof Rates]?: string }): Rates =>
  Object.fromEntries(Object.entries(prices).map(([bucket, text]) => [bucket, usd(text)])) as unknown as Rates;

// Published by the providers, dollars per million tokens, 2026-08-01.
const sonnet: Partial<ModelEntry> = {
  rates: rates({
    inputFresh: "3",
    inputCacheRead: "0.3", // 0.1 times input
    inputCacheWrite: "3.75", // five minutes: 1.25 times
    inputCacheWriteLong: "6", // an hour: 2 times
    outputText: "15",
  }),
  fees: { search: 10_000_000n as never }, // $10 for a thousand searches
};
const gpt: Partial<ModelEntry> = {
  rates: rates({ inputFresh: "2.5", inputCacheRead: "0.25", outputText: "15" }),
  tiers: [
    {
      inputTokens: 272_000,
      isInclusive: false,
      rates: rates({ inputFresh: "5", inputCacheRead: "0.5", outputText: "22.5" }),
    },
  ],
  cards: {
    batch: { rates: rates({ inputFresh: "1.25", outputText: "7.5" }), tiers: [] },
    flex: { rates: rates({ inputFresh: "1.25", inputCacheRead: "0.13", outputText: "7.5" }), tiers: [] },
    priority: { rates: rates({ inputFresh: "5", inputCacheRead: "0.5", outputText: "30" }), tiers: [] },
  },
  regionMultipliers: [{ region: "eu", numerator: 11, denominator: 10 }],
};
const grok: Partial<ModelEntry> = {
  rates: rates({ inputFresh: "1.25", inputCacheRead: "0.2", outputText: "2.5" }),
  tiers: [
    {
      inputTokens: 200_000,
      isInclusive: true,
      rates: rates({ inputFresh: "2.5", inputCacheRead: "0.4", outputText: "5" }),
    },
  ],
};

describe("the cost rules, priced by hand", () => {
  it.each<[rule: string, entry: Partial<ModelEntry>, used: Partial<UsageTokens>, nano: bigint | string, PriceTerms?]>([
    ["1: fresh is what is neither read nor written", sonnet, { inputFresh: 700, inputCacheRead: 300 }, 2_190_000n],
    ["2: image tokens are input tokens where no rate is told", sonnet, { inputImage: 1_000 }, 3_000_000n],
    ["2: audio without a rate is unknown, not text", sonnet, { inputAudio: 1 }, "inputAudio"],
    ["2: and so is spoken output", sonnet, { outputAudio: 1 }, "outputAudio"],
    [
      "2: audio at its own rate",
      { rates: rates({ inputFresh: "2.5", inputAudio: "40", outputText: "10", outputAudio: "80" }) },
      { inputAudio: 100, outputAudio: 10 },
      4_000_000n + 800_000n,
    ],
    ["3: reasoning costs output", sonnet, { outputReasoning: 1_000 }, 15_000_000n],
    [
      "3: or its own rate",
      { rates: rates({ inputFresh: "1", outputText: "1", outputReasoning: "3" }) },
      { outputReasoning: 1_000 },
      3_000_000n,
    ],
    [
      "4: a missing read price is the input price",
      { rates: rates({ inputFresh: "2", outputText: "8" }) },
      { inputCacheRead: 1_000 },
      2_000_000n,
    ],
    [
      "4: an explicit read price of 0 is 0",
      { rates: rates({ inputFresh: "2", inputCacheRead: "0", outputText: "8" }) },
      { inputCacheRead: 1_000 },
      0n,
    ],
    ["5: a five-minute write", sonnet, { inputCacheWrite: 1_000 }, 3_750_000n],
    ["5: an hour's write", sonnet, { inputCacheWriteLong: 1_000 }, 6_000_000n],
    [
      "5: a missing write price is the input price",
      { rates: rates({ inputFresh: "2", outputText: "8" }) },
      { inputCacheWrite: 500, inputCacheWriteLong: 500 },
      2_000_000n,
    ],
    [
      "5: a missing hour's price is the short one",
      { rates: rates({ inputFresh: "2", inputCacheWrite: "2.5", outputText: "8" }) },
      { inputCacheWriteLong: 1_000 },
      2_500_000n,
    ],
    ["6: on the line of >, the base", gpt, { inputFresh: 272_000, outputText: 1_000 }, 680_000_000n + 15_000_000n],
    ["6: one above, all of it", gpt, { inputFresh: 272_001, outputText: 1_000 }, 1_360_005_000n + 22_500_000n],
    [
      "6: cached tokens count towards the line and are repriced too",
      gpt,
      { inputFresh: 1, inputCacheRead: 272_000 },
      5_000n + 136_000_000n,
    ],
    ["6: one below the line of >=", grok, { inputFresh: 199_999 }, 249_998_750n],
    ["6: on the line of >=", grok, { inputFresh: 200_000, outputText: 100 }, 500_000_000n + 500_000n],
    [
      "6: a tier without a read price takes its own input price",
      {
        rates: rates({ inputFresh: "1", inputCacheRead: "0.1", outputText: "4" }),
        tiers: [{ inputTokens: 100, isInclusive: false, rates: rates({ inputFresh: "2", outputText: "4" }) }],
      },
      { inputCacheRead: 101 },
      202_000n,
    ],
    ["7: flex", gpt, { inputFresh: 1_000, outputText: 100 }, 2_000_000n, { lane: "flex" }],
    ["7: priority", gpt, { inputFresh: 1_000, outputText: 100 }, 8_000_000n, { lane: "priority" }],
    ["7: a lane without a card is standard", grok, { inputFresh: 1_000 }, 1_250_000n, { lane: "flex" }],
    [
      "7: a card without a read price keeps the standard one",
      gpt,
      { inputCacheRead: 1_000 },
      250_000n,
      { lane: "batch" },
    ],
    ["8: batch by its own price", gpt, { inputFresh: 1_000, outputText: 1_000 }, 8_750_000n, { lane: "batch" }],
    [
      "8: which need not be half",
      {
        rates: rates({ inputFresh: "1.1", outputText: "4.4" }),
        cards: { batch: { rates: rates({ inputFresh: "0.6", outputText: "2.4" }), tiers: [] } },
      },
      { inputFresh: 1_000, outputText: 1_000 },
      3_000_000n,
      { lane: "batch" },
    ],
    [
      "8: a cached token in a batch at its own rate",
      {
        ...gpt,
        cards: {
          batch: { rates: rates({ inputFresh: "1.25", inputCacheRead: "0.125", outputText: "7.5" }), tiers: [] },
        },
      },
      { inputCacheRead: 1_000 },
      125_000n,
      { lane: "batch" },
    ],
    [
      "8: litellm#39861: a long batch has its own line",
      {
        ...gpt,
        cards: {
          batch: {
            rates: rates({ inputFresh: "1.25", outputText: "7.5" }),
            tiers: [
              { inputTokens: 272_000, isInclusive: false, rates: rates({ inputFresh: "2.5", outputText: "11.25" }) },
            ],
          },
        },
      },
      { inputFresh: 300_000, outputText: 1_000 },
      750_000_000n + 11_250_000n,
      { lane: "batch" },
    ],
    [
      "8: a batch card without that line is never cheaper above it than the standard one",
      gpt,
      { inputFresh: 300_000, outputText: 1_000 },
      1_500_000_000n + 22_500_000n,
      { lane: "batch" },
    ],
    [
      "8: nor does a dearer lane get cheaper above it",
      gpt,
      { inputFresh: 300_000, outputText: 1_000 },
      1_500_000_000n + 30_000_000n,
      { lane: "priority" },
    ],
    ["9: a region multiplies every token", gpt, { inputFresh: 1_000, outputText: 100 }, 4_400_000n, { region: "eu" }],
    ["9: exactly, rounded up once at the end", gpt, { inputCacheRead: 1 }, 275n, { region: "eu" }],
    ["9: one without a multiplier costs the list price", gpt, { inputFresh: 1_000 }, 2_500_000n, { region: "jp" }],
    ["9: in a batch above the line too", gpt, { inputFresh: 300_000 }, 1_650_000_000n, { region: "eu", lane: "batch" }],
    ["11: searches are paid each", sonnet, { inputFresh: 1_000 }, 3_000_000n + 20_000_000n, { searches: 2 }],
    ["11: of an unknown fee they are unpriced", gpt, { inputFresh: 1_000 }, "searches", { searches: 1 }],
    [
      "11: a fee for the request stands beside the tokens and is not multiplied",
      { ...gpt, fees: { request: 5_000_000n as never } },
      { inputFresh: 1_000 },
      2_750_000n + 5_000_000n,
      { region: "eu" },
    ],
    ["13: an unknown price is none", { rates: null }, { inputFresh: 1 }, "inputFresh"],
    [
      "13: litellm#36303: an explicit 0 is a price",
      { rates: rates({ inputFresh: "0", outputText: "0" }) },
      { outputText: 9 },
      0n,
    ],
  ])("rule %s", (_, entry, used, expected, terms) => {
    expect(priced(entry, used, terms)).toBe(expected);
  });

  it("rule 7: litellm#13810: a reply's own lane is billed, else the one that was asked for", () => {
    const book = createPriceBook([entryOf("m", "1", "1", gpt)]);
    const counts = { prompt_tokens: 1_000, completion_tokens: 100 };
    const cost = (tier: string | undefined, asked?: "flex") => {
      const usage = usageOf("chat", counts, { serviceTier: tier });
      return usage && priceUsage(book, model, usage, { atMs: 0, ...(asked && { lane: asked }) });
    };
    expect(cost("flex")).toBe(2_000_000n);
    expect(cost("default", "flex")).toBe(4_000_000n); // asked for flex, served as standard
    expect(cost(undefined, "flex")).toBe(2_000_000n);
  });

  it("rule 9: Anthropic's region is the one that the usage names", () => {
    const entry = { ...sonnet, regionMultipliers: [{ region: "us", numerator: 11, denominator: 10 }] };
    const book = createPriceBook([entryOf("m", "1", "1", entry)]);
    const usage = usageOf("anthropic", { input_tokens: 1_000, output_tokens: 0, inference_geo: "us" });
    expect(usage && priceUsage(book, model, usage, { atMs: 0 })).toBe(3_300_000n);
  });

  it("rule 12: text, dust and exponents are one integer", () => {
    expect(parseUsdPerToken("0.0000006000000000000001")).toBe(600_000_000n);
    expect(parseUsdPerToken("6e-07")).toBe(600_000_000n);
    expect(usd("0.6")).toBe(600_000_000n);
  });

  it("the provider's own charge stands above the book's", () => {
    const book = createPriceBook([entryOf("m", "1", "1", { rates: null })]);
    const usage = usageOf("chat", { prompt_tokens: 9, completion_tokens: 1, cost: 0.000123 });
    expect(usage && priceUsage(book, model, usage, { atMs: 0 })).toBe(123_000n);
  });
});

describe("rule 10: off-peak hours", () => {
  const entry: Partial<ModelEntry> = {
    rates: rates({ inputFresh: "0.27", inputCacheRead: "0.07", outputText: "1.1" }),
    offPeak: {
      windows: [{ startMinute: 16 * 60 + 30, endMinute: 30 }], // 16:30 to 00:30
      rates: { inputFresh: usd("0.135"), outputText: usd("0.55") },
    },
  };
  const used = { inputFresh: 1_000, inputCacheRead: 1_000, outputText: 1_000, outputReasoning: 1_000 };
  const full = 270_000n + 70_000n + 1_100_000n + 1_100_000n;
  const half = 135_000n + 70_000n + 550_000n + 550_000n; // what the window leaves out stays
  it.each([
    ["2026-11-26T16:29:59.999Z", full],
    ["2026-11-26T16:30:00.000Z", half],
    ["2026-11-26T23:59:59.999Z", half],
    ["2026-11-27T00:00:00.000Z", half],
    ["2026-11-27T00:29:59.999Z", half],
    ["2026-11-27T00:30:00.000Z", full],
    ["2026-11-26T18:00:00.000+05:00", full], // 13:00 UTC: no local clock shifts the window
  ])("at %s", (at, nano) => {
    expect(priced(entry, used, { atMs: Date.parse(at) })).toBe(nano);
  });

  it("keeps to its weekdays, by UTC", () => {
    const weekend = {
      ...entry,
      offPeak: { windows: [{ startMinute: 0, endMinute: 1_440, weekdays: [0, 6] }], rates: { inputFresh: usd("0.1") } },
    };
    const at = (text: string) => priced(weekend, { inputFresh: 1_000 }, { atMs: Date.parse(text) });
    expect(at("2026-11-27T23:59:59.999Z")).toBe(270_000n); // Friday
    expect(at("2026-11-28T00:00:00.000Z")).toBe(100_000n);
    expect(at("2026-11-29T23:59:59.999Z")).toBe(100_000n);
    expect(at("2026-11-30T00:00:00.000Z")).toBe(270_000n);
  });

  it("holds for no request whose time is not known, and in no other lane", () => {
    expect(priced(entry, used)).toBe(full);
    const batch = { ...entry, cards: { batch: { rates: rates({ inputFresh: "0.2", outputText: "1" }), tiers: [] } } };
    const atMs = Date.parse("2026-11-26T20:00:00Z");
    expect(priced(batch, { inputFresh: 1_000 }, { atMs, lane: "batch" })).toBe(200_000n);
  });

  it("reprices above a line too", () => {
    const tiered = {
      ...entry,
      tiers: [{ inputTokens: 100, isInclusive: false, rates: rates({ inputFresh: "9", outputText: "9" }) }],
    };
    expect(priced(tiered, { inputFresh: 1_000 }, { atMs: Date.parse("2026-11-26T20:00:00Z") })).toBe(135_000n);
  });
});

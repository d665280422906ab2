import type { Candidate, ModelEntry, NanoUsd, Policy, Refusal, RequestShape } from "@larder/contracts";
import { createManualClock } from "@larder/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryOf, fiveEntries, shape, tokenCounter, usd } from "../../test/router-fixtures.ts";
import { createPriceBook } from "../prices/price-book.ts";
import type { GeneratorRouterOptions } from "./generator-router.ts";
import { createGeneratorRouter } from "./generator-router.ts";

const unused = { id: "acme", isConfigured: true, generator: { id: "acme", generate: () => expect.unreachable() } };
const routerFor = (entries: readonly ModelEntry[], more: Partial<GeneratorRouterOptions> = {}) =>
  createGeneratorRouter({
    priceBook: createPriceBook(entries),
    providers: [unused],
    tokenCounter,
    clock: createManualClock(),
    ...more,
  });
const quote = (entries: readonly ModelEntry[], policy: Policy = {}, asked: Partial<RequestShape> = {}, more = {}) =>
  routerFor(entries, more).quote({ ...shape, ...asked }, policy).candidates;
const modelsOf = (candidates: readonly Candidate[]) => candidates.map(({ model }) => model);

describe("a quote", () => {
  it("is empty for an empty price book", () => {
    expect(quote([])).toEqual([]);
  });

  it("orders by expected cost, then the higher quality, then the name", () => {
    const same = (model: string, quality: number | null) => entryOf(model, "1", "1", { quality });
    const entries = [same("c", 0.5), same("b", 0.5), same("d", 0.9), same("a", null), entryOf("z", "0.5", "1")];
    expect(modelsOf(quote(entries))).toEqual(["z", "d", "b", "c", "a"]);
  });

  it("turns with the request: dear input loses on evidence, dear output on length", () => {
    const entries = [entryOf("dear-input", "1", "1"), entryOf("dear-output", "0.1", "10")];
    expect(modelsOf(quote(entries, {}, { inputTokens: 20_000, outputTokensExpected: 100 }))[0]).toBe("dear-output");
    expect(modelsOf(quote(entries, {}, { inputTokens: 500, outputTokensExpected: 800 }))[0]).toBe("dear-input");
  });

  it("puts the whole request on the tier that its input reaches", () => {
    const tiers = [{ inputTokens: 5_999, isInclusive: false, rates: { inputFresh: usd("9"), outputText: usd("9") } }];
    const entries = [entryOf("tiered", "0.1", "0.1", { tiers }), entryOf("flat", "1", "1")];
    expect(modelsOf(quote(entries))[0]).toBe("flat");
    expect(modelsOf(quote(entries, {}, { inputTokens: 5_999 }))[0]).toBe("tiered");
    expect(modelsOf(quote(entries, {}, { inputTokens: 5_999 }, { tokenRatios: { acme: 1.1 } }))[0]).toBe("flat");
    expect(
      quote(entries, {}, { inputTokens: 0, stablePrefixTokens: 0, outputTokensExpected: 0 })[0]?.expectedCost,
    ).toBe(0n);
  });

  it("scales tokens by the ratio of the model before that of its provider", () => {
    const more = { tokenRatios: { acme: 2, "acme/b": 3 } };
    const costs = quote([entryOf("a", "1", "0"), entryOf("b", "1", "0")], {}, {}, more).map(
      (each) => each.expectedCost,
    );
    expect(costs).toEqual([12_000_000n, 18_000_000n]);
  });

  it("takes the worst case at the full length, without cache, with writes where they are billed", () => {
    const rates = {
      inputFresh: usd("1"),
      inputCacheRead: usd("0.1"),
      inputCacheWrite: usd("1.25"),
      outputText: usd("2"),
    };
    const cache = { prefixTokensMin: 100, ttlMs: 60_000 };
    const [candidate] = quote([entryOf("a", "1", "2", { rates, cache })]);
    expect(candidate?.worstCost).toBe(9_100_000n); // 6,000 × $1.25/M + 800 × $2/M
    expect(candidate?.expectedCost).toBe(6_950_000n); // 5,400 × $1/M + 600 × $1.25/M + 400 × $2/M
    const plain = quote(
      [entryOf("a", "1", "2", { rates, cache })],
      {},
      {},
      { providers: [{ ...unused, cachesPrompts: false }] },
    );
    expect(plain[0]).toMatchObject({ worstCost: 7_600_000n, expectedCost: 6_800_000n });
  });

  it("leaves its figures unrounded to the nano-dollar above what a double can hold", () => {
    const [candidate] = quote(
      [entryOf("a", "150", "150", { contextTokens: 2_000_000 })],
      {},
      { inputTokens: 1_000_001 },
    );
    expect(candidate?.expectedCost).toBe(150_060_150_000n);
  });
});

describe("a model is out", () => {
  const local = entryOf("home", "0", "0", { isLocal: true, regions: [] });
  const cases: readonly [Refusal["code"], string, Partial<ModelEntry>, Policy, Partial<RequestShape>?][] = [
    [
      "context_too_small",
      "6,000 tokens in and up to 800 out exceed its window of 6,799.",
      { contextTokens: 6_799 },
      {},
    ],
    ["context_too_small", "Its context window is not known.", { contextTokens: null }, {}],
    ["output_too_small", "It gives at most 799 tokens; 800 are asked for.", { outputTokensMax: 799 }, {}],
    [
      "capability_missing",
      "It does not offer vision, tools.",
      {},
      { needs: ["tools"] },
      { needs: ["vision", "json_schema"] },
    ],
    ["not_local", "The policy allows local models only.", {}, { isLocalOnly: true }],
    ["provider_not_allowed", "The policy allows only the providers a, b.", {}, { providers: ["a", "b"] }],
    ["model_not_allowed", "The policy allows only the models x, acme/y.", {}, { models: ["x", "acme/y"] }],
    ["region_not_allowed", "The policy asks for us or jp; it is served in eu.", {}, { regions: ["us", "jp"] }],
    ["region_not_allowed", "The policy asks for us; its region is not known.", { regions: [] }, { regions: ["us"] }],
    ["quality_below_minimum", "Its quality is 0.6; at least 0.61 is asked for.", {}, { qualityMin: 0.61 }],
    ["quality_unknown", "Its quality is not known; at least 0 is asked for.", { quality: null }, { qualityMin: 0 }],
    [
      "quality_below_minimum",
      "Its quality is 0.6; at least 0.61 is asked for where a policy names no minimum.",
      {},
      { qualityFloor: 0.61 },
    ],
    [
      "quality_unknown",
      "Its quality is not known; at least 0.1 is asked for where a policy names no minimum.",
      { quality: null, sources: [{ name: "a list", url: "https://list.example", asOf: "2026-11-20" }] },
      { qualityFloor: 0.1 },
    ],
    ["price_unknown", "Its price is not known, and unknown is not free.", { rates: null }, {}],
    [
      "cost_above_maximum",
      "It could cost $0.007600000; at most $0.007599999 is allowed.",
      {},
      { costMax: 7_599_999n as NanoUsd },
    ],
    ["retired", "The provider served it until 2026-11-23.", { retiresOn: "2026-11-23" }, {}],
    ["no_credentials", "No key for nobody is configured.", { provider: "nobody" }, {}],
  ];
  it.each(cases)("as %s: %s", (code, sentence, more, policy, asked = {}) => {
    const [candidate] = quote([entryOf("m", "1", "2", more)], policy, asked);
    expect(candidate).toMatchObject({ isEligible: false, reasons: [sentence], refusals: [{ code, sentence }] });
  });

  it("when a policy names another provider's model whose name is the same as its own id", () => {
    const own = entryOf("gpt", "2", "2", { provider: "openai" });
    const resold = entryOf("openai/gpt", "1", "1");
    const openai = { ...unused, id: "openai" };
    const policy = { models: ["openai/gpt"] };
    const both = quote([own, resold], policy, {}, { providers: [unused, openai] });
    expect(both.map(({ provider, isEligible }) => [provider, isEligible])).toEqual([
      ["openai", true],
      ["acme", false],
    ]);
    expect(quote([resold], policy)[0]?.isEligible).toBe(true); // alone, its id is what was meant
  });

  it("as offline, unless it is local", () => {
    const candidates = quote([...fiveEntries, local], {}, {}, { isOffline: true });
    expect(candidates.filter(({ isEligible }) => isEligible).map(({ model }) => model)).toEqual(["home"]);
    expect(candidates.at(-1)?.refusals[0]?.code).toBe("offline");
  });

  it("for every reason at once, in a fixed order", () => {
    const [candidate] = quote([entryOf("m", "1", "2", { rates: null, contextTokens: 10 })], { isLocalOnly: true });
    expect(candidate?.refusals.map(({ code }) => code)).toEqual(["not_local", "context_too_small", "price_unknown"]);
  });

  it.each<[string, Partial<ModelEntry>, Policy]>([
    ["a window that the request fills exactly", { contextTokens: 6_800 }, {}],
    ["an output that is exactly the maximum", { outputTokensMax: 800 }, {}],
    ["an output limit that is not known", { outputTokensMax: null }, {}],
    ["its name, with its provider or without", {}, { models: ["acme/m"] }],
    ["one region of several", { regions: ["us", "eu"] }, { regions: ["eu", "jp"] }],
    ["exactly the quality asked for", {}, { qualityMin: 0.6 }],
    ["a quality below the floor, where a minimum of its own is asked for", {}, { qualityMin: 0, qualityFloor: 0.9 }],
    ["a quality that nobody knows under a floor, being the user's own", { quality: null }, { qualityFloor: 0.9 }],
    ["a quality that nobody knows under a floor, being local", { quality: null, isLocal: true }, { qualityFloor: 0.9 }],
    ["exactly the cost allowed", {}, { costMax: 7_600_000n as NanoUsd }],
    ["the last day of its service", { retiresOn: "2026-11-24" }, {}],
    ["being local, whatever the region", { isLocal: true, regions: [] }, { regions: ["eu"], isLocalOnly: true }],
  ])("but not for %s", (_, more, policy) => {
    expect(quote([entryOf("m", "1", "2", more)], policy)[0]?.isEligible).toBe(true);
  });

  it("when the request's own numbers are none", () => {
    expect(quote(fiveEntries, {}, { inputTokens: Number.NaN }).every(({ isEligible }) => !isEligible)).toBe(true);
  });
});

describe("the choice among random catalogs", () => {
  const price = fc.integer({ min: 0, max: 20_000 }).map((mills) => (mills / 1_000).toFixed(3));
  const model = fc.record({
    input: price,
    output: price,
    tierAt: fc.option(fc.integer({ min: 1, max: 60_000 }), { nil: undefined }),
    contextTokens: fc.option(fc.integer({ min: 1_000, max: 60_000 }), { nil: null }),
    outputTokensMax: fc.option(fc.integer({ min: 1, max: 4_000 }), { nil: null }),
    quality: fc.option(
      fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
      { nil: null },
    ),
    isLocal: fc.boolean(),
    isPriced: fc.boolean(),
    hasTools: fc.boolean(),
  });
  const asked = fc.record({
    inputTokens: fc.nat(40_000),
    outputTokensMax: fc.integer({ min: 1, max: 4_000 }),
    expectedPart: fc.double({ min: 0, max: 1, noNaN: true }),
    needsTools: fc.boolean(),
    qualityMin: fc.option(
      fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
      { nil: undefined },
    ),
    isLocalOnly: fc.boolean(),
    costMax: fc.option(fc.bigInt(0n, 50_000_000n), { nil: undefined }),
  });

  it("is the cheapest eligible model, by a search that shares no code", () => {
    fc.assert(
      fc.property(fc.array(model, { maxLength: 12 }), asked, (models, ask) => {
        const entries = models.map((each, index) =>
          entryOf(`m${index}`, each.input, each.output, {
            contextTokens: each.contextTokens,
            outputTokensMax: each.outputTokensMax,
            quality: each.quality,
            isLocal: each.isLocal,
            capabilities: each.hasTools ? ["tools"] : [],
            ...(each.isPriced ? {} : { rates: null }),
            tiers:
              each.tierAt === undefined
                ? []
                : [
                    {
                      inputTokens: each.tierAt,
                      isInclusive: index % 2 === 0,
                      rates: { inputFresh: usd("30"), outputText: usd("30") },
                    },
                  ],
          }),
        );
        const expectedOut = Math.floor(ask.expectedPart * ask.outputTokensMax);
        const nano = (usdText: string) => BigInt(Math.round(Number(usdText) * 1_000)) * 1_000_000n;
        const costOf = (each: (typeof models)[number], index: number, output: number) => {
          const isDear =
            each.tierAt !== undefined &&
            (ask.inputTokens > each.tierAt || (index % 2 === 0 && ask.inputTokens === each.tierAt));
          const [inRate, outRate] = isDear ? [nano("30"), nano("30")] : [nano(each.input), nano(each.output)];
          const total = BigInt(ask.inputTokens) * inRate + BigInt(output) * outRate;
          return total / 1_000_000n + (total % 1_000_000n === 0n ? 0n : 1n);
        };
        const eligible = models.flatMap((each, index) => {
          const isOut =
            !each.isPriced ||
            each.contextTokens === null ||
            ask.inputTokens + ask.outputTokensMax > each.contextTokens ||
            (each.outputTokensMax !== null && ask.outputTokensMax > each.outputTokensMax) ||
            (ask.needsTools && !each.hasTools) ||
            (ask.isLocalOnly && !each.isLocal) ||
            (ask.qualityMin !== undefined && (each.quality === null || each.quality < ask.qualityMin)) ||
            (ask.costMax !== undefined && costOf(each, index, ask.outputTokensMax) > ask.costMax);
          return isOut ? [] : [costOf(each, index, expectedOut)];
        });
        const policy: Policy = {
          isLocalOnly: ask.isLocalOnly,
          ...(ask.qualityMin !== undefined && { qualityMin: ask.qualityMin }),
          ...(ask.costMax !== undefined && { costMax: ask.costMax as NanoUsd }),
          ...(ask.needsTools && { needs: ["tools"] as const }),
        };
        const candidates = quote(entries, policy, {
          inputTokens: ask.inputTokens,
          stablePrefixTokens: 0,
          outputTokensMax: ask.outputTokensMax,
          outputTokensExpected: expectedOut,
        });
        const chosen = candidates.filter(({ isEligible }) => isEligible);
        expect(chosen).toHaveLength(eligible.length);
        if (eligible.length === 0) return;
        expect(chosen[0]?.expectedCost).toBe(eligible.toSorted((a, b) => (a < b ? -1 : 1))[0]);
        expect(candidates).toHaveLength(models.length);
      }),
      { numRuns: 1_000 },
    );
  });
});

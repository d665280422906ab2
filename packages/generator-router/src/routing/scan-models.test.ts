import type { ModelEntry, NanoUsd, NanoUsdPerMTok, Policy } from "@larder/contracts";
import { createManualClock } from "@larder/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryOf, shape, tokenCounter, usd } from "../../test/router-fixtures.ts";
import { createPriceBook } from "../prices/price-book.ts";
import { createGeneratorRouter } from "./generator-router.ts";
import { keptMax, quoteModels } from "./quote-models.ts";
import { resolvePolicy } from "./resolve-policy.ts";

const unused = { id: "acme", isConfigured: true, generator: { id: "acme", generate: () => expect.unreachable() } };
const routerOf = (entries: readonly ModelEntry[], nowMs?: number) =>
  createGeneratorRouter({
    priceBook: createPriceBook(entries),
    providers: [unused],
    tokenCounter,
    clock: createManualClock(nowMs),
  });

describe("a quote read in parts", () => {
  const rate = fc.bigInt(0n, 60_000_000_000n).map((value) => value as NanoUsdPerMTok);
  const optional = fc.option(rate, { nil: undefined });
  const model = fc.record({
    input: rate,
    output: rate,
    write: optional,
    reasoning: optional,
    at: fc.nat(20_000),
    fee: fc.nat(5),
  });
  const toEntry = (
    { input, output, write, reasoning, at, fee }: typeof model extends fc.Arbitrary<infer M> ? M : never,
    i: number,
  ) =>
    entryOf(`m${i}`, "1", "1", {
      rates: {
        inputFresh: input,
        outputText: output,
        ...(write !== undefined && { inputCacheWrite: write }),
        ...(reasoning !== undefined && { outputReasoning: reasoning }),
      },
      tiers:
        at === 0
          ? []
          : [{ inputTokens: at, isInclusive: i % 2 === 0, rates: { inputFresh: usd("7"), outputText: usd("9") } }],
      cache: i % 3 === 0 ? null : { prefixTokensMin: 64, ttlMs: 60_000 },
      fees: { request: BigInt(fee) as NanoUsd },
      contextTokens: 10_000_000,
    });
  const asked = fc.record({
    inputTokens: fc.nat(40_000),
    stablePrefixTokens: fc.nat(1_000),
    outputTokensMax: fc.integer({ min: 1, max: 4_000 }),
    outputTokensExpected: fc.nat(4_000),
  });
  const most = fc.option(fc.bigInt(0n, 900_000_000n), { nil: undefined });

  it("says the same by doubles as by the price book's bigints, of cost and of order", () => {
    fc.assert(
      fc.property(fc.array(model, { maxLength: 9 }), asked, most, (models, ask, costMax) => {
        const policy: Policy = costMax === undefined ? {} : { costMax: costMax as NanoUsd };
        const quote = routerOf(models.map(toEntry)).quote({ ...shape, ...ask, needs: [] }, policy);
        const { cheapest, candidates } = quote;
        const [first] = candidates;
        expect(cheapest).toEqual(first?.isEligible ? first : undefined);
        const eligible = candidates.filter(({ isEligible }) => isEligible);
        const costs = eligible.map(({ expectedCost = -1n }) => expectedCost as bigint);
        expect(costs).toEqual(costs.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
        for (const { isEligible, worstCost = 0n } of candidates) {
          expect(isEligible).toBe(costMax === undefined || worstCost <= costMax);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("what a price depends on besides tokens", () => {
  const cheapAtNight = entryOf("night", "2", "2", {
    offPeak: {
      windows: [{ startMinute: 0, endMinute: 360 }],
      rates: { inputFresh: usd("0.1"), outputText: usd("0.1") },
    },
  });
  it("is the hour, by which the choice turns", () => {
    const entries = [cheapAtNight, entryOf("day", "1", "1")];
    const at = (text: string) => routerOf(entries, Date.parse(text)).quote(shape, {}).cheapest?.model;
    expect(at("2026-11-24T05:59:59.999Z")).toBe("night");
    expect(at("2026-11-24T06:00:00.000Z")).toBe("day");
  });

  it("is the region that the policy asks for", () => {
    const dearInEurope = { regionMultipliers: [{ region: "eu", numerator: 3, denominator: 1 }] };
    const entries = [entryOf("a", "1", "1", dearInEurope), entryOf("b", "2", "2")];
    const book = routerOf(entries);
    expect(book.quote(shape, {}).cheapest?.model).toBe("a");
    expect(book.quote(shape, { regions: ["eu"] }).cheapest).toMatchObject({ model: "b" });
    expect(book.quote(shape, { regions: ["eu"] }).candidates[1]?.expectedCost).toBe(3n * 6_400_000n);
  });
});

describe("the beginning of a quote", () => {
  it("is that of the whole, of those that may be asked and of those that are out", () => {
    const model = fc.record({
      input: fc.nat(9),
      quality: fc.option(fc.nat(5)),
      context: fc.constantFrom(100, 128_000),
    });
    const models = fc.array(model, { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(models, (all) => {
        const entries = all.map(({ input, quality, context }, index) =>
          entryOf(`m${index}`, String(input), "1", {
            quality: quality === null ? null : quality / 10,
            contextTokens: context,
          }),
        );
        const { breaker, traffic } = { breaker: { pauseOf: () => undefined }, traffic: { hitProbability: () => 0 } };
        const providers = new Map([["acme", { isConfigured: true }]]);
        const learned = { tokenRatio: () => 1, knowledge: () => undefined, isOffline: false };
        const sources = { priceBook: createPriceBook(entries), providers, breaker, traffic, ...learned };
        const time = { monotonicMs: 0, nowMs: 0, today: "2026-11-24" };
        const quote = quoteModels(shape, resolvePolicy({}, shape), sources, time);
        const eligible = quote.candidates.filter(({ isEligible }) => isEligible);
        const out = quote.candidates.filter(({ isEligible }) => !isEligible);
        expect(quote.eligible()).toEqual(eligible.slice(0, keptMax));
        expect(quote.out(7)).toEqual(out.slice(0, 7));
        expect(quote.scan.outCounts().get("context_too_small") ?? 0).toBe(out.length);
      }),
      { numRuns: 200 },
    );
  });
});

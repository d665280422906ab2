import type {
  ModelEntry,
  NanoUsdPerMTok,
  PriceLane,
  PriceTerms,
  RateCard,
  Rates,
  UsageTokens,
} from "@larder/contracts";
import { inputTokensOf, noTokens, usageBuckets } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryOf } from "../../test/router-fixtures.ts";
import { createPriceBook } from "./price-book.ts";

/** All nine rates told, so that what a request costs follows from a few lines of arithmetic. */
const rate = fc.bigInt(0n, 60_000_000_000n).map((value) => value as NanoUsdPerMTok);
const perBucket = <T>(of: fc.Arbitrary<T>) =>
  fc.record(Object.fromEntries(usageBuckets.map((bucket) => [bucket, of]))) as fc.Arbitrary<
    Record<(typeof usageBuckets)[number], T>
  >;
const wholeRates: fc.Arbitrary<Rates> = perBucket(rate);
const line = fc.record({ inputTokens: fc.integer({ min: 1, max: 5_000 }), isInclusive: fc.boolean() });
const lines = fc.uniqueArray(line, { selector: ({ inputTokens }) => inputTokens, maxLength: 3 });
const laneNames = ["standard", "batch", "flex", "priority"] as const;

/** Every lane has the same lines and rates of its own: batch × cache × tier × region with nothing to fall back on. */
const model = fc
  .record({
    lines,
    region: fc.record({ numerator: fc.integer({ min: 1, max: 40 }), denominator: fc.integer({ min: 1, max: 40 }) }),
  })
  .chain(({ lines: at, region }) =>
    fc.record({
      region: fc.constant(region),
      cards: fc.record(
        Object.fromEntries(
          laneNames.map((lane) => [
            lane,
            fc.tuple(wholeRates, ...at.map(() => wholeRates)).map(
              ([base, ...above]): RateCard => ({
                rates: base,
                tiers: at
                  .map((each, index) => ({ ...each, rates: above[index] ?? base }))
                  .toSorted((a, b) => a.inputTokens - b.inputTokens),
              }),
            ),
          ]),
        ),
      ) as fc.Arbitrary<Record<PriceLane, RateCard>>,
    }),
  );
const tokens: fc.Arbitrary<UsageTokens> = perBucket(fc.oneof(fc.nat(3), fc.nat(1_500)));

type Model = typeof model extends fc.Arbitrary<infer M> ? M : never;
const toEntry = ({ cards: { standard, ...cards }, region }: Model): ModelEntry =>
  entryOf("m", "1", "1", { ...standard, cards, regionMultipliers: [{ region: "eu", ...region }] });

/** Without lines a price only ever rises with what is used. */
const withoutTiers = (of: Model, lane: PriceLane): Model => ({
  ...of,
  cards: {
    ...of.cards,
    [lane]: { ...of.cards[lane], tiers: [] },
    standard: { ...of.cards.standard, tiers: [] },
  },
});

function priceOf(of: Model, used: UsageTokens, terms: PriceTerms): bigint {
  const found = createPriceBook([toEntry(of)]).price("acme", "m", used, terms);
  if (found.kind !== "priced") throw new Error(`unpriced: ${found.bucket}`);
  return found.cost;
}

/** The schoolbook way: the dearest-placed line that the total passed, product by product, one division at the end. */
function oracle({ cards, region }: Model, used: UsageTokens, lane: PriceLane, isRegional: boolean): bigint {
  const total = inputTokensOf(used);
  const card = cards[lane];
  const passed = card.tiers.filter(
    ({ inputTokens, isInclusive }) => total > inputTokens || (isInclusive && total === inputTokens),
  );
  const rates = passed.at(-1)?.rates ?? card.rates;
  let sum = 0n;
  for (const bucket of usageBuckets) sum += BigInt(used[bucket]) * (rates[bucket] ?? 0n);
  const [times, over] = isRegional ? [BigInt(region.numerator), BigInt(region.denominator)] : [1n, 1n];
  const divisor = over * 1_000_000n;
  const exact = sum * times;
  return exact / divisor + (exact % divisor === 0n ? 0n : 1n);
}

describe("lane × cache × tier × region", () => {
  it("stacks as the arithmetic says, for every lane, line and region", () => {
    fc.assert(
      fc.property(model, tokens, fc.constantFrom(...laneNames), fc.boolean(), (of, used, lane, isRegional) => {
        const terms = { lane, ...(isRegional && { region: "eu" }) };
        expect(priceOf(of, used, terms)).toBe(oracle(of, used, lane, isRegional));
      }),
      { numRuns: 2_000 },
    );
  });

  it("changes exactly at each line, by its operator", () => {
    fc.assert(
      fc.property(model, fc.constantFrom(...laneNames), fc.constantFrom(-1, 0, 1), (of, lane, off) => {
        for (const { inputTokens } of of.cards[lane].tiers) {
          const used = { ...noTokens, inputCacheRead: inputTokens + off, outputText: 7 };
          expect(priceOf(of, used, { lane })).toBe(oracle(of, used, lane, false));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is never negative, and no more tokens of a bucket cost less on the same line", () => {
    fc.assert(
      fc.property(
        model,
        tokens,
        fc.constantFrom(...usageBuckets),
        fc.nat(50),
        fc.constantFrom(...laneNames),
        (of, used, bucket, more, lane) => {
          const flat = withoutTiers(of, lane);
          const before = priceOf(flat, used, { lane });
          expect(before >= 0n).toBe(true);
          expect(priceOf(flat, { ...used, [bucket]: used[bucket] + more }, { lane }) >= before).toBe(true);
        },
      ),
    );
  });

  it("costs the sum of its buckets to within one rounding each", () => {
    fc.assert(
      fc.property(model, tokens, fc.constantFrom(...laneNames), (of, used, lane) => {
        const flat = withoutTiers(of, lane);
        const apart = usageBuckets.map((bucket) => priceOf(flat, { ...noTokens, [bucket]: used[bucket] }, { lane }));
        const sum = apart.reduce((all, each) => all + each, 0n);
        const together = priceOf(flat, used, { lane });
        expect(together <= sum && sum - together < BigInt(usageBuckets.length)).toBe(true);
      }),
    );
  });
});

describe("rates that a source leaves out", () => {
  const some = fc.record(
    { inputCacheRead: rate, inputCacheWrite: rate, inputCacheWriteLong: rate, inputImage: rate, outputReasoning: rate },
    { requiredKeys: [] },
  );
  const stated = fc.record({ inputFresh: rate, outputText: rate });
  const spread = (a: Partial<Rates>, b: Pick<Rates, "inputFresh" | "outputText">): Rates => ({ ...a, ...b });

  it("never make a token free that has a price, and an explicit 0 stays 0", () => {
    fc.assert(
      fc.property(some, stated, (told, base) => {
        const book = createPriceBook([entryOf("m", "1", "1", { rates: spread(told, base) })]);
        const cost = (bucket: keyof UsageTokens) => {
          const found = book.price("acme", "m", { ...noTokens, [bucket]: 1_000_000 });
          return found.kind === "priced" ? (found.cost as bigint) : undefined;
        };
        expect(cost("inputCacheRead")).toBe(told.inputCacheRead ?? base.inputFresh);
        expect(cost("inputCacheWrite")).toBe(told.inputCacheWrite ?? base.inputFresh);
        expect(cost("inputCacheWriteLong")).toBe(told.inputCacheWriteLong ?? told.inputCacheWrite ?? base.inputFresh);
        expect(cost("inputImage")).toBe(told.inputImage ?? base.inputFresh);
        expect(cost("outputReasoning")).toBe(told.outputReasoning ?? base.outputText);
        expect(cost("inputAudio")).toBeUndefined();
        expect(cost("outputAudio")).toBeUndefined();
      }),
    );
  });

  it("never make a lane cheaper above a line that it does not state than both the line and the lane are", () => {
    fc.assert(
      fc.property(stated, stated, stated, some, fc.integer({ min: 1, max: 900 }), (base, above, lane, told, at) => {
        const tiers = [{ inputTokens: at, isInclusive: false, rates: above }];
        const cards = { batch: { rates: spread(told, lane), tiers: [] } };
        const book = createPriceBook([entryOf("m", "1", "1", { rates: base, tiers, cards })]);
        const cost = (lane: PriceLane) => {
          const found = book.price("acme", "m", { ...noTokens, inputFresh: 1_000, outputText: 10 }, { lane });
          return found.kind === "priced" ? (found.cost as bigint) : 0n;
        };
        const own = (1_000n * lane.inputFresh + 10n * lane.outputText + 999_999n) / 1_000_000n;
        expect(cost("batch") >= cost("standard")).toBe(true);
        expect(cost("batch") >= own).toBe(true);
      }),
    );
  });
});

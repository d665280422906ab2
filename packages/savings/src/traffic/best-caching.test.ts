import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arm, ask } from "../../test/reference-prices.ts";

const at = (perHour: number) => ({ traffic: { arrivals: 64, perHour } });
const cached = (model: string, corpus: number, perHour?: number) =>
  arm(ask(model, corpus, perHour === undefined ? {} : at(perHour)), "stuff_cached");

describe("the best legal caching", () => {
  it("is none for the first question, and says so", () => {
    const first = cached("sonnet-5.5", 200_000);
    expect(first.cost).toBe(arm(ask("sonnet-5.5", 200_000), "stuff_cold").cost);
    expect(first.cache).toEqual({
      ...{ strategy: "none", hitProbability: 0, arrivals: 0, arrivalsPerHour: 0, breakEvenTokens: 4_000 },
    });
  });

  it("writes for an hour where that is cheaper than for five minutes", () => {
    const short = cached("sonnet-5.5", 200_000, 12);
    const long = cached("sonnet-with-an-hour", 200_000, 12);
    expect(short.cache?.strategy).toBe("short");
    expect(long.cache?.strategy).toBe("long");
    expect(long.cost ?? 0n).toBeLessThan(short.cost ?? 0n);
    expect(cached("sonnet-with-an-hour", 200_000, 600).cache?.strategy).toBe("short");
  });

  it("stores where keeping for an hour is cheaper than writing anew, and not for a question a week", () => {
    const stored = cached("gemini-stored", 200_000, 30);
    expect(stored.cache).toMatchObject({ strategy: "stored", hitProbability: 1 });
    // 600 fresh and 200,000 read tokens, 300 out, and a thirtieth of $0.10 for the hour
    expect(Number(stored.cost) / 1e9).toBeCloseTo(600 * 0.75e-6 + 200_000 * 0.075e-6 + 300 * 3e-6 + 0.1 / 30, 8);
    expect(cached("gemini-stored", 200_000, 0.006).cache?.strategy).not.toBe("stored");
  });

  it("counts the hours of storage into the corpus from which on retrieval is cheaper", () => {
    const { breakEvenTokens = 0, strategy } = cached("gemini-stored", 200_000, 30).cache ?? {};
    expect(strategy).toBe("stored");
    // 4,000 tokens of evidence, over 0.1 for a read and $0.50 an hour in thirty questions, of $0.75
    expect(breakEvenTokens).toBe(Math.round(4_000 / (0.1 + 0.5 / 30 / 0.75)));
    expect(cached("gemini-stored", breakEvenTokens + 100, 30).saved.verdict).toBe("saves");
    expect(cached("gemini-stored", breakEvenTokens - 100, 30).saved.verdict).toBe("costs_more");
  });

  it("reads a fixed time as one write and its reads", () => {
    const { cache, cost } = cached("fixed-hour", 100_000, 3);
    expect(cache).toMatchObject({ strategy: "short", hitProbability: 0.75 });
    const [hit, miss] = [100_000 * 0.2e-6, 100_000 * 2e-6];
    expect(Number(cost) / 1e9).toBeCloseTo(0.75 * hit + 0.25 * miss + 600 * 2e-6 + 300 * 12e-6, 9);
  });

  it("caches nothing below the provider's least, nor where reads have no price", () => {
    expect(cached("sonnet-5.5", 1_023, 1_000).cache?.strategy).toBe("none");
    expect(cached("sonnet-5.5", 1_024, 1_000).cache?.strategy).toBe("short");
    expect(cached("no-cache", 50_000, 1_000).cache?.strategy).toBe("none");
  });

  it("takes a provider whose rules are not known for one that keeps an hour", () => {
    expect(cached("deepseek-flash", 200_000, 1).cache?.hitProbability).toBeCloseTo(1 - Math.exp(-1), 12);
  });

  it("lies between always warm and uncached, and never gets dearer with more traffic", () => {
    const models = fc.constantFrom("gpt-6.1-terra", "sonnet-5.5", "sonnet-with-an-hour", "haiku-5.5", "fixed-hour");
    const rate = fc.double({ min: 0, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(models, fc.nat(400_000), rate, rate, (model, corpus, a, b) => {
        const [quiet, busy] = [cached(model, corpus, Math.min(a, b)), cached(model, corpus, Math.max(a, b))];
        expect(busy.cost ?? 0n).toBeLessThanOrEqual(quiet.cost ?? 0n);
        expect(quiet.cost ?? 0n).toBeLessThanOrEqual(arm(ask(model, corpus), "stuff_cold").cost ?? 0n);
        expect(busy.cost ?? 0n).toBeGreaterThanOrEqual(arm(ask(model, corpus), "stuff_warm").cost ?? 0n);
      }),
    );
  });

  it("says from which corpus on retrieval is cheaper: 20 times its evidence at 0.05x reads", () => {
    expect(cached("sonnet-5.5", 200_000, 1e4).cache?.breakEvenTokens).toBe(80_000);
    expect(cached("sonnet-5.5", 80_100, 1e4).saved.cost ?? 0n).toBeGreaterThan(0n);
    expect(cached("sonnet-5.5", 79_900, 1e4).saved.verdict).toBe("costs_more");
  });
});

import type { RoutingRecord, RoutingRow, UsageObservation } from "@larder/contracts";
import { nanoUsd, noTokens } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryOf } from "../../test/router-fixtures.ts";
import { betaBelow, betaQuantile } from "./beta-quantile.ts";
import { halfLifeMs } from "./forgetting.ts";
import { priorOf } from "./quality-prior.ts";
import { createRoutingMemory, openRoutingMemory } from "./routing-memory.ts";

const entry = entryOf("m", "1", "2");
const startMs = Date.UTC(2026, 10, 24);
const hour = 3_600_000;
const signal = AbortSignal.timeout(60_000);
const usage = (more: Partial<UsageObservation> = {}): UsageObservation => ({
  provider: "acme",
  model: "m",
  task: "answering",
  atMs: startMs,
  countedInputTokens: 1_000,
  billed: { ...noTokens, inputFresh: 1_500, outputText: 200 },
  ...more,
});
const verdict = (isGood: boolean, more = {}) =>
  ({ provider: "acme", model: "m", task: "answering", isGood, weight: 1, atMs: startMs, ...more }) as const;

function recordInMemory(): RoutingRecord & { readonly kept: Map<string, RoutingRow>; fails: boolean } {
  const kept = new Map<string, RoutingRow>();
  const record = {
    kept,
    fails: false,
    rows: async () => [...kept.values()],
    async put(rows: readonly RoutingRow[]) {
      if (record.fails) throw new Error("the disk is full");
      for (const row of rows) kept.set(`${row.provider}/${row.model}`, row);
    },
  };
  return record;
}

describe("what is learned of tokens", () => {
  it("knows nothing at first", () => {
    const memory = createRoutingMemory();
    expect(memory.knowledge(entry, "answering", startMs)).toBeUndefined();
    memory.observeUsage(usage());
    expect(memory.knowledge(entryOf("other", "1", "2"), "answering", startMs)).toBeUndefined();
  });

  it("draws the ratio from the bills, the first few against a thousand tokens of one to one", () => {
    const memory = createRoutingMemory();
    memory.observeUsage(usage());
    expect(memory.knowledge(entry, "answering", startMs)?.tokenRatio).toBeCloseTo(2_500 / 2_000, 9);
    for (let i = 0; i < 200; i += 1) memory.observeUsage(usage());
    expect(memory.knowledge(entry, "json", startMs)?.tokenRatio).toBeCloseTo(1.5, 2);
  });

  it("takes no ratio from a bill that counted something else", () => {
    const memory = createRoutingMemory();
    memory.observeUsage(usage({ billed: { ...noTokens, inputFresh: 90_000, outputText: 1 } }));
    expect(memory.knowledge(entry, "answering", startMs)?.tokenRatio).toBeUndefined();
  });

  it("keeps outputs of tasks apart, with quantiles within 8 % of the true ones", () => {
    const memory = createRoutingMemory();
    for (let tokens = 1; tokens <= 1_000; tokens += 1) {
      memory.observeUsage(
        usage({ billed: { ...noTokens, inputFresh: 1_000, outputText: tokens, outputReasoning: 64 } }),
      );
    }
    const known = memory.knowledge(entry, "answering", startMs);
    expect(known?.outputText?.mean).toBeCloseTo(500.5, 6);
    expect(Math.abs((known?.outputText?.p50 ?? 0) - 500)).toBeLessThan(40);
    expect(Math.abs((known?.outputText?.p90 ?? 0) - 900)).toBeLessThan(72);
    expect(known?.outputReasoning).toMatchObject({ mean: 64 });
    expect(memory.knowledge(entry, "json", startMs)?.outputText).toBeUndefined();
  });

  it("forgets half in a half-life, so that a change of the provider's is believed", () => {
    const memory = createRoutingMemory();
    for (let i = 0; i < 100; i += 1) memory.observeUsage(usage());
    const later = startMs + 4 * halfLifeMs;
    for (let i = 0; i < 100; i += 1) {
      memory.observeUsage(usage({ atMs: later, billed: { ...noTokens, inputFresh: 1_000, outputText: 800 } }));
    }
    const known = memory.knowledge(entry, "answering", later);
    expect(known?.tokenRatio).toBeLessThan(1.05);
    expect(known?.outputText?.mean).toBeGreaterThan(750);
    expect(known?.outputText?.weight).toBeCloseTo(100 + 100 / 16, 6);
  });

  it("learns that expected cache reads do not come", () => {
    const memory = createRoutingMemory();
    const expected = { tokens: noTokens, cost: nanoUsd(1n), hitProbability: 0.9, prefixTokens: 2_000 };
    for (let i = 0; i < 50; i += 1) memory.observeUsage(usage({ expected }));
    expect(memory.knowledge(entry, "answering", startMs)?.cacheYield).toBeLessThan(0.06);
  });

  it("tells how far the expectations were from the bills", () => {
    const memory = createRoutingMemory();
    const expected = {
      tokens: { ...noTokens, inputFresh: 1_200, outputText: 100 },
      cost: nanoUsd(1_000n),
      hitProbability: 0,
      prefixTokens: 0,
    };
    memory.observeUsage(usage({ expected, billedCost: nanoUsd(2_000n) }));
    memory.observeUsage(usage({ expected, billedCost: nanoUsd(1_000n) }));
    const [error, ...others] = memory.predictionErrors(startMs);
    expect(others).toEqual([]);
    expect(error).toMatchObject({ provider: "acme", model: "m", task: "answering", attempts: 2 });
    expect(error?.billedOverExpected).toBeCloseTo(1.5, 9);
    expect(error?.meanAbsoluteError).toBeCloseTo(0.25, 9);
    expect(error?.inputError).toBeCloseTo(0.2, 9);
    expect(error?.outputError).toBeCloseTo(0.5, 9);
  });
});

describe("what is believed of quality", () => {
  it("is the catalog's word as the lower bound until somebody judges an answer", () => {
    for (const quality of [0.09, 0.38, 0.6, 0.95]) {
      const prior = priorOf(quality);
      expect(prior?.lowerBound).toBe(quality);
      expect(betaQuantile(0.05, prior?.alpha ?? 0, prior?.beta ?? 0)).toBeCloseTo(quality, 6);
    }
    expect(priorOf(null)).toBeUndefined();
  });

  it("rises with good answers, falls with bad ones, each by its weight", () => {
    const memory = createRoutingMemory();
    for (let i = 0; i < 40; i += 1) memory.observeQuality(verdict(true));
    const good = memory.knowledge(entry, "answering", startMs)?.quality;
    expect(good?.lowerBound).toBeGreaterThan(0.8);
    for (let i = 0; i < 40; i += 1) memory.observeQuality(verdict(false, { weight: 2 }));
    const bad = memory.knowledge(entry, "answering", startMs)?.quality;
    expect(bad?.lowerBound).toBeLessThan(0.45);
    expect(bad?.weight).toBeCloseTo(120, 9);
  });

  it("takes a word back exactly, however late", () => {
    const memory = createRoutingMemory();
    memory.observeQuality(verdict(true, { weight: 3 }));
    memory.observeQuality(verdict(true, { atMs: startMs + halfLifeMs }));
    memory.observeQuality(verdict(true, { weight: -3 }));
    const quality = memory.knowledge(entry, "answering", startMs + halfLifeMs)?.quality;
    expect(quality?.weight).toBeCloseTo(1, 9);
  });

  it("moves the mean of hard questions alone when only those go wrong", () => {
    const memory = createRoutingMemory();
    for (let i = 0; i < 30; i += 1) {
      memory.observeQuality(verdict(false, { difficulty: "hard" }));
      for (let j = 0; j < 4; j += 1) memory.observeQuality(verdict(true, { difficulty: "easy" }));
    }
    const mean = (level: "easy" | "hard") => memory.knowledge(entry, "answering", startMs, level)?.quality?.mean ?? 0;
    expect(mean("easy")).toBeGreaterThan(0.95);
    expect(mean("hard")).toBeLessThan(0.25);
  });

  it("takes a flag at the first failure, longer with each, and gives it back at a success", () => {
    const memory = createRoutingMemory();
    const see = (holds: boolean, atMs: number) =>
      memory.observeFlag({ provider: "acme", model: "m", flag: "json_schema", holds, source: "observed", atMs });
    const flag = () => memory.knowledge(entry, "json", startMs)?.flags?.[0];
    see(false, startMs);
    expect(flag()?.retryAtMs).toBe(startMs + hour);
    see(false, startMs + hour);
    expect(flag()?.retryAtMs).toBe(startMs + 3 * hour);
    see(true, startMs + 3 * hour);
    expect(flag()).toMatchObject({ holds: true });
    expect(flag()?.retryAtMs).toBeUndefined();
  });
});

describe("the memory as a whole", () => {
  it("is the same after it was saved and opened, and starts anew from what it cannot read", async () => {
    const record = recordInMemory();
    const memory = await openRoutingMemory({ record }, { signal });
    memory.observeUsage(usage());
    memory.observeQuality(verdict(true, { difficulty: "easy" }));
    await memory.save({ signal });
    const again = await openRoutingMemory({ record }, { signal });
    const known = again.knowledge(entry, "answering", startMs + 5, "easy");
    expect(known).toEqual(memory.knowledge(entry, "answering", startMs + 5, "easy"));
    record.kept.set("acme/m", { provider: "acme", model: "m", state: '{"v":0}', updatedAtMs: 0 });
    const fresh = await openRoutingMemory({ record }, { signal });
    expect(fresh.knowledge(entry, "answering", startMs)).toBeUndefined();
  });

  it("saves again what a failed save did not keep", async () => {
    const record = recordInMemory();
    const memory = await openRoutingMemory({ record }, { signal });
    memory.observeUsage(usage());
    record.fails = true;
    await expect(memory.save({ signal })).rejects.toThrow("the disk is full");
    record.fails = false;
    await memory.save({ signal });
    expect(record.kept.size).toBe(1);
  });

  it("stays bounded: the model that was seen longest ago goes, and a state has few numbers", async () => {
    const record = recordInMemory();
    const memory = await openRoutingMemory({ record, modelsMax: 3 }, { signal });
    for (let i = 0; i < 10; i += 1) memory.observeUsage(usage({ model: `m${i}` }));
    expect(memory.knowledge(entryOf("m6", "1", "1"), "answering", startMs)).toBeUndefined();
    expect(memory.knowledge(entryOf("m7", "1", "1"), "answering", startMs)).toBeDefined();
    for (let i = 0; i < 3_000; i += 1) {
      const outputText = Math.floor(1.0045 ** i);
      memory.observeUsage(usage({ model: "m9", billed: { ...noTokens, inputFresh: 1_000, outputText } }));
    }
    await memory.save({ signal });
    expect(record.kept.get("acme/m9")?.state.length).toBeLessThan(5_000);
  });

  it("gives finite figures whatever is observed, in any order", () => {
    const tokens = fc.nat(2_000_000);
    const seen = fc.record({
      input: tokens,
      text: tokens,
      reasoning: tokens,
      counted: fc.integer({ min: 1, max: 1e6 }),
      at: fc.nat(1e11),
    });
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 20 }), fc.nat(1e11), (all, later) => {
        const memory = createRoutingMemory();
        for (const { input, text, reasoning, counted, at } of all) {
          const billed = { ...noTokens, inputFresh: input, outputText: text, outputReasoning: reasoning };
          memory.observeUsage(usage({ atMs: startMs + at, countedInputTokens: counted, billed }));
        }
        const known = memory.knowledge(entry, "answering", startMs + 1e11 + later);
        const figures = [
          known?.tokenRatio ?? 1,
          ...Object.values(known?.outputText ?? {}),
          ...Object.values(known?.outputReasoning ?? {}),
        ];
        for (const figure of figures) expect(Number.isFinite(figure) && figure >= 0).toBe(true);
        expect(known?.outputText === undefined || known.outputText.p50 <= known.outputText.p90).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

it("inverts the beta distribution", () => {
  // By hand: Beta(1, 1) is uniform, Beta(2, 1) has x², Beta(1, 3) has 1 − (1 − x)³.
  expect(betaQuantile(0.05, 1, 1)).toBeCloseTo(0.05, 8);
  expect(betaQuantile(0.25, 2, 1)).toBeCloseTo(0.5, 8);
  expect(betaQuantile(0.875, 1, 3)).toBeCloseTo(0.5, 8);
  const parameter = fc.double({ min: 0.05, max: 3_000, noNaN: true });
  fc.assert(
    fc.property(parameter, parameter, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (alpha, beta, share) => {
      const quantile = betaQuantile(share, alpha, beta);
      if (quantile > 1e-6 && quantile < 1 - 1e-6) expect(betaBelow(quantile, alpha, beta)).toBeCloseTo(share, 4);
    }),
    { numRuns: 100 },
  );
});

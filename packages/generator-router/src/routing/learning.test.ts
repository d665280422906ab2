import type { Attempt, ModelEntry, RequestShape, RoutedEvent } from "@larder/contracts";
import { inputTokensOf, noTokens, outputTokensOf } from "@larder/contracts";
import { createManualClock, startFakeProvider } from "@larder/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  connect,
  entryOf,
  fakeModels,
  fiveEntries,
  readAll,
  requestFor,
  routerOver,
  shape,
  usd,
} from "../../test/router-fixtures.ts";
import { createRoutingMemory } from "../memory/routing-memory.ts";
import { createPriceBook } from "../prices/price-book.ts";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import { decisionInputs, replayDecision } from "./decision-inputs.ts";
import { createPrefixTraffic } from "./prefix-traffic.ts";
import { quoteModels } from "./quote-models.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { defaultRouterLimits } from "./router-limits.ts";

const call = () => ({ signal: AbortSignal.timeout(20_000) });
const asked = { ...shape, task: "answering" as const };

function start(usage: {
  promptTokens: number;
  completionTokens: number;
  reasoningTokens?: number;
  cachedTokens?: number;
}) {
  return startFakeProvider({ models: fakeModels, answer: () => ({ deltas: ["Cool [1]."], usage }) });
}

async function answeredBy(router: ReturnType<typeof routerOver>["router"], more = {}) {
  const { last } = await readAll(router.generate(requestFor({}, { shape: { ...asked, ...more } }), call()));
  expect(last?.kind).toBe("answered");
  const attempt = attemptOf(last);
  return attempt;
}

function attemptOf(event: RoutedEvent | undefined): Attempt {
  const attempt = event?.kind === "answered" ? event.route.attempts[0] : undefined;
  if (attempt === undefined) throw new Error("no attempt");
  return attempt;
}

const errorOf = ({ expected, cost }: Attempt) =>
  Math.abs(Number(cost ?? 0n) - Number(expected?.cost ?? 0n)) / Number(cost ?? 1n);

describe("a router that learns from its bills", () => {
  it("expects what it was told at first, and within a dozen answers what is billed", async () => {
    await using provider = await start({ promptTokens: 8_400, completionTokens: 1_000, reasoningTokens: 700 });
    const { router } = routerOver([connect(provider)], [fiveEntries[0] as ModelEntry]);
    const more = { outputTokensMax: 4_000 };
    const attempts: Attempt[] = [];
    for (let i = 0; i < 24; i += 1) attempts.push(await answeredBy(router, more));
    const [first] = attempts;
    const last = attempts.at(-1) as Attempt;
    expect(first?.expected?.tokens).toMatchObject({ inputFresh: 6_000, outputText: 400, outputReasoning: 0 });
    expect(inputTokensOf(last.expected?.tokens ?? first?.usage?.tokens ?? asNone)).toBeGreaterThan(8_300);
    expect(outputTokensOf(last.expected?.tokens ?? asNone)).toBeGreaterThan(880);
    expect(errorOf(first as Attempt)).toBeGreaterThan(0.3);
    expect(errorOf(last)).toBeLessThan(0.06);
  });

  it("learns no ratio and no output from usage that it had to estimate itself", async () => {
    await using provider = await startFakeProvider({
      models: fakeModels,
      answer: () => ({ deltas: ["Cool [1]."], fault: { kind: "no_usage" } }),
    });
    const memory = createRoutingMemory();
    const { router } = routerOver([connect(provider)], [fiveEntries[0] as ModelEntry], { memory });
    await answeredBy(router);
    expect(memory.knowledge(fiveEntries[0] as ModelEntry, "answering", Date.now())).toBeUndefined();
  });

  it("turns to another model when the cheapest by its price list proves the dearer by its bills", async () => {
    await using provider = await start({ promptTokens: 6_000, completionTokens: 790, reasoningTokens: 780 });
    const entries = [entryOf("m-mini", "0.10", "0.40"), entryOf("m-small", "0.11", "0.42")];
    const { router } = routerOver([connect(provider)], entries);
    const chosen: string[] = [];
    for (let i = 0; i < 4; i += 1) chosen.push((await answeredBy(router)).model);
    expect(chosen[0]).toBe("m-mini");
    expect(chosen.slice(1)).toContain("m-small");
  });

  it("expects a hit only for the prefix that was sent before, and less after hits that did not come", async () => {
    await using provider = await start({ promptTokens: 6_000, completionTokens: 400 });
    const rates = { inputFresh: usd("1"), inputCacheRead: usd("0.1"), outputText: usd("2") };
    const cache = { prefixTokensMin: 100, ttlMs: 600_000 };
    const { router } = routerOver([connect(provider)], [entryOf("m-mini", "1", "2", { rates, cache })]);
    const hit = (prefixId: string) =>
      router.quote({ ...asked, stablePrefixTokens: 4_000, prefixId }, {}).candidates[0]?.expected?.hitProbability ?? 0;
    const first = await answeredBy(router, { stablePrefixTokens: 4_000, prefixId: "a" });
    expect(first.expected).toMatchObject({ hitProbability: 0, prefixTokens: 4_000 });
    expect(hit("a")).toBeCloseTo(1 - Math.exp(-1), 9);
    expect(hit("b")).toBe(0);
    for (let i = 0; i < 12; i += 1) await answeredBy(router, { stablePrefixTokens: 4_000, prefixId: "a" });
    expect(hit("a")).toBeLessThan(0.25); // the provider never told of a cached token
  });
});

const asNone = noTokens;

describe("an answer that may be asked for anew", () => {
  const rates = { caught: 0.8, falseAlarms: 0.1 };
  const quote = (
    entries: readonly ModelEntry[],
    more: Partial<RequestShape> = {},
    policy = {},
    memory = createRoutingMemory(),
  ) =>
    routerOver(
      [{ id: "acme", isConfigured: true, generator: { id: "acme", generate: () => expect.unreachable() } }],
      entries,
      {
        memory,
      },
    ).router.quote({ ...asked, escalation: rates, ...more }, policy).candidates;
  const small = (cost: string) => entryOf("small", cost, "0", { quality: 0.3 });
  const large = entryOf("large", "1", "0", { quality: 0.9 });

  it("starts with the dearer model when the cheaper would probably be paid for in vain", () => {
    expect(quote([small("0.1"), large])[0]?.model).toBe("small");
    const candidates = quote([small("0.8"), large]);
    expect(candidates.map(({ model }) => model)).toEqual(["large", "small"]);
    expect(candidates[1]?.escalation).toMatchObject({ provider: "acme", model: "large" });
    expect(quote([small("0.8"), large], { escalation: undefined as never })[0]?.model).toBe("small");
  });

  it("reckons with the failures at questions that look as hard as this one", () => {
    const memory = createRoutingMemory();
    const atMs = Date.now();
    for (let i = 0; i < 40; i += 1) {
      const of = { provider: "acme", model: "small", task: "answering" as const, weight: 1, atMs };
      memory.observeQuality({ ...of, difficulty: "hard", isGood: false });
      memory.observeQuality({ ...of, difficulty: "easy", isGood: true });
    }
    const first = (difficulty: "easy" | "hard") => quote([small("0.5"), large], { difficulty }, {}, memory)[0]?.model;
    expect(first("easy")).toBe("small");
    expect(first("hard")).toBe("large");
  });

  it("names the cheapest that is better, and orders by both costs, against brute force", () => {
    const model = fc.record({ cost: fc.integer({ min: 1, max: 50 }), quality: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(fc.array(model, { maxLength: 8 }), (models) => {
        const entries = models.map(({ cost, quality }, i) =>
          entryOf(`m${i}`, `${cost / 10}`, "0", { quality: quality / 10 }),
        );
        const candidates = quote(entries);
        for (const each of candidates) {
          const better = candidates.filter(
            (other) => (other.quality?.lowerBound ?? 0) > (each.quality?.lowerBound ?? 0),
          );
          const costs = better.map(({ expectedCost = 0n }) => expectedCost).sort((a, b) => (a < b ? -1 : 1));
          expect(each.escalation === undefined).toBe(better.length === 0);
          const next = better.find((other) => `${other.model}` === each.escalation?.model);
          expect(next?.expectedCost).toBe(costs[0]);
        }
        const totals = candidates.map((each) => Number(each.escalation?.totalCost ?? each.expectedCost));
        expect(totals).toEqual(totals.toSorted((a, b) => a - b));
      }),
      { numRuns: 100 },
    );
  });
});

const outcomeOf = ({ model, good, bad }: { readonly model: number; readonly good: number; readonly bad: number }) => ({
  provider: "acme",
  model: fiveEntries[model]?.model ?? "",
  good: good / 1_000,
  bad: bad / 1_000,
});

it("makes the recorded decision again, to the last word, from what was written down", () => {
  const level = fc.constantFrom("easy", "medium", "hard", undefined);
  const event = fc.record({ model: fc.nat(4), kind: fc.nat(3), amount: fc.integer({ min: 1, max: 3_000 }) });
  const policy = fc.record({
    qualityMin: fc.constantFrom(undefined, 0.5, 0.7),
    persona: fc.constantFrom(undefined, "cost_min", "risk_hedge"),
  });
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 30 }),
      level,
      policy,
      fc.boolean(),
      fc.array(fc.record({ model: fc.nat(4), good: fc.nat(9_999), bad: fc.nat(9_999) }), { maxLength: 4 }),
      (events, difficulty, given, escalates, seenNear) => {
        const cache = { prefixTokensMin: 100, ttlMs: 60_000 };
        const priceBook = createPriceBook(fiveEntries.map((each) => ({ ...each, cache })));
        const memory = createRoutingMemory();
        const clock = createManualClock();
        const traffic = createPrefixTraffic();
        const breaker = createCircuitBreaker(defaultRouterLimits);
        for (const { model, kind, amount } of events) {
          clock.advance(amount);
          const { provider, model: name } = fiveEntries[model] as ModelEntry;
          const of = { provider, model: name, task: "answering" as const, atMs: clock.nowMs() };
          if (kind === 0) memory.observeQuality({ ...of, isGood: amount % 3 > 0, weight: 1, difficulty: "hard" });
          if (kind === 1)
            memory.observeUsage({
              ...of,
              countedInputTokens: 900,
              billed: { ...asNone, inputFresh: 600 + amount, outputText: amount },
            });
          if (kind === 2) traffic.record(provider, name, clock.monotonicMs(), "p");
          if (kind === 3)
            memory.observeFlag({ ...of, flag: "json_schema", holds: amount % 2 === 0, source: "observed" });
        }
        const sources = {
          priceBook,
          providers: new Map([["acme", { isConfigured: true }]]),
          breaker,
          traffic,
          tokenRatio: () => 1.1,
          isOffline: false,
          knowledge: (entry: ModelEntry, ask: RequestShape, nowMs: number) =>
            memory.knowledge(entry, "answering", nowMs, ask.difficulty),
        };
        const policyGiven = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
        const ask: RequestShape = {
          ...asked,
          prefixId: "p",
          needs: ["json_schema"],
          ...(difficulty && { difficulty }),
          ...(escalates && { escalation: { caught: 0.8, falseAlarms: 0.1 } }),
          ...(seenNear.length > 0 && { near: { count: 9, similarity: 0.871, outcomes: seenNear.map(outcomeOf) } }),
        };
        const nowMs = clock.nowMs();
        const time = { nowMs, monotonicMs: clock.monotonicMs(), today: new Date(nowMs).toISOString().slice(0, 10) };
        const made = quoteModels(ask, resolvePolicy(policyGiven, ask), sources, time);
        const written = JSON.parse(JSON.stringify(decisionInputs(made.scan, policyGiven)));
        expect(replayDecision(written, priceBook).candidates).toEqual(made.candidates);
      },
    ),
    { numRuns: 100 },
  );
});

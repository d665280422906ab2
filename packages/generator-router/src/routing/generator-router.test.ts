import { inspect } from "node:util";
import type { FakeFault } from "@larder/testkit";
import { nanoUsdCeiling, startFakeProvider } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { answerText, expectLedgerToMatch, soon, start } from "../../test/routed-calls.ts";
import {
  answer,
  canary,
  connect,
  entryOf,
  fiveEntries,
  readAll,
  requestFor,
  routerOver,
} from "../../test/router-fixtures.ts";

describe("the choice", () => {
  it("calls the cheapest of five eligible models and explains the four dearer ones", async () => {
    await using provider = await start();
    const { router } = routerOver([connect(provider)]);
    const { all, text: got, last } = await readAll(router.generate(requestFor(), soon()));
    expect(all[0]).toMatchObject({ kind: "routed", route: { chosen: { provider: "acme", model: "m-mini" } } });
    expect(got).toBe(answerText);
    expect(last).toMatchObject({ kind: "answered", finishReason: "stop", usage: { source: "provider" } });
    expect(provider.records.map(({ request }) => request.model)).toEqual(["m-mini"]);
    expectLedgerToMatch(last, provider.records);
    if (last?.kind !== "answered") return;
    expect(last.cost).toBe(614_900n); // 6,001 × $0.10/M + 37 × $0.40/M
    expect(last.route.reason).toBe(
      "acme/m-mini is the cheapest that can answer, at an expected $0.000760000, before acme/m-small at $0.001520000.",
    );
    expect(last.route.candidates.slice(1).map(({ reasons }) => reasons[0])).toEqual([
      "$0.001520000 expected, $0.000760000 more than the cheapest.",
      "$0.003800000 expected, $0.003040000 more than the cheapest.",
      "$0.015200000 expected, $0.014440000 more than the cheapest.",
      "$0.080000000 expected, $0.079240000 more than the cheapest.",
    ]);
  });

  it("prices the buckets that the provider tells, to the nano-dollar", async () => {
    const usage = {
      promptTokens: 6_000,
      completionTokens: 100,
      cachedTokens: 5_001,
      cacheWriteTokens: 77,
      reasoningTokens: 31,
    };
    const prices = { input: "0.10", output: "0.40", inputCacheRead: "0.0028", inputCacheWrite: "0.125" };
    await using provider = await startFakeProvider({
      models: [{ id: "m", prices }],
      key: canary,
      answer: () => ({ ...answer, usage }),
    });
    const entry = entryOf("m", "0.10", "0.40");
    const { inputFresh, outputText } = entry.rates ?? { inputFresh: 0n, outputText: 0n };
    const rates = {
      inputFresh,
      outputText,
      inputCacheRead: 2_800_000n,
      inputCacheWrite: 125_000_000n,
    } as typeof entry.rates;
    const { router } = routerOver([connect(provider)], [{ ...entry, rates }]);
    const { last } = await readAll(router.generate(requestFor(), soon()));
    expect(last).toMatchObject({ kind: "answered", cost: nanoUsdCeiling(provider.records[0]?.bill ?? -1n) });
  });

  it("asks for json_schema when a response format is given", async () => {
    await using provider = await start();
    const entries = [entryOf("m-mini", "0.10", "0.40", { capabilities: [] }), entryOf("m-small", "0.20", "0.80")];
    const { router } = routerOver([connect(provider)], entries);
    const responseFormat = { name: "answer", schema: { type: "object" } };
    const { last } = await readAll(router.generate(requestFor({}, { responseFormat }), soon()));
    expect(last).toMatchObject({ kind: "answered", route: { chosen: { model: "m-small" } } });
    expect(provider.records[0]?.request.body.response_format).toMatchObject({ type: "json_schema" });
  });

  it("says why nobody is asked, and opens no socket, when nothing is eligible", async () => {
    await using provider = await start();
    for (const { router } of [
      routerOver([connect(provider)], fiveEntries, { isOffline: true }),
      routerOver([{ ...connect(provider), isConfigured: false }]),
      routerOver([]),
      routerOver([connect(provider)], []),
    ]) {
      const { all, last } = await readAll(router.generate(requestFor(), soon()));
      expect(all.map(({ kind }) => kind)).toEqual(["routed", "unanswered"]);
      expect(last?.kind === "unanswered" && last.route.chosen).toBe(undefined);
      expect(last?.kind === "unanswered" && last.route.reason).toMatch(/so no(?:ne| model) was asked\./);
      expect(last?.kind === "unanswered" && last.route.candidates.every(({ refusals }) => refusals.length > 0)).toBe(
        true,
      );
    }
    expect(provider.requestCount).toBe(0);
  });

  it("asks a local model of the sovereign persona only, whatever else is said", async () => {
    await using provider = await start();
    await using local = await start();
    const entries = [...fiveEntries, entryOf("m-mini", "0", "0", { provider: "local", isLocal: true, regions: [] })];
    const { router } = routerOver([connect(provider), connect(local, "local")], entries);
    const policy = { persona: "sovereign", isLocalOnly: false } as const;
    const { last } = await readAll(router.generate(requestFor(policy), soon()));
    expect(last).toMatchObject({ kind: "answered", cost: 0n, route: { chosen: { provider: "local" } } });
    expect(provider.requestCount).toBe(0);
  });
});

describe("usage", () => {
  it("is estimated by our own count, and says so, when the provider tells none", async () => {
    await using provider = await start(() => ({ ...answer, fault: { kind: "no_usage" } }));
    const { router } = routerOver([connect(provider)]);
    const { last } = await readAll(router.generate(requestFor(), soon()));
    expect(last).toMatchObject({
      kind: "answered",
      usage: { source: "estimated", tokens: { inputFresh: 6_000, outputText: Math.ceil(answerText.length / 4) } },
      route: { attempts: [{ billed: "yes", usage: { source: "estimated" } }] },
    });
  });

  it("survives one that contradicts itself", async () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 7,
      prompt_tokens_details: { cached_tokens: 900 },
    };
    await using provider = await start(() => ({ ...answer, fault: { kind: "usage", usage } }));
    const { router } = routerOver([connect(provider)]);
    const { last } = await readAll(router.generate(requestFor(), soon()));
    expect(last).toMatchObject({ usage: { tokens: { inputFresh: 0, inputCacheRead: 100, outputText: 10 } } });
  });
});

it("shows the key to the provider and to nobody else", async () => {
  const echo = { error: { message: `Incorrect API key provided: ${canary}`, code: canary, type: canary } };
  const faults: readonly FakeFault[] = [
    { kind: "status", status: 401, body: echo },
    { kind: "status", status: 400, body: echo },
    { kind: "status", status: 500, body: echo },
    { kind: "reset_before_headers" },
    { kind: "html" },
    { kind: "error_in_band", afterDeltas: 1 },
    { kind: "reset", afterDeltas: 1 },
  ];
  for (const fault of faults) {
    await using provider = await start(() => ({ ...answer, fault }));
    const connection = connect(provider);
    const { router, attemptsSeen } = routerOver([connection]);
    const { all, thrown } = await readAll(router.generate(requestFor(), soon()));
    const rejections: unknown[] = [];
    const request = { model: "m-mini", prompt: requestFor().prompt, outputTokensMax: 10 };
    try {
      for await (const _ of connection.generator.generate(request, soon()));
    } catch (error) {
      rejections.push(error);
    }
    expect(rejections).toHaveLength(1);
    expect(provider.records.every(({ isAuthorized }) => isAuthorized)).toBe(true);
    const seen = inspect([all, thrown, attemptsSeen, rejections, router, connection], { depth: 30, showHidden: true });
    expect(seen).not.toContain(canary);
    expect(seen).not.toContain("What does a larder keep");
  }
});

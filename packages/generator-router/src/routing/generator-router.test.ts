import { inspect } from "node:util";
import type { RoutedEvent } from "@larder/contracts";
import type { FakeAnswer, FakeFault, FakeRecord } from "@larder/testkit";
import { nanoUsdCeiling, startFakeProvider } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import {
  answer,
  canary,
  cheapestFails,
  connect,
  entryOf,
  fakeModels,
  fiveEntries,
  readAll,
  requestFor,
  routerOver,
} from "../../test/router-fixtures.ts";

const text = answer.deltas.join("");
const start = (script: (request: { readonly model: string }) => FakeAnswer = () => answer) =>
  startFakeProvider({ models: fakeModels, key: canary, answer: (request) => script(request) });
const soon = () => ({ signal: AbortSignal.timeout(15_000) });
const ends = (all: readonly RoutedEvent[]) =>
  all.filter(({ kind }) => kind === "answered" || kind === "unanswered" || kind === "broken");

/** Every attempt with its record of the provider: what is called billed must be exactly what was charged. */
function expectLedgerToMatch(last: RoutedEvent | undefined, records: readonly FakeRecord[]): void {
  if (last === undefined || !("route" in last)) throw new Error("the last event has no route");
  const reached = last.route.attempts.filter(({ error }) => error?.code !== "PROVIDER_UNREACHABLE");
  expect(reached.map(({ model }) => model).toSorted()).toEqual(records.map(({ request }) => request.model).toSorted());
  for (const attempt of reached) {
    const record = records.find(({ request }) => request.model === attempt.model);
    if (attempt.billed === "unknown") expect(attempt.cost).toBeUndefined();
    if (attempt.billed === "no") expect([attempt.cost, record?.bill]).toEqual([0n, 0n]);
    if (attempt.billed === "yes" && attempt.usage?.source === "provider") {
      expect(attempt.cost).toBe(nanoUsdCeiling(record?.bill ?? -1n));
    }
  }
}

describe("the choice", () => {
  it("calls the cheapest of five eligible models and explains the four dearer ones", async () => {
    await using provider = await start();
    const { router } = routerOver([connect(provider)]);
    const { all, text: got, last } = await readAll(router.generate(requestFor(), soon()));
    expect(all[0]).toMatchObject({ kind: "routed", route: { chosen: { provider: "acme", model: "m-mini" } } });
    expect(got).toBe(text);
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

describe("a failure before the first text", () => {
  const faults: readonly { readonly fault: FakeFault; readonly code: string; readonly billed: "no" | "unknown" }[] = [
    { fault: { kind: "status", status: 429, retryAfter: "3" }, code: "PROVIDER_OVERLOADED", billed: "no" },
    { fault: { kind: "status", status: 500 }, code: "PROVIDER_FAILED", billed: "no" },
    { fault: { kind: "status", status: 503 }, code: "PROVIDER_OVERLOADED", billed: "no" },
    { fault: { kind: "status", status: 529 }, code: "PROVIDER_OVERLOADED", billed: "no" },
    { fault: { kind: "reset_before_headers" }, code: "PROVIDER_FAILED", billed: "unknown" },
    { fault: { kind: "html" }, code: "PROVIDER_REPLY_MALFORMED", billed: "unknown" },
    { fault: { kind: "reset", afterDeltas: 0 }, code: "PROVIDER_FAILED", billed: "unknown" },
    { fault: { kind: "cut", afterDeltas: 0 }, code: "PROVIDER_STREAM_BROKEN", billed: "unknown" },
    { fault: { kind: "error_in_band", afterDeltas: 0 }, code: "PROVIDER_FAILED", billed: "unknown" },
    { fault: { kind: "error_in_band", afterDeltas: 0, status: 429 }, code: "PROVIDER_OVERLOADED", billed: "unknown" },
    { fault: { kind: "stall_before_headers" }, code: "PROVIDER_TIMED_OUT", billed: "unknown" },
    { fault: { kind: "stall", afterDeltas: 0 }, code: "PROVIDER_TIMED_OUT", billed: "unknown" },
    {
      fault: { kind: "status", status: 400, body: { error: { code: "context_length_exceeded", message: "too long" } } },
      code: "PROVIDER_REJECTED",
      billed: "no",
    },
    {
      fault: { kind: "status", status: 404, body: { error: { code: "model_not_found", message: "" } } },
      code: "PROVIDER_REJECTED",
      billed: "no",
    },
  ];
  it.each(faults)("moves on to the next candidate: $fault.kind $fault.status $fault.afterDeltas", async (each) => {
    await using provider = await start(cheapestFails(each.fault));
    const { router, attemptsSeen } = routerOver([connect(provider)], fiveEntries, { limits: { firstTextMs: 300 } });
    const { all, text: got, last } = await readAll(router.generate(requestFor(), soon()));
    expect(got).toBe(text);
    expect(ends(all)).toEqual([last]);
    expect(last).toMatchObject({
      kind: "answered",
      route: {
        chosen: { model: "m-small" },
        attempts: [
          { model: "m-mini", outcome: "failed_before_text", billed: each.billed, error: { code: each.code } },
          { model: "m-small", outcome: "answered", billed: "yes" },
        ],
      },
    });
    expectLedgerToMatch(last, await provider.recorded(2));
    if (last?.kind !== "answered") return;
    // One unknown makes the sum unknown: it must not pass for the money of the other.
    expect(last.cost).toBe(each.billed === "unknown" ? undefined : 1_229_800n);
    expect(last.route.attempts).toEqual(attemptsSeen);
    expect(last.route.reason).toContain(`failed first: acme/m-mini (${each.code})`);
  });

  it("moves on to another provider when nobody listens, which costs nothing", async () => {
    const gone = await start();
    await gone.close();
    await using provider = await start();
    const entries = [entryOf("m-mini", "0.01", "0.01", { provider: "gone" }), ...fiveEntries];
    const { router } = routerOver([connect(gone, "gone"), connect(provider)], entries);
    const { last } = await readAll(router.generate(requestFor(), soon()));
    expect(last).toMatchObject({
      kind: "answered",
      cost: 614_900n,
      route: { attempts: [{ provider: "gone", billed: "no", cost: 0n, error: { code: "PROVIDER_UNREACHABLE" } }, {}] },
    });
  });

  it("stops at the attempt limit over all candidates", async () => {
    await using provider = await start(() => ({ ...answer, fault: { kind: "status", status: 500 } }));
    const { router } = routerOver([connect(provider)]);
    const { all, last } = await readAll(router.generate(requestFor(), soon()));
    expect(provider.arrivals).toBe(3);
    expect(ends(all)).toEqual([last]);
    expect(last).toMatchObject({ kind: "unanswered" });
    expect(last?.kind === "unanswered" && last.route.attempts.map(({ model }) => model)).toEqual([
      "m-mini",
      "m-small",
      "m-medium",
    ]);
  });

  it.each([400, 404, 422])("asks nobody else after a plain %i, which all would repeat", async (status) => {
    await using provider = await start(() => ({ ...answer, fault: { kind: "status", status } }));
    const { router } = routerOver([connect(provider)]);
    const { last } = await readAll(router.generate(requestFor(), soon()));
    expect(provider.arrivals).toBe(1);
    expect(last).toMatchObject({ kind: "unanswered", route: { attempts: [{ billed: "no", cost: 0n }] } });
  });

  it.each([401, 402, 403])(
    "asks no other model of a provider that refused the key with %i, nor later",
    async (status) => {
      await using refusing = await start(() => ({ ...answer, fault: { kind: "status", status } }));
      await using provider = await start();
      const dear = fiveEntries.map((entry) => ({ ...entry, provider: "other" }));
      const cheap = fiveEntries.map((entry) => ({ ...entry, rates: entryOf("", "0.001", "0.001").rates }));
      const { router } = routerOver([connect(refusing), connect(provider, "other")], [...cheap, ...dear]);
      const { last } = await readAll(router.generate(requestFor(), soon()));
      expect(last).toMatchObject({ kind: "answered", route: { chosen: { provider: "other" } } });
      await readAll(router.generate(requestFor(), soon()));
      expect(refusing.arrivals).toBe(1);
      const refused = router.quote(requestFor().shape, {}).candidates.filter((each) => each.provider === "acme");
      expect(refused.map(({ refusals }) => refusals[0]?.code)).toEqual(Array(5).fill("no_credentials"));
    },
  );

  it("leaves a model alone for as long as it asks", async () => {
    await using provider = await start(cheapestFails({ kind: "status", status: 429, retryAfter: "30" }));
    const { router } = routerOver([connect(provider)]);
    await readAll(router.generate(requestFor(), soon()));
    const { last } = await readAll(router.generate(requestFor(), soon()));
    expect(last).toMatchObject({ kind: "answered", route: { chosen: { model: "m-small" }, attempts: [{}] } });
    expect(last?.kind === "answered" && last.route.candidates.at(-1)?.refusals).toEqual([
      { code: "cooling_down", sentence: "It failed a moment ago and is left alone for another 30 s." },
    ]);
    expect(provider.arrivals).toBe(3);
  });

  it("asks nobody else for the specialist", async () => {
    await using provider = await start(cheapestFails({ kind: "status", status: 500 }));
    const { router } = routerOver([connect(provider)]);
    const { last } = await readAll(router.generate(requestFor({ persona: "specialist" }), soon()));
    const again = { model: "m-mini", billed: "no" };
    expect(last).toMatchObject({ kind: "unanswered", route: { attempts: [again, again, again] } });
  });

  it("asks another provider next for the hedger", async () => {
    await using first = await start(cheapestFails({ kind: "status", status: 500 }));
    await using second = await start();
    const dear = fiveEntries.map((entry) => ({ ...entry, provider: "other", rates: entryOf("", "90", "90").rates }));
    const { router } = routerOver([connect(first), connect(second, "other")], [...fiveEntries, ...dear]);
    const { last } = await readAll(router.generate(requestFor({ persona: "risk_hedge" }), soon()));
    expect(last).toMatchObject({ kind: "answered", route: { chosen: { provider: "other" } } });
  });

  it("counts a lost attempt at its worst when the answer has a most", async () => {
    await using provider = await start(cheapestFails({ kind: "reset_before_headers" }));
    const { router } = routerOver([connect(provider)]);
    // m-mini takes $0.00092 at worst and m-small $0.00184: together they pass what is allowed, each alone does not.
    const { last } = await readAll(router.generate(requestFor({ costMax: 2_000_000n as never }), soon()));
    expect(last).toMatchObject({ kind: "unanswered", route: { attempts: [{ model: "m-mini", billed: "unknown" }] } });
    expect(provider.arrivals).toBe(1);
  });
});

describe("a failure after the first text", () => {
  const faults: readonly FakeFault[] = [
    { kind: "reset", afterDeltas: 1 },
    { kind: "reset", afterDeltas: 3 },
    { kind: "cut", afterDeltas: 2 },
    { kind: "stall", afterDeltas: 1 },
    { kind: "error_in_band", afterDeltas: 2 },
    { kind: "truncated_json" },
    { kind: "no_done" },
    { kind: "no_finish_reason" },
  ];
  it.each(faults)("ends broken and is continued by nobody: $kind $afterDeltas", async (fault) => {
    await using provider = await start(cheapestFails(fault));
    const { router } = routerOver([connect(provider)], fiveEntries, { limits: { idleMs: 300 } });
    const { all, text: got, last, thrown } = await readAll(router.generate(requestFor(), soon()));
    expect(thrown).toBeUndefined();
    expect(ends(all)).toEqual([last]);
    expect(got).not.toBe("");
    expect(text.startsWith(got)).toBe(true);
    expect(last).toMatchObject({
      kind: "broken",
      error: { code: "PROVIDER_STREAM_BROKEN" },
      route: {
        attempts: [
          { model: "m-mini", outcome: "failed_after_text", billed: "unknown", usage: { source: "estimated" } },
        ],
      },
    });
    expectLedgerToMatch(last, await provider.recorded(1));
    expect(provider.arrivals).toBe(1);
  });

  it("lets a slow drip run as long as each drop comes in time, and no longer than the whole may take", async () => {
    const deltas = Array.from({ length: 12 }, (_, i) => `${i} `);
    await using provider = await start(() => ({ deltas, fault: { kind: "drip", delayMs: 60 } }));
    const patient = routerOver([connect(provider)], fiveEntries, { limits: { idleMs: 2_000 } });
    expect((await readAll(patient.router.generate(requestFor(), soon()))).last?.kind).toBe("answered");
    const hasty = routerOver([connect(provider)], fiveEntries, { limits: { totalMs: 300 } });
    const { last } = await readAll(hasty.router.generate(requestFor(), soon()));
    expect(last).toMatchObject({
      kind: "broken",
      error: { details: { limit: "total", broken_by: "PROVIDER_TIMED_OUT" } },
    });
    const { last: late } = await readAll(patient.router.generate(requestFor({ deadlineMs: 300 }), soon()));
    expect(late).toMatchObject({ kind: "broken", error: { details: { limit: "deadline" } } });
  });
});

describe("usage", () => {
  it("is estimated by our own count, and says so, when the provider tells none", async () => {
    await using provider = await start(() => ({ ...answer, fault: { kind: "no_usage" } }));
    const { router } = routerOver([connect(provider)]);
    const { last } = await readAll(router.generate(requestFor(), soon()));
    expect(last).toMatchObject({
      kind: "answered",
      usage: { source: "estimated", tokens: { inputFresh: 6_000, outputText: Math.ceil(text.length / 4) } },
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

describe("an abort", () => {
  it.each([0, 1])(
    "closes the socket after %i deltas, leaves an attempt, and rejects with its reason",
    async (afterDeltas) => {
      await using provider = await start(() => ({ ...answer, fault: { kind: "stall", afterDeltas } }));
      const { router, attemptsSeen } = routerOver([connect(provider)]);
      const controller = new AbortController();
      const reason = new Error("the reader left");
      const reading = readAll(router.generate(requestFor(), { signal: controller.signal }));
      await expect.poll(() => provider.arrivals).toBe(1);
      const abortedAtMs = performance.now();
      controller.abort(reason);
      const { all, last, thrown } = await reading;
      const [record] = await provider.recorded(1);
      expect(performance.now() - abortedAtMs).toBeLessThan(2_000);
      expect(record?.outcome).toBe("closed_by_client");
      expect(thrown).toBe(reason);
      expect(ends(all)).toEqual([last]);
      expect(last).toMatchObject({
        kind: "broken",
        error: { code: "REQUEST_ABORTED" },
        route: { attempts: [{ outcome: "aborted", billed: "unknown", usage: { source: "estimated" } }] },
      });
      expect(last?.kind === "broken" && last.route.attempts).toEqual(attemptsSeen);
    },
  );

  it("reaches nobody when it came first", async () => {
    await using provider = await start();
    const { router } = routerOver([connect(provider)]);
    const reason = new Error("never mind");
    const { all, thrown } = await readAll(router.generate(requestFor(), { signal: AbortSignal.abort(reason) }));
    expect([all, thrown, provider.arrivals]).toEqual([[], reason, 0]);
  });

  it("closes the socket, and is told of, when the reader leaves the loop", async () => {
    await using provider = await start(() => ({ ...answer, fault: { kind: "stall", afterDeltas: 1 } }));
    const { router, attemptsSeen } = routerOver([connect(provider)]);
    for await (const event of router.generate(requestFor(), soon())) if (event.kind === "text") break;
    const [record] = await provider.recorded(1);
    expect(record?.outcome).toBe("closed_by_client");
    expect(attemptsSeen).toMatchObject([{ outcome: "aborted", billed: "unknown" }]);
  });

  it("ends what is running when the router is closed", async () => {
    await using provider = await start(() => ({ ...answer, fault: { kind: "stall", afterDeltas: 0 } }));
    const { router } = routerOver([connect(provider)]);
    const reading = readAll(router.generate(requestFor(), soon()));
    await expect.poll(() => provider.arrivals).toBe(1);
    await router[Symbol.asyncDispose]();
    expect((await reading).thrown).toMatchObject({ code: "SERVER_STOPPING" });
    expect((await readAll(router.generate(requestFor(), soon()))).thrown).toMatchObject({ code: "SERVER_STOPPING" });
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

import { setTimeout as delay } from "node:timers/promises";
import type { FakeAnswer, FakeFault, FakeRequest } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { answerText, soon, start } from "../../test/routed-calls.ts";
import {
  answer,
  cheapestFails,
  connect,
  entryOf,
  fiveEntries,
  readAll,
  requestFor,
  routerOver,
} from "../../test/router-fixtures.ts";

const [mini] = fiveEntries;
const onlyMini = mini === undefined ? [] : [mini];
const failing = (status: number, more: Partial<FakeFault> = {}): FakeAnswer => ({
  ...answer,
  fault: { kind: "status", status, ...more } as FakeFault,
});

describe("a repetition", () => {
  it.each([409, 429, 500, 502, 503, 529])("of the only model comes after a %i, which cost nothing", async (status) => {
    await using provider = await start(({ index }) => (index === 0 ? failing(status) : answer));
    const { router } = routerOver([connect(provider)], onlyMini, { limits: { overloadedMs: 20, retryDelayMs: 1 } });
    const { last, text: got } = await readAll(router.generate(requestFor(), soon()));
    expect(got).toBe(answerText);
    expect(last).toMatchObject({ kind: "answered", cost: 614_900n, route: { attempts: [{ billed: "no" }, {}] } });
  });

  it("waits as long as the provider asks, and not at all for one that asks for too much", async () => {
    await using provider = await start(({ index }) => (index === 0 ? failing(429, { retryAfter: "0.3" }) : answer));
    const { router } = routerOver([connect(provider)], onlyMini, { limits: { retryDelayMs: 0 } });
    const startMs = performance.now();
    expect((await readAll(router.generate(requestFor(), soon()))).last?.kind).toBe("answered");
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(290);

    await using slow = await start(() => failing(429, { retryAfter: "60" }));
    const other = routerOver([connect(slow)], onlyMini);
    expect((await readAll(other.router.generate(requestFor(), soon()))).last?.kind).toBe("unanswered");
    expect(slow.arrivals).toBe(1);
  });

  it.each<FakeFault>([
    { kind: "reset_before_headers" },
    { kind: "stall_before_headers" },
    { kind: "status", status: 504 },
    { kind: "cut", afterDeltas: 0 },
    { kind: "html" },
  ])("never comes where the bill is unknown: $kind", async (fault) => {
    await using provider = await start(() => ({ ...answer, fault }));
    const { router } = routerOver([connect(provider)], onlyMini, { limits: { firstTextMs: 300, retryDelayMs: 1 } });
    const { last } = await readAll(router.generate(requestFor(), soon()));
    expect(last).toMatchObject({ kind: "unanswered", route: { attempts: [{ billed: "unknown" }] } });
    expect(provider.arrivals).toBe(1);
  });

  it.each([
    { limits: { attemptsMax: 2 }, arrivals: 2 },
    { limits: { attemptsMax: 20, retryMs: 2_000, retryDelayMs: 900 }, arrivals: 2 }, // the second delay would end too late
    { limits: { attemptsMax: 20, retryWaitMsMax: 70, retryDelayMs: 60 }, arrivals: 2 },
  ])("comes within the attempts, the time and the waits of the request: $limits", async ({ limits, arrivals }) => {
    await using provider = await start(() => failing(500));
    const { router } = routerOver([connect(provider)], onlyMini, {
      limits: { retryDelayMs: 1, failuresMax: 100, ...limits },
      random: () => 1,
    });
    expect((await readAll(router.generate(requestFor(), soon()))).last?.kind).toBe("unanswered");
    expect(provider.arrivals).toBeLessThanOrEqual(arrivals);
    expect(provider.arrivals).toBeGreaterThan(1);
  });

  it("ends with the reader, also while it is waited for", async () => {
    await using provider = await start(() => failing(429, { retryAfter: "4" }));
    const { router } = routerOver([connect(provider)], onlyMini);
    const controller = new AbortController();
    const reason = new Error("the reader left");
    const reading = readAll(router.generate(requestFor(), { signal: controller.signal }));
    await provider.recorded(1);
    await delay(30);
    controller.abort(reason);
    const { last, thrown } = await reading;
    expect(thrown).toBe(reason);
    expect(last).toMatchObject({ kind: "broken", error: { code: "REQUEST_ABORTED" } });
  });
});

describe("a time limit", () => {
  it("of the request ends every attempt, and is no failure of the model", async () => {
    await using provider = await start(() => ({ ...answer, fault: { kind: "stall_before_headers" } }));
    const { router } = routerOver([connect(provider)], fiveEntries, { limits: { requestMs: 600, failuresMax: 1 } });
    const { last } = await readAll(router.generate(requestFor(), soon()));
    expect(last).toMatchObject({
      kind: "unanswered",
      route: { attempts: [{ error: { details: { limit: "deadline" } } }] },
    });
    expect(router.quote(requestFor().shape, {}).candidates.every(({ isEligible }) => isEligible)).toBe(true);
  });

  it("of the whole closes the socket and frees the place of an answer that nobody reads on", async () => {
    await using provider = await start(() => ({ ...answer, fault: { kind: "stall", afterDeltas: 1 } }));
    const { router } = routerOver([connect(provider)], onlyMini, {
      limits: { totalMs: 150, callsMax: 1, queueMax: 1 },
    });
    const reading = router.generate(requestFor(), soon())[Symbol.asyncIterator]();
    await reading.next();
    expect((await reading.next()).value).toMatchObject({ kind: "text" });
    const [record] = await provider.recorded(1); // while the reader does nothing at all
    expect(record?.outcome).toBe("closed_by_client");
    const next = readAll(router.generate(requestFor(), soon()));
    expect((await next).last).toMatchObject({ kind: "broken" });
    expect((await reading.next()).value).toMatchObject({ kind: "broken", error: { details: { limit: "total" } } });
  });

  it("of silence counts the provider's and not the reader's", async () => {
    await using provider = await start();
    const { router } = routerOver([connect(provider)], onlyMini, { limits: { idleMs: 100 } });
    let got = "";
    for await (const event of router.generate(requestFor(), soon())) {
      if (event.kind !== "text") continue;
      got += event.text;
      await delay(200);
    }
    expect(got).toBe(answerText);
  });
});

describe("the breaker", () => {
  it("lets one request of many try a model after its cool-down, and all after that one's first text", async () => {
    let isWell = false;
    await using provider = await start(({ model }) =>
      model !== "m-mini" ? answer : isWell ? { ...answer, delayMs: 150 } : failing(500),
    );
    const { router } = routerOver([connect(provider)], fiveEntries, { limits: { failuresMax: 1, failingMs: 100 } });
    await readAll(router.generate(requestFor(), soon()));
    isWell = true;
    await delay(120);
    const before = provider.arrivals;
    const all = await Promise.all(Array.from({ length: 8 }, () => readAll(router.generate(requestFor(), soon()))));
    expect(all.map(({ last }) => last?.kind)).toEqual(Array(8).fill("answered"));
    const models = provider.records.slice(before).map(({ request }) => request.model);
    expect(models.filter((model) => model === "m-mini")).toHaveLength(1);
    await readAll(router.generate(requestFor(), soon()));
    expect(provider.records.at(-1)?.request.model).toBe("m-mini");
  });
});

describe("a hedge", () => {
  const slowMini =
    (delayMs: number) =>
    ({ model }: FakeRequest): FakeAnswer =>
      model === "m-mini" ? { ...answer, delayMs } : answer;

  it("is off by default", async () => {
    await using provider = await start(slowMini(300));
    const { router } = routerOver([connect(provider)]);
    expect((await readAll(router.generate(requestFor(), soon()))).last?.kind).toBe("answered");
    expect(provider.arrivals).toBe(1);
  });

  it("answers with the first text, stops the other one and writes down what it may cost", async () => {
    await using provider = await start(slowMini(2_000));
    const { router, attemptsSeen } = routerOver([connect(provider)], fiveEntries, { limits: { hedgeDelayMs: 50 } });
    const { last, text: got } = await readAll(router.generate(requestFor(), soon()));
    expect(got).toBe(answerText);
    expect(last).toMatchObject({
      kind: "answered",
      route: {
        chosen: { model: "m-small" },
        attempts: [
          { model: "m-mini", outcome: "aborted", billed: "unknown", error: { code: "PROVIDER_HEDGE_LOST" } },
          { model: "m-small", outcome: "answered", billed: "yes" },
        ],
      },
    });
    expect(last).not.toHaveProperty("cost"); // of one of the two nobody knows
    expect(attemptsSeen).toHaveLength(2);
    expect(last?.kind === "answered" && last.route.reason).toContain("asked at the same time and slower: acme/m-mini");
    const records = await provider.recorded(2);
    expect(records.find(({ request }) => request.model === "m-mini")?.outcome).toBe("closed_by_client");
  });

  it("is not begun when the first text is there in time, nor when the first attempt has failed", async () => {
    await using provider = await start(cheapestFails({ kind: "status", status: 500 }));
    const { router } = routerOver([connect(provider)], fiveEntries, { limits: { hedgeDelayMs: 2_000 } });
    const { last } = await readAll(router.generate(requestFor(), soon()));
    expect(last).toMatchObject({ kind: "answered", route: { attempts: [{ model: "m-mini" }, { model: "m-small" }] } });
    expect(provider.arrivals).toBe(2);
  });

  it("counts as an attempt and within the most that the answer may cost", async () => {
    await using provider = await start(slowMini(250));
    const one = routerOver([connect(provider)], fiveEntries, { limits: { hedgeDelayMs: 20, attemptsMax: 1 } });
    await readAll(one.router.generate(requestFor(), soon()));
    const dear = routerOver([connect(provider)], fiveEntries, { limits: { hedgeDelayMs: 20 } });
    await readAll(dear.router.generate(requestFor({ costMax: 2_000_000n as never }), soon()));
    const specialist = routerOver([connect(provider)], fiveEntries, { limits: { hedgeDelayMs: 20 } });
    await readAll(specialist.router.generate(requestFor({ persona: "specialist", models: ["m-mini"] }), soon()));
    expect(provider.records.map(({ request }) => request.model)).toEqual(["m-mini", "m-mini", "m-mini"]);
  });

  it("leaves both attempts, told of once each, when the reader leaves", async () => {
    const stalls: FakeAnswer = { ...answer, fault: { kind: "stall_before_headers" } };
    await using provider = await start(() => stalls);
    const { router, attemptsSeen } = routerOver([connect(provider)], fiveEntries, { limits: { hedgeDelayMs: 20 } });
    const controller = new AbortController();
    const reading = readAll(router.generate(requestFor(), { signal: controller.signal }));
    await expect.poll(() => provider.arrivals).toBe(2);
    controller.abort(new Error("the reader left"));
    expect((await reading).last).toMatchObject({ kind: "broken", route: { attempts: [{}, {}] } });
    await provider.recorded(2);
    expect(attemptsSeen.map(({ outcome, billed }) => [outcome, billed])).toEqual(Array(2).fill(["aborted", "unknown"]));
  });
});

describe("the sockets", () => {
  it("of whole answers and refusals are used again, and those of broken ones are closed", async () => {
    await using provider = await start(({ index }) => (index === 3 ? failing(429) : answer));
    const { router } = routerOver([connect(provider)]);
    for (let i = 0; i < 8; i++) {
      await readAll(router.generate(requestFor(), soon()));
      await delay(5); // the last bytes of the reply before
    }
    expect(provider.arrivals).toBe(9);
    // One, and a second one for the call that followed the refusal before its last bytes were read.
    expect(provider.socketCount).toBeLessThanOrEqual(2);

    await using cutting = await start(() => ({ ...answer, fault: { kind: "stall", afterDeltas: 1 } }));
    const broken = routerOver([connect(cutting)], onlyMini, { limits: { idleMs: 50 } });
    await readAll(broken.router.generate(requestFor(), soon()));
    await expect.poll(() => cutting.openSockets).toBe(0);
  });

  it("are closed with the router", async () => {
    await using provider = await start();
    const { router } = routerOver([connect(provider)]);
    await readAll(router.generate(requestFor(), soon()));
    expect(provider.openSockets).toBe(1);
    await router[Symbol.asyncDispose]();
    await expect.poll(() => provider.openSockets).toBe(0);
  });

  it("are no more at once than calls are allowed; who finds the queue full goes to another provider", async () => {
    await using acme = await start(() => ({ ...answer, delayMs: 100 }));
    await using zeta = await start();
    const entries = [...fiveEntries, entryOf("m-mini", "50", "50", { provider: "zeta" })];
    const limits = { callsMax: 2, queueMax: 4 };
    const { router } = routerOver([connect(acme), connect(zeta, "zeta")], entries, { limits });
    const all = await Promise.all(Array.from({ length: 10 }, () => readAll(router.generate(requestFor(), soon()))));
    expect(all.map(({ last }) => last?.kind)).toEqual(Array(10).fill("answered"));
    expect([acme.arrivals, zeta.arrivals]).toEqual([6, 4]);
    expect(acme.socketCount).toBeLessThanOrEqual(4); // two in use, and two that read the last bytes of an answer
    const sent = all.flatMap(({ last }) => (last?.kind === "answered" ? last.route.attempts : []));
    expect(sent.filter(({ error }) => error?.code === "PROVIDER_BUSY")).toHaveLength(4);
    expect(router.quote(requestFor().shape, {}).candidates.every(({ isEligible }) => isEligible)).toBe(true);
  });
});

it("tells which model served, and of lines that could not be read", async () => {
  await using provider = await start(({ index }) => ({
    ...answer,
    fault: index === 0 ? { kind: "wrong_model", model: "m-other" } : { kind: "malformed_line", afterDeltas: 1 },
  }));
  const { router, attemptsSeen } = routerOver([connect(provider)], onlyMini);
  for (let i = 0; i < 2; i++) await readAll(router.generate(requestFor(), soon()));
  expect(attemptsSeen).toMatchObject([{ model: "m-mini", servedModel: "m-other" }, { unreadableLines: 1 }]);
});

import type { FakeFault } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { answerText, ends, expectLedgerToMatch, soon, start } from "../../test/routed-calls.ts";
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
    expect(got).toBe(answerText);
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
    const { last } = await readAll(router.generate(requestFor({ persona: "specialist", models: ["m-mini"] }), soon()));
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

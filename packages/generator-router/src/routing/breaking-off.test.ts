import type { FakeFault } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { answerText, ends, expectLedgerToMatch, soon, start } from "../../test/routed-calls.ts";
import {
  answer,
  cheapestFails,
  connect,
  fiveEntries,
  readAll,
  requestFor,
  routerOver,
} from "../../test/router-fixtures.ts";

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
    expect(answerText.startsWith(got)).toBe(true);
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
      controller.abort(reason);
      const { all, last, thrown } = await reading;
      const [record] = await provider.recorded(1);
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

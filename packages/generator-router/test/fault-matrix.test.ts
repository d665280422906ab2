import { setTimeout as delay } from "node:timers/promises";
import type { Attempt, RoutedEvent } from "@larder/contracts";
import type { FakeRequest } from "@larder/testkit";
import { seededRandom } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import type { RouterLimits } from "../src/routing/router-limits.ts";
import {
  connectTo,
  entriesOver,
  expectNothingUnwritten,
  expectOneOutcome,
  expectTrueLedger,
  startProvider,
} from "./fault-bed.ts";
import type { FaultCell } from "./fault-cells.ts";
import { connectionFaults, faultCells } from "./fault-cells.ts";
import { readAll, requestFor, routerOver } from "./router-fixtures.ts";

/** A machine that is busy must not make a healthy model late, so these are only as small as the suite is quick. */
const patient: Partial<RouterLimits> = { firstTextMs: 1_500, idleMs: 700, totalMs: 3_000, requestMs: 8_000 };
/** For the seeds it matters only that everything ends and is true, not how. */
const hasty: Partial<RouterLimits> = {
  firstTextMs: 120,
  idleMs: 120,
  totalMs: 400,
  requestMs: 900,
  retryDelayMs: 10,
  retryWaitMsMax: 100,
  overloadedMs: 10,
  failingMs: 30,
  credentialMs: 50,
  queueMs: 100,
};
const soon = () => ({ signal: AbortSignal.timeout(20_000) });

describe("each fault", () => {
  it.concurrent.each(faultCells)("$name: $expected", async (cell) => {
    await using first = await startProvider(({ model }) => (model === "m-mini" ? cell : undefined));
    await using second = await startProvider(() => undefined);
    const providers = [connectTo(first.url, "acme"), connectTo(second.url, "zeta")];
    const { router, attemptsSeen } = routerOver(providers, entriesOver(["acme", "zeta"]), { limits: patient });
    await using _ = router;
    const { all, last, thrown } = await readAll(router.generate(requestFor(), soon()));
    expect(thrown).toBeUndefined();
    expectOneOutcome(all, (model) => [model === "m-mini" ? cell : undefined]);
    const records = [...(await first.recorded(first.arrivals)), ...(await second.recorded(second.arrivals))];
    expectTrueLedger(attemptsSeen, records, ({ model }) => (model === "m-mini" ? cell : undefined));
    const outcome = { next: "answered", whole: "answered", broken: "broken", stops: "unanswered" }[cell.expected];
    const chosen = { next: "m-small", whole: "m-mini", broken: "m-mini", stops: undefined }[cell.expected];
    expect(last).toMatchObject({ kind: outcome });
    expect(last !== undefined && "route" in last && last.route.chosen?.model).toBe(chosen);
    expect(last !== undefined && "route" in last && last.route.attempts).toEqual(attemptsSeen);
  });

  it.each(connectionFaults)("a connection that never stands (%s): next, at no cost", async (kind) => {
    await using provider = await startProvider(() => undefined);
    const gone = await startProvider(() => undefined);
    await gone.close();
    const urls = { refused: gone.url, dns: "http://a..b/v1", tls: provider.url.replace("http:", "https:") };
    const providers = [connectTo(urls[kind], "acme"), connectTo(provider.url, "zeta")];
    const { router, attemptsSeen } = routerOver(providers, entriesOver(["acme", "zeta"]), { limits: patient });
    await using _ = router;
    const { last } = await readAll(router.generate(requestFor(), soon()));
    expect(last).toMatchObject({ kind: "answered", route: { chosen: { model: "m-small" } } });
    expect(attemptsSeen).toMatchObject([{ billed: "no", cost: 0n, error: { code: "PROVIDER_UNREACHABLE" } }, {}]);
  });
});

/** What the reader does, by a seed. */
type Reader = "patient" | "slow" | "leaves" | "aborts";

async function runSeed(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const one = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const rare = (cell: FaultCell) => (cell.answer.fault?.kind === "long_line" ? random() < 0.1 : true);
  const pick = (): FaultCell | undefined => {
    if (random() < 0.3) return undefined;
    const cell = one(faultCells);
    return rare(cell) ? cell : undefined;
  };
  // The first call takes the seeds' cells in turn, so that each is met; what comes after is drawn.
  const drawn = new Map<string, FaultCell | undefined>();
  const cellFor = (provider: string) => (request: FakeRequest) => {
    const key = `${provider} ${request.index}`;
    if (!drawn.has(key)) drawn.set(key, drawn.size === 0 ? faultCells[seed % faultCells.length] : pick());
    return drawn.get(key);
  };
  await using acme = await startProvider(cellFor("acme"));
  await using zeta = await startProvider(cellFor("zeta"));
  const providers = [connectTo(acme.url, "acme"), connectTo(zeta.url, "zeta")];
  const limits = {
    ...hasty,
    attemptsMax: one([1, 2, 3, 5]),
    hedgeDelayMs: one([0, 0, 15, 60]),
    ...(random() < 0.2 && { callsMax: 1, queueMax: 1 }),
  };
  const { router, attemptsSeen } = routerOver(providers, entriesOver(["acme", "zeta"]), { limits, random });
  await using _ = router;
  const told: Attempt[] = [];
  const requests = Array.from({ length: one([1, 1, 2, 4]) }, () => ({
    reader: one<Reader>(["patient", "patient", "slow", "leaves", "aborts"]),
    afterMs: Math.floor(random() * 250),
    policy: {
      ...(random() < 0.3 && { deadlineMs: 50 + Math.floor(random() * 400) }),
      ...(random() < 0.3 && { persona: one(["cost_min", "risk_hedge", "specialist"] as const) }),
    },
  }));
  await Promise.all(
    requests.map(async ({ reader, afterMs, policy }) => {
      const controller = new AbortController();
      const reason = new Error("the reader left");
      const timer = reader === "aborts" ? setTimeout(() => controller.abort(reason), afterMs) : undefined;
      const startMs = performance.now();
      let pausedMs = 0;
      const all: RoutedEvent[] = [];
      let thrown: unknown;
      let hasLeft = false;
      try {
        for await (const event of router.generate(requestFor(policy), { signal: controller.signal })) {
          all.push(event);
          if (reader === "slow" && event.kind === "text") {
            await delay(60);
            pausedMs += 60;
          }
          hasLeft = reader === "leaves" && event.kind === "text";
          if (hasLeft) break;
        }
      } catch (error) {
        thrown = error;
      }
      clearTimeout(timer);
      const tookMs = performance.now() - startMs - pausedMs;
      const allowedMs = Math.min(policy.deadlineMs ?? 60_000, hasty.requestMs ?? 0);
      expect(tookMs, "time").toBeLessThan(allowedMs + 1_500); // of which most is the machine's, when it is busy
      expect([undefined, reason]).toContain(thrown);
      const last = all.at(-1);
      if (!hasLeft && all.length > 0) {
        expectOneOutcome(all, () => [undefined, ...drawn.values()]);
        const attempts = last !== undefined && "route" in last ? last.route.attempts : [];
        expect(attempts.length).toBeLessThanOrEqual(limits.attemptsMax);
        told.push(...attempts);
      }
    }),
  );
  const records = [acme, zeta].map((provider) => provider.recorded(provider.arrivals));
  await Promise.all(records); // nobody is left talking to a reader who has gone
  for (const [id, provider] of [["acme", acme] as const, ["zeta", zeta] as const]) {
    const own = attemptsSeen.filter((attempt) => attempt.provider === id);
    expectNothingUnwritten(own, provider.records, cellFor(id));
  }
  if (requests.length === 1 && requests[0]?.reader !== "leaves") {
    for (const [i, provider] of [acme, zeta].entries()) {
      const own = told.filter((attempt) => attempt.provider === ["acme", "zeta"][i]);
      expectTrueLedger(own, provider.records, cellFor(["acme", "zeta"][i] ?? ""));
    }
  }
}

const onlySeed = process.env.LARDER_FAULT_SEED;
const seeds = onlySeed === undefined ? Array.from({ length: 500 }, (_, i) => i + 1) : [Number(onlySeed)];
const batchSize = 25;

describe("500 seeds of faults, readers, deadlines, hedges and full queues", () => {
  const batches = Array.from({ length: Math.ceil(seeds.length / batchSize) }, (_, i) =>
    seeds.slice(i * batchSize, (i + 1) * batchSize),
  );
  it.each(batches)("from seed %i: each request ends in time, in one outcome, with a true ledger", async (...batch) => {
    const failures: string[] = [];
    await Promise.all(
      batch.map((seed) =>
        runSeed(seed).catch((error: unknown) =>
          failures.push(`LARDER_FAULT_SEED=${seed}: ${error instanceof Error ? error.stack : String(error)}`),
        ),
      ),
    );
    expect(failures).toEqual([]);
  });
});

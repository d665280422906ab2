import type { BatchRequest, BatchRequestId, BatchRequests, ReceiptId, Route } from "@larder/contracts";
import { nanoUsdCeiling, startFakeProvider } from "@larder/testkit";
import type { FakeBatchOptions } from "@larder/testkit/fake-provider";
import { expect, it } from "vitest";
import { connect, entryOf, requestFor, routerOver, usd } from "../../test/router-fixtures.ts";
import { plainWire } from "../openai/wire-dialect.ts";
import { createBatchLane } from "./batch-lane.ts";
import { createOpenAiBatchApi } from "./openai-batch-api.ts";

const live = { input: "1.00", output: "4.00" };
const half = { input: "0.50", output: "2.00" };
const cards = { batch: { rates: { inputFresh: usd(half.input), outputText: usd(half.output) }, tiers: [] } };
const call = () => ({ signal: AbortSignal.timeout(10_000) });

/** Jobs in memory; what a restart keeps is what stands here. */
function keptJobs(): BatchRequests & { readonly jobs: Map<BatchRequestId, BatchRequest> } {
  const jobs = new Map<BatchRequestId, BatchRequest>();
  const isOver = ({ state: { kind } }: BatchRequest) => kind === "answered" || kind === "failed";
  return {
    jobs,
    add: async (job) => void jobs.set(job.id, job),
    find: async (id) => jobs.get(id),
    unfinished: async () => [...jobs.values()].filter((job) => !isOver(job)),
    async change(id, state) {
      const job = jobs.get(id);
      if (job !== undefined) jobs.set(id, { ...job, state });
    },
  };
}

async function open(batches: Partial<FakeBatchOptions> = {}, hasCard = true) {
  const provider = await startFakeProvider({
    models: [{ id: "m", prices: live }],
    answer: () => ({ deltas: ["A larder keeps food."] }),
    batches: { prices: { m: half }, ...batches },
  });
  const entry = entryOf("m", live.input, live.output, hasCard ? { cards } : {});
  const { router } = routerOver([connect(provider)], [entry]);
  const times = { nowMs: 1_000_000 };
  const clock = { nowMs: () => times.nowMs, monotonicMs: () => performance.now() };
  const requests = keptJobs();
  const routes: Route[] = [];
  /** A lane as a new process makes it: nothing of an earlier one is left but the jobs. */
  const lane = () =>
    createBatchLane({
      router,
      apis: new Map([["acme", createOpenAiBatchApi({ baseUrl: provider.url, wire: plainWire, clock })]]),
      requests,
      clock,
      async record(_, route) {
        routes.push(route);
        return "rcp_0000000000" as ReceiptId;
      },
    });
  const id = "brq_0000000001" as BatchRequestId;
  const job = { id, scope: "anyone", createdAtMs: 1_000_000, deadlineAtMs: 1_000_000 + 3_600_000 };
  await requests.add({ ...job, request: requestFor({ isBatchAllowed: true }), state: { kind: "waiting" } }, call());
  return {
    provider,
    times,
    routes,
    lane,
    stateOf: () => requests.jobs.get(id)?.state,
    async [Symbol.asyncDispose]() {
      await router[Symbol.asyncDispose]();
      await provider.close();
    },
  };
}

it("answers by a batch where that is cheaper, at the batch's price", async () => {
  await using bed = await open();
  const lane = bed.lane();
  await lane.advance(call());
  expect(bed.stateOf()?.kind).toBe("submitted");
  await lane.advance(call());
  expect(bed.stateOf()?.kind).toBe("submitted"); // still running
  await lane.advance(call());
  const bill = bed.provider.batches?.made[0]?.bill ?? -1n;
  expect(bed.stateOf()).toMatchObject({
    kind: "answered",
    answer: { text: "A larder keeps food.", finishReason: "stop" },
  });
  expect(bed.routes[0]?.attempts).toMatchObject([
    { billed: "yes", usage: { lane: "batch" }, cost: nanoUsdCeiling(bill) },
  ]);
  expect(bed.provider.arrivals).toBe(0);
});

it("asks live at once where no batch is cheaper", async () => {
  await using bed = await open({}, false);
  await bed.lane().advance(call());
  expect(bed.stateOf()?.kind).toBe("answered");
  expect(bed.provider.batches?.made).toEqual([]);
});

it("goes on after a restart with the batch that was made, also when its reply was lost", async () => {
  await using bed = await open({ lostReplies: 1 });
  await bed.lane().advance(call());
  expect(bed.stateOf()?.kind).toBe("submitting");
  await bed.lane().advance(call());
  expect(bed.stateOf()).toMatchObject({ kind: "submitted", batchId: "batch_1" });
  await bed.lane().advance(call());
  await bed.lane().advance(call());
  expect(bed.stateOf()?.kind).toBe("answered");
  expect(bed.provider.batches?.made).toHaveLength(1);
});

it("stops a batch that would be too late and asks live, with both attempts on the receipt", async () => {
  await using bed = await open({ pollsUntilDone: Number.POSITIVE_INFINITY });
  await bed.lane().advance(call());
  bed.times.nowMs += 3_600_000 - 60_000;
  await bed.lane().advance(call());
  expect(bed.provider.batches?.made[0]?.status).toBe("cancelled");
  expect(bed.stateOf()).toMatchObject({ kind: "answered", answer: { text: "A larder keeps food." } });
  const [batch, asked] = bed.routes[0]?.attempts ?? [];
  expect(batch).toMatchObject({ billed: "no", cost: 0n });
  expect(asked).toMatchObject({ billed: "yes", cost: nanoUsdCeiling(bed.provider.records[0]?.bill ?? -1n) });
});

it.each(["failed", "expired"] as const)("asks live when the batch %s", async (ending) => {
  await using bed = await open({ ending, pollsUntilDone: 0 });
  await bed.lane().advance(call());
  await bed.lane().advance(call());
  expect(bed.stateOf()?.kind).toBe("answered");
  expect(bed.routes[0]?.attempts.map(({ billed }) => billed)).toEqual(["no", "yes"]);
});

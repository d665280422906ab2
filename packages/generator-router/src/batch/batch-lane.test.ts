import type {
  BatchRequest,
  BatchRequestId,
  BatchRequests,
  Budgets,
  ModelEntry,
  ReceiptId,
  Route,
} from "@larder/contracts";
import type { FakeProviderOptions } from "@larder/testkit";
import { nanoUsdCeiling, startFakeProvider } from "@larder/testkit";
import type { FakeBatchOptions } from "@larder/testkit/fake-provider";
import { expect, it } from "vitest";
import { createBooks } from "../../test/books.ts";
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

interface BedOptions {
  readonly hasCard?: boolean;
  readonly budgets?: Budgets;
  readonly others?: readonly ModelEntry[];
  readonly answer?: FakeProviderOptions["answer"];
}

const id = "brq_0000000001" as BatchRequestId;

async function open(
  batches: Partial<FakeBatchOptions> = {},
  { hasCard = true, budgets, others = [], answer = () => ({ deltas: ["A larder keeps food."] }) }: BedOptions = {},
) {
  const provider = await startFakeProvider({
    models: [{ id: "m", prices: live }],
    answer,
    batches: { prices: { m: half }, ...batches },
  });
  const entry = entryOf("m", live.input, live.output, { capabilities: ["tools"], ...(hasCard ? { cards } : {}) });
  const limits = { budgetWaitMs: 0 };
  const { router } = routerOver([connect(provider)], [entry, ...others], {
    limits,
    ...(budgets && { budgets }),
  });
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
      ...(budgets && { budgets }),
      async record(_, route) {
        routes.push(route);
        return "rcp_0000000000" as ReceiptId;
      },
    });
  const job = { id, scope: "anyone", createdAtMs: 1_000_000, deadlineAtMs: 1_000_000 + 3_600_000 };
  await requests.add({ ...job, request: requestFor({ isBatchAllowed: true }), state: { kind: "waiting" } }, call());
  return {
    provider,
    times,
    routes,
    lane,
    requests,
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

it("gives the tool calls of a batch, and makes none at a model that knows no tools", async () => {
  const toolCalls = [{ id: "call_1", name: "look", pieces: ["{", "}"] }];
  const cheaper = entryOf("blind", half.input, half.output, { cards, capabilities: [] });
  await using bed = await open({ pollsUntilDone: 0 }, { others: [cheaper], answer: () => ({ deltas: [], toolCalls }) });
  const request = { ...requestFor({ isBatchAllowed: true }), tools: [{ name: "look" }] };
  const job = bed.requests.jobs.get(id);
  if (job === undefined) throw new Error("there is none");
  bed.requests.jobs.set(id, { ...job, request });
  const other = "brq_0000000002" as BatchRequestId;
  await bed.requests.add({ ...job, id: other, request: { ...request, policy: { models: ["blind"] } } }, call());
  await bed.lane().advance(call());
  await bed.lane().advance(call());
  expect(bed.stateOf()).toMatchObject({
    kind: "answered",
    answer: { text: "", finishReason: "tool_calls", toolCalls: [{ id: "call_1", name: "look", arguments: "{}" }] },
  });
  expect(bed.requests.jobs.get(other)?.state).toMatchObject({
    kind: "failed",
    error: { code: "POLICY_UNSATISFIABLE" },
  });
  expect([bed.provider.batches?.made.length, bed.provider.arrivals]).toEqual([1, 0]);
});

it("asks live at once where no batch is cheaper", async () => {
  await using bed = await open({}, { hasCard: false });
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

/** 6,000 tokens in at $0.50 and at most 800 out at $2 a million. */
const batchWorst = 4_600_000n;

it("reserves the most that the batch may cost, and settles its bill", async () => {
  const budgets = createBooks(1_000_000_000n);
  await using bed = await open({ pollsUntilDone: 0 }, { budgets });
  await bed.lane().advance(call());
  expect(budgets.reserved).toEqual([batchWorst]);
  await bed.lane().advance(call());
  const bill = nanoUsdCeiling(bed.provider.batches?.made[0]?.bill ?? -1n);
  expect(budgets.ends).toEqual([`settle ${bill}`]);
  expect(bed.routes[0]?.attempts).toMatchObject([
    { cost: bill, reservation: { amount: batchWorst, ending: "settled" } },
  ]);
});

it.each(["failed", "expired"] as const)(
  "gives back what a batch that %s had reserved, and reserves the live call",
  async (ending) => {
    const budgets = createBooks(1_000_000_000n);
    await using bed = await open({ ending, pollsUntilDone: 0 }, { budgets });
    await bed.lane().advance(call());
    await bed.lane().advance(call());
    expect(budgets.reserved).toEqual([batchWorst, 9_200_000n]);
    expect(budgets.ends[0]).toBe("release");
    expect(budgets.ends[1]).toMatch(/^settle \d+$/);
    expect(bed.routes[0]?.attempts.map(({ reservation }) => reservation?.ending)).toEqual(["released", "settled"]);
  },
);

it("waits for money while there is time, and says at the end that there was none", async () => {
  const budgets = createBooks(batchWorst - 1n);
  await using bed = await open({}, { budgets });
  await bed.lane().advance(call());
  await bed.lane().advance(call());
  expect(bed.stateOf()).toEqual({ kind: "waiting" });
  bed.times.nowMs += 3_600_000 - 60_000;
  await bed.lane().advance(call());
  expect(bed.stateOf()).toMatchObject({ kind: "failed", error: { code: "BUDGET_EXHAUSTED" } });
  expect([bed.provider.batches?.made, bed.provider.arrivals]).toEqual([[], 0]);
});

it("tells of a live call that its process did not live to end, before the one that answers", async () => {
  let isDead = false;
  await using bed = await open(
    {},
    {
      hasCard: false,
      answer: () => ({ deltas: ["A ", "larder."], ...(isDead ? {} : { fault: { kind: "stall", afterDeltas: 1 } }) }),
    },
  );
  const dying = new AbortController();
  const dead = bed.lane().advance({ signal: dying.signal });
  await expect.poll(() => bed.stateOf()).toMatchObject({ kind: "calling", earlier: [{ billed: "unknown" }] });
  isDead = true;
  dying.abort(new Error("the process dies"));
  await expect(dead).rejects.toThrow("the process dies");
  expect([bed.stateOf()?.kind, bed.routes]).toEqual(["calling", []]); // nothing was written of an end
  await bed.lane().advance(call());
  expect(bed.stateOf()).toMatchObject({ kind: "answered", answer: { text: "A larder." } });
  expect(bed.routes).toHaveLength(1);
  expect(bed.routes[0]?.attempts).toMatchObject([
    { outcome: "aborted", billed: "unknown", error: { code: "ATTEMPT_INTERRUPTED" } },
    { outcome: "answered", billed: "yes" },
  ]);
  expect(bed.stateOf()).not.toHaveProperty("answer.cost"); // one of the bills is not known
});

it("goes on with the others when one cannot be written down, and says so at the end", async () => {
  await using bed = await open({}, { hasCard: false });
  const first = bed.requests.jobs.get(id);
  if (first === undefined) throw new Error("there is none");
  const second = "brq_0000000002" as BatchRequestId;
  await bed.requests.add({ ...first, id: second }, call());
  const lane = bed.lane();
  const change = bed.requests.change;
  bed.requests.change = async (changed, ...rest) => {
    if (changed === id) throw new Error("the disk is full");
    await change(changed, ...rest);
  };
  await expect(lane.advance(call())).rejects.toThrow("the disk is full");
  expect(bed.requests.jobs.get(second)?.state.kind).toBe("answered");
  expect(bed.stateOf()?.kind).toBe("waiting");
});

it("works on no more at once than it has places, over all turns, and on each only once", async () => {
  let isHeld = true;
  await using bed = await open(
    {},
    {
      hasCard: false,
      answer: () => (isHeld ? { deltas: [], fault: { kind: "stall_before_headers" } } : { deltas: ["A larder."] }),
    },
  );
  const first = bed.requests.jobs.get(id);
  if (first === undefined) throw new Error("there is none");
  const all = Array.from(
    { length: 10 },
    (_, index) => `brq_00000001${String(index).padStart(2, "0")}` as BatchRequestId,
  );
  const lane = bed.lane();
  const stop = new AbortController();
  const begin = () => lane.begin({ signal: stop.signal });
  const turns = [await begin()];
  for (const each of all) await bed.requests.add({ ...first, id: each }, call());
  turns.push(await begin());
  await (await begin()).over; // nothing is left for it to begin
  await expect.poll(() => bed.provider.arrivals).toBe(8);
  isHeld = false;
  stop.abort(new Error("the process stops"));
  for (const { over } of turns) await expect(over).rejects.toThrow("the process stops");
  expect(bed.provider.arrivals).toBe(8);
  await lane.advance(call());
  expect([...bed.requests.jobs.values()].map(({ state }) => state.kind)).toEqual(Array(11).fill("answered"));
  expect(bed.provider.arrivals).toBe(8 + 11);
});

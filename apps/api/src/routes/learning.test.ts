import type { ModelEntry } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { openRoutingMemory } from "@larder/generator-router";
import { openSqliteStore } from "@larder/store";
import { receiptOf } from "@larder/testkit";
import { expect, it } from "vitest";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { createApi } from "../create-api.ts";
import { systemClock, systemIds } from "../system-ports.ts";

const call = { signal: AbortSignal.timeout(20_000) };
const entry = { provider: "acme", model: "m", quality: 0.6 } as ModelEntry;

const answered = () =>
  receiptOf({
    id: systemIds.next("receipt"),
    knowledgeBaseId: systemIds.next("knowledgeBase"),
    createdAtMs: Date.now(),
    route: { chosen: { provider: "acme", model: "m" }, reason: "", candidates: [], attempts: [], priceBookId: "b" },
    cost: nanoUsd(1n),
  });

it("keeps one word per receipt, judges the model by it, and takes back the one that it replaces", async () => {
  await using larder = await openTestLarder();
  const app = createApi(larder);
  const receipt = answered();
  await larder.ledger.record(receipt, call);
  const give = (good: unknown, id: string = receipt.id) =>
    app.request(`/v1/receipts/${id}/feedback`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ good }),
    });
  const quality = () => larder.routingMemory.knowledge(entry, "answering", Date.now())?.quality;
  expect((await give(true)).status).toBe(200);
  expect((await give(true)).status).toBe(200);
  expect(quality()?.weight).toBeCloseTo(3, 3);
  const good = quality()?.mean ?? 0;
  expect(await (await give(false)).json()).toEqual({ receipt_id: receipt.id, good: false });
  expect(quality()?.weight).toBeCloseTo(3, 3);
  expect(quality()?.mean).toBeLessThan(good);
  expect((await give("yes")).status).toBe(400);
  expect((await give(true, systemIds.next("receipt"))).status).toBe(404);
});

it("tells predictions and probe plans", async () => {
  await using larder = await openTestLarder();
  const app = createApi(larder);
  expect(await (await app.request("/v1/predictions")).json()).toEqual({ data: [] });
  const probe = (body: object) =>
    app.request("/v1/model-probes", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  expect(await (await probe({ dry_run: true })).json()).toEqual({
    maximum_cost_usd: "0.000000000",
    probes: [],
    results: [],
  });
  expect((await probe({ model: "nobody/x" })).status).toBe(404);
});

it("remembers over a restart what was learned, in SQLite", async () => {
  await using larder = await openTestLarder();
  const open = () => openSqliteStore({ file: `${larder.folder}/memory.sqlite`, clock: systemClock, ids: systemIds });
  const observation = {
    provider: "acme",
    model: "m",
    task: "answering",
    isGood: true,
    weight: 5,
    atMs: 1_000,
  } as const;
  {
    await using store = await open();
    const memory = await openRoutingMemory({ record: store.routing }, call);
    memory.observeQuality(observation);
    await memory.save(call);
  }
  await using store = await open();
  const memory = await openRoutingMemory({ record: store.routing }, call);
  expect(memory.knowledge(entry, "answering", 1_000)?.quality?.weight).toBeCloseTo(5, 9);
});

import { expect, it } from "vitest";
import { createProviderLanes } from "./provider-lanes.ts";

const limits = { callsMax: 2, queueMax: 2, queueMs: 10_000 };
const open = { waitMs: 10_000, signal: new AbortController().signal };

it("lets as many begin as are allowed, the others in their order, each as one ends", async () => {
  const lanes = createProviderLanes(limits);
  const [first, second] = [await lanes.enter("a", open), await lanes.enter("a", open)];
  const begun: string[] = [];
  const enter = async (name: string) => {
    const release = await lanes.enter("a", open);
    begun.push(name);
    return release;
  };
  const [third, fourth] = [enter("third"), enter("fourth")];
  await expect(lanes.enter("a", open)).rejects.toMatchObject({
    code: "PROVIDER_BUSY",
    details: { reason: "queue_full", running: 2, waiting: 2 },
  });
  expect(begun).toEqual([]);
  first();
  first(); // a second time does nothing
  await third;
  expect(begun).toEqual(["third"]);
  second();
  await fourth;
  (await third)();
  (await fourth)();
  await Promise.all([lanes.enter("a", open), lanes.enter("a", open)]);
});

it("keeps a lane for each provider", async () => {
  const lanes = createProviderLanes({ ...limits, callsMax: 1, queueMax: 0 });
  await lanes.enter("a", open);
  await lanes.enter("b", open);
  await expect(lanes.enter("a", open)).rejects.toMatchObject({ details: { reason: "queue_full" } });
});

it("waits no longer than the queue or the request allows, and then leaves no one behind in the queue", async () => {
  const lanes = createProviderLanes({ ...limits, callsMax: 1, queueMs: 20 });
  const release = await lanes.enter("a", open);
  await expect(lanes.enter("a", open)).rejects.toMatchObject({ details: { reason: "queue_timeout" } });
  await expect(lanes.enter("a", { ...open, waitMs: 0 })).rejects.toMatchObject({ code: "PROVIDER_BUSY" });
  const controller = new AbortController();
  const waiting = lanes.enter("a", { waitMs: 10_000, signal: controller.signal });
  const reason = new Error("the reader left");
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(lanes.enter("a", { waitMs: 10_000, signal: controller.signal })).rejects.toBe(reason);
  release();
  (await lanes.enter("a", open))();
});

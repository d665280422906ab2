import type { ReceiptId } from "@larder/contracts";
import { nanoUsdCeiling } from "@larder/testkit";
import { expect, it } from "vitest";
import { openGateway } from "../../test/open-gateway.ts";
import { readReply } from "../../test/read-reply.ts";

const messages = [{ role: "user", content: "What keeps?" }];
const body = (policy: object) => ({ model: "auto", messages, larder: { policy } });
const post = (url: string, sent: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}/batch-requests`, {
    method: "POST",
    body: JSON.stringify(sent),
    headers: { "content-type": "application/json", ...headers },
  });

it("answers a request that may wait by the provider's batch, with its receipt at the batch's price", async () => {
  await using gateway = await openGateway(undefined, {});
  const accepted = await post(gateway.url, body({ batch_ok: true, deadline_ms: 86_400_000 }), {
    "idempotency-key": "k",
  });
  expect(accepted.status).toBe(202);
  const { id } = await readReply(accepted);
  expect(
    (await readReply(post(gateway.url, body({ batch_ok: true, deadline_ms: 86_400_000 }), { "idempotency-key": "k" })))
      .id,
  ).toBe(id);
  const read = () => readReply(fetch(`${gateway.url}/batch-requests/${id}`));
  await expect.poll(read, { timeout: 5_000 }).toMatchObject({
    status: "answered",
    completion: { model: "acme/small", choices: [{ message: { content: "Fake answer [1]." } }] },
  });
  const { receipt_id: receiptId } = await read();
  const [batch, ...others] = gateway.provider.batches?.made ?? [];
  expect(others).toEqual([]);
  const call = { signal: AbortSignal.timeout(5_000) };
  const receipt = await gateway.larder.ledger.receipt(receiptId as ReceiptId, call);
  expect(receipt.route.attempts).toMatchObject([{ billed: "yes", cost: nanoUsdCeiling(batch?.bill ?? -1n) }]);
  expect(gateway.provider.arrivals).toBe(0);
});

it("asks live when the deadline leaves no time for a batch", async () => {
  await using gateway = await openGateway(undefined, {});
  const { id } = await readReply(post(gateway.url, body({ batch_ok: true, deadline_ms: 60_000 })));
  const read = () => readReply(fetch(`${gateway.url}/batch-requests/${id}`));
  await expect.poll(read, { timeout: 5_000 }).toMatchObject({ status: "answered", error: null });
  expect(gateway.provider.batches?.made).toEqual([]);
  expect(gateway.provider.arrivals).toBe(1);
});

it("answers one that comes while another's live call takes its time, and asks for neither twice", async () => {
  await using gateway = await openGateway(({ index }) =>
    index === 0 ? { deltas: ["Later."], fault: { kind: "stall_before_headers" } } : { deltas: ["Now."] },
  );
  const soon = body({ batch_ok: true, deadline_ms: 60_000 });
  const first = await readReply(post(gateway.url, soon));
  await expect.poll(() => gateway.provider.arrivals).toBe(1);
  const second = await readReply(post(gateway.url, soon));
  const read = (id: unknown) => readReply(fetch(`${gateway.url}/batch-requests/${id}`));
  await expect.poll(() => read(second.id)).toMatchObject({ status: "answered" });
  expect(await read(first.id)).toMatchObject({ status: "calling" });
  expect(gateway.provider.arrivals).toBe(2);
});

it.each([
  { what: "no leave to wait", policy: { deadline_ms: 1_000 }, field: "larder.policy.batch_ok" },
  { what: "no deadline", policy: { batch_ok: true }, field: "larder.policy.deadline_ms" },
])("refuses $what", async ({ policy, field }) => {
  await using gateway = await openGateway(undefined, {});
  const problem = await readReply(post(gateway.url, body(policy)));
  expect(problem).toMatchObject({ status: 400, problems: [{ field }] });
});

it("knows nothing of an id that is none", async () => {
  await using gateway = await openGateway();
  const problem = await readReply(fetch(`${gateway.url}/batch-requests/brq_00000000000000000000`));
  expect(problem).toMatchObject({ status: 404, code: "BATCH_REQUEST_NOT_FOUND" });
});

import type { Attempt, DocumentId, Receipt, ReceiptId } from "@larder/contracts";
import { nanoUsd, noTokens } from "@larder/contracts";
import { testCall as call, receiptOf } from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestLarder } from "../../test/open-test-larder.ts";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { readReply } from "../../test/read-reply.ts";
import { createApi } from "../create-api.ts";

let larder: TestLarder;
const day = () => new Date(larder.clock.nowMs()).toISOString().slice(0, 10);

function receipt(index: number, change: Partial<Receipt> = {}): Receipt {
  const tokens = { ...noTokens, inputFresh: 110, outputText: 10 };
  const attempt: Attempt = {
    ...{ provider: "acme", model: "m", outcome: "answered", billed: "yes", cost: nanoUsd(1_500n) },
    ...{ usage: { tokens, source: "provider" }, startedAtMs: larder.clock.nowMs(), totalMs: 1 },
  };
  const shape = { inputTokens: 100, stablePrefixTokens: 0, outputTokensMax: 9, outputTokensExpected: 9, needs: [] };
  const inputs = { nowMs: 0, shape, policy: {}, isOffline: false, configured: [], cacheless: [], models: [] };
  const route = { reason: "", candidates: [], attempts: [attempt], priceBookId: "b", inputs };
  return receiptOf({
    id: `rcp_${index}00000000000` as ReceiptId,
    createdAtMs: larder.clock.nowMs(),
    route,
    contentClass: "code",
    usage: { tokens, source: "provider" },
    cost: nanoUsd(1_500n),
    ...change,
  });
}

beforeAll(async () => {
  larder = await openTestLarder();
  await larder.ledger.record(receipt(1), call);
  const holdout = { share: 0.1, taken: "stuffed" as const, cluster: "doc_1" as DocumentId };
  await larder.ledger.record(receipt(2, { holdout }), call);
});
afterAll(() => larder[Symbol.asyncDispose]());

const post = (body: unknown) =>
  createApi(larder).request("/v1/usage/reconciliation", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const get = (path: string) => readReply(createApi(larder).request(path));

describe("an invoice's lines", () => {
  it("find the calls of an answer that began before midnight", async () => {
    const midnight = Date.UTC(2026, 5, 2);
    const late = receipt(3, { createdAtMs: midnight - 1_000 });
    const [attempt] = late.route.attempts;
    if (attempt === undefined) return expect.unreachable();
    const attempts = [{ ...attempt, model: "late", startedAtMs: midnight + 1 }];
    await larder.ledger.record({ ...late, route: { ...late.route, attempts } }, call);
    const lines = [{ day: "2026-06-02", model: "late", bucket: "all", usd: "0.000001500" }];
    expect(await readReply(post({ lines }))).toMatchObject({ usd: { ledger: "0.000001500", drift: "0.000000000" } });
  });

  it("are compared by day, model and bucket, in snake case and signed", async () => {
    const lines = [
      { day: day(), model: "m", bucket: "all", usd: "0.000004" },
      { day: day(), model: "m", bucket: "input", tokens: 220 },
    ];
    expect(await readReply(post({ provider: "acme", lines }))).toMatchObject({
      provider: "acme",
      lines: [
        { bucket: "all", tokens: null, usd: { ledger: "0.000003000", invoice: "0.000004000", drift: "-0.000001000" } },
        { bucket: "input", usd: null, tokens: { ledger: 220, invoice: 220, drift: 0, ratio: 0 } },
        { bucket: "output", usd: null, tokens: { ledger: 20, invoice: 0, drift: 20 } },
      ],
      usd: { drift: "-0.000001000", ratio: -0.25 },
      only_ledger: 0,
      only_invoice: 0,
      unpriced_calls: 0,
    });
    expect(await readReply(post({ provider: "other", lines }))).toMatchObject({ only_invoice: 1, usd: { ratio: -1 } });
  });

  it.each([
    ["no lines", { lines: [] }, "lines"],
    ["no such day", { lines: [{ day: "2026-02-31", model: "m", bucket: "all" }] }, "lines[0].day"],
    ["another bucket", { lines: [{ day: "2026-02-01", model: "m", bucket: "x" }] }, "lines[0].bucket"],
    ["money that is none", { lines: [{ day: "2026-02-01", model: "m", bucket: "all", usd: "much" }] }, "lines[0].usd"],
  ])("with %s are refused by name", async (_, body, field) => {
    const reply = await readReply(post(body));
    expect([reply.code, reply.problems[0]?.field]).toEqual(["REQUEST_INVALID", field]);
  });
});

it("tells counts beside bills, by kind of evidence", async () => {
  expect(await get("/v1/usage/calibration?window=1h")).toMatchObject({
    data: [
      { model: "acme/m", content_class: "all", prompts: 2, alpha: { mean: 1.1, low: 1.1, high: 1.1 } },
      { model: "acme/m", content_class: "code", counted_tokens: 200, billed_tokens: 220 },
    ],
  });
});

it("keeps what was held out apart, and decides nothing from one", async () => {
  expect(await get("/v1/savings?window=1h")).toMatchObject({
    answers: 1,
    holdout: {
      minimum_clusters: 30,
      retrieval: { answers: 0 },
      stuffed: { answers: 1, clusters: 1, cost_usd: "0.000001500" },
      saved_usd_per_answer: null,
      verdict: "not_established",
    },
  });
  const one = await get("/v1/receipts/rcp_200000000000");
  expect(one).toMatchObject({ holdout: { share: 0.1, taken: "stuffed", cluster: "doc_1" }, content_class: "code" });
});

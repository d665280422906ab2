import type { AnswerEvent, KnowledgeBaseId, ReceiptId } from "@larder/contracts";
import { LarderError, nanoUsd, noTokens, toErrorRecord } from "@larder/contracts";
import { receiptOf } from "@larder/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestLarder } from "../../test/open-test-larder.ts";
import { answer, openTestLarder } from "../../test/open-test-larder.ts";
import { readReply } from "../../test/read-reply.ts";
import { createApi } from "../create-api.ts";

const broken = receiptOf({
  id: "rcp_0123456789abcdefghij" as ReceiptId,
  knowledgeBaseId: "kb_0123456789abcdefghij" as KnowledgeBaseId,
  isGrounded: false,
  costBasis: "unpriced",
  modelled: { model: "p/m", tokens: { ...noTokens, inputFresh: 70, outputText: 3 }, cost: nanoUsd(9_000n) },
  errorCode: "PROVIDER_STREAM_BROKEN",
});

async function* breakingOff(): AsyncGenerator<AnswerEvent> {
  yield { kind: "route", route: answer.route };
  yield { kind: "text", text: "Plums " };
  yield { kind: "failed", error: toErrorRecord(new LarderError("PROVIDER_STREAM_BROKEN")), receipt: broken };
}

let larder: TestLarder;
let kb = "";
beforeAll(async () => {
  larder = await openTestLarder({ answer: breakingOff });
  kb = (await readReply(post("/v1/knowledge-bases", { name: "pantry" }))).id;
});
afterAll(() => larder[Symbol.asyncDispose]());

function post(path: string, body: unknown) {
  const headers = { "content-type": "application/json" };
  return createApi(larder).request(path, { method: "POST", headers, body: JSON.stringify(body) });
}
const ask = (change: Record<string, unknown> = {}) =>
  post(`/v1/knowledge-bases/${kb}/query`, { question: "plums?", ...change });

it("names the receipt in the problem of an answer that broke off, streamed or not", async () => {
  const problem = { code: "PROVIDER_STREAM_BROKEN", receipt_id: broken.id, retryable: false };
  expect(await readReply(ask())).toMatchObject(problem);
  const last = (await (await ask({ stream: true })).text()).trim().split("\n\n").at(-1) ?? "";
  expect(last).toMatch(/^event: error\n/);
  expect(JSON.parse(last.slice(last.indexOf("{")))).toMatchObject(problem);
});

it("gives with a receipt what an extractive answer is compared as", async () => {
  await larder.ledger.record(broken, { signal: AbortSignal.timeout(5_000) });
  const receipt = await readReply(createApi(larder).request(`/v1/receipts/${broken.id}`));
  expect(receipt).toMatchObject({
    error_code: "PROVIDER_STREAM_BROKEN",
    modelled: { model: "p/m", input_tokens: 70, output_tokens: 3, usd: "0.000009000" },
  });
});

it.each(["/v1/quote", "query"])("refuses a policy on a model that nobody has, at %s", async (where) => {
  const policy = { models: ["nope"] };
  const refused = where === "query" ? ask({ policy }) : post(where, { input_tokens: 1, output_tokens: 1, policy });
  expect((await refused).status).toBe(400);
  const body = await readReply(refused);
  expect(body.code).toBe("MODEL_UNKNOWN");
  expect(body.problems).toEqual([{ field: "policy.models[0]", reason: "is no model that is known here" }]);
});

import { createHash } from "node:crypto";
import type { CallerKeyId, Question } from "@larder/contracts";
import { nanoUsd, Secret } from "@larder/contracts";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestLarder } from "../../test/open-test-larder.ts";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { readReply } from "../../test/read-reply.ts";
import { createApi } from "../create-api.ts";

const call = { signal: AbortSignal.timeout(60_000) };
const keys = ["first-key-of-the-house", "second-key-of-the-house"];
const scopeOf = (key: string) => `key_${createHash("sha256").update(key).digest("hex").slice(0, 32)}` as CallerKeyId;
const asked: Question[] = [];

let larder: TestLarder;
let kb: string;
beforeAll(async () => {
  larder = await openTestLarder({ onAsked: (one) => void ("policy" in one && asked.push(one)) });
  kb = (await readReply(send("POST", "/v1/knowledge-bases", { name: "pantry" }))).id;
});
afterAll(() => larder[Symbol.asyncDispose]());

function send(method: string, path: string, body?: unknown, key?: string) {
  const headers = { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) };
  const apiKeys = key === undefined ? [] : keys.map((one) => new Secret(one));
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return createApi(larder, { apiKeys }).request(path, init);
}

it("makes, lists, changes and removes budgets, with what is spent, held, reserved and left", async () => {
  expect(await readReply(send("GET", "/v1/budgets"))).toMatchObject({ caller_scope: null, data: [] });
  const made = await readReply(send("PUT", "/v1/budgets/total/ever", { limit_usd: "2.5" }));
  expect(made).toMatchObject({
    scope: "total",
    window: "ever",
    limit_usd: "2.500000000",
    window_start: null,
    window_end: null,
    spent_usd: "0.000000000",
    held_usd: "0.000000000",
    reserved_usd: "0.000000000",
    left_usd: "2.500000000",
  });
  const reserve = async (amount: bigint) => {
    const request = { payers: [], amount: nanoUsd(amount), model: "acme/m" };
    const reserved = await larder.budgets.reserve(request, call);
    if (reserved.kind !== "reserved") throw new Error(reserved.kind);
    return reserved.id;
  };
  await larder.budgets.settle(await reserve(500_000_000n), nanoUsd(400_000_000n), call);
  await larder.budgets.hold(await reserve(20_000_000n), call);
  await reserve(3_000_000n);
  expect((await readReply(send("PUT", "/v1/budgets/total/ever", { limit_usd: 1 }))).left_usd).toBe("0.577000000");
  await send("PUT", `/v1/budgets/${kb}/month`, { limit_usd: "0" });
  const { data } = await readReply(send("GET", "/v1/budgets"));
  expect(data).toMatchObject([
    { scope: kb, window: "month", window_end: expect.stringMatching(/-01T00:00:00\.000Z$/) },
    { spent_usd: "0.400000000", held_usd: "0.020000000", reserved_usd: "0.003000000", limit_usd: "1.000000000" },
  ]);
  expect((await send("DELETE", "/v1/budgets/total/ever")).status).toBe(204);
  expect((await send("DELETE", `/v1/budgets/${kb}/month`)).status).toBe(204);
  expect(await readReply(send("DELETE", "/v1/budgets/total/ever"))).toMatchObject({
    status: 404,
    code: "BUDGET_NOT_FOUND",
    hint: expect.stringContaining("GET /v1/budgets"),
  });
});

it.each([
  ["nobody/day", { limit_usd: "1" }, 400, "REQUEST_INVALID"],
  ["total/week", { limit_usd: "1" }, 400, "REQUEST_INVALID"],
  ["kb_00000000000000000000/day", { limit_usd: "1" }, 404, "KNOWLEDGE_BASE_NOT_FOUND"],
  ["total/day", { limit_usd: "-1" }, 400, "REQUEST_INVALID"],
  ["total/day", { limit_usd: "much" }, 400, "REQUEST_INVALID"],
  ["total/day", { limit: "1" }, 400, "REQUEST_INVALID"],
  ["total/day", {}, 400, "REQUEST_INVALID"],
])("refuses to put %s with %j", async (place, body, status, code) => {
  expect(await readReply(send("PUT", `/v1/budgets/${place}`, body))).toMatchObject({ status, code });
  expect((await readReply(send("GET", "/v1/budgets"))).data).toEqual([]);
});

it("names the scope or window that cannot be", async () => {
  const reply = await readReply(send("PUT", "/v1/budgets/nobody/week", { limit_usd: "1" }));
  expect(reply.detail).toMatch(/^scope: must be total, .*; window: must be one of hour, day, month, ever$/);
});

it("lets no key change budgets that has one of its own, and names each key without telling it", async () => {
  const [first = "", second = ""] = keys;
  const { caller_scope: scope } = await readReply(send("GET", "/v1/budgets", undefined, first));
  expect(scope).toBe(scopeOf(first));
  expect((await send("PUT", `/v1/budgets/${scope}/day`, { limit_usd: "1" }, second)).status).toBe(200);
  for (const [method, body] of [["PUT", { limit_usd: "9" }], ["DELETE"]] as const) {
    const refused = await readReply(send(method, `/v1/budgets/${scope}/day`, body, first));
    expect(refused).toMatchObject({ status: 403, code: "BUDGET_PROTECTED" });
  }
  expect((await send("DELETE", `/v1/budgets/${scope}/day`, undefined, second)).status).toBe(204);
});

it("tells the answering which key asks", async () => {
  const path = `/v1/knowledge-bases/${kb}/query`;
  await (await send("POST", path, { question: "plums?" }, keys[1])).text();
  await (await send("POST", path, { question: "plums?" })).text();
  expect(asked.map(({ callerKey }) => callerKey)).toEqual([scopeOf(keys[1] ?? ""), undefined]);
});

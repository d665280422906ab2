import { Secret } from "@larder/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestLarder } from "../test/open-test-larder.ts";
import { openTestLarder } from "../test/open-test-larder.ts";
import { readReply } from "../test/read-reply.ts";
import type { ApiSettings } from "./api-settings.ts";
import { createApi } from "./create-api.ts";

let larder: TestLarder;
let kb: string;
beforeAll(async () => {
  larder = await openTestLarder();
  kb = (await readReply(send("POST", "/v1/knowledge-bases", { name: "pantry" }))).id;
});
afterAll(() => larder[Symbol.asyncDispose]());

function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
  settings?: ApiSettings,
) {
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const init = { method, ...json, headers: { ...json.headers, ...headers } };
  return createApi(larder, settings).request(path, init);
}

async function problemOf(response: Response | Promise<Response>) {
  const { status, headers } = await response;
  expect(headers.get("content-type")).toBe("application/problem+json");
  const body = await readReply(response);
  expect(body.status).toBe(status);
  return body;
}

describe("knowledge bases", () => {
  it("are made, read, listed, changed and deleted", async () => {
    const made = await send("POST", "/v1/knowledge-bases", { name: "cellar", settings: { shelf: 3 } });
    expect(made.status).toBe(201);
    const { id, ...body } = await readReply(made);
    expect(body).toMatchObject({ name: "cellar", description: "", settings: { shelf: 3 }, embedder: null });
    expect(body.counts).toEqual({ documents: 0, passages: 0, tokens: 0 });
    const path = `/v1/knowledge-bases/${id}`;
    expect((await readReply(send("PATCH", path, { description: "cool" }))).description).toBe("cool");
    const first = await readReply(send("GET", "/v1/knowledge-bases?limit=1"));
    expect(first.data).toHaveLength(1);
    const rest = await readReply(send("GET", `/v1/knowledge-bases?cursor=${first.next_cursor}`));
    expect(rest.data.map((one: { id: string }) => one.id)).toContain(id);
    expect((await send("DELETE", path)).status).toBe(204);
    expect((await problemOf(send("GET", path))).code).toBe("KNOWLEDGE_BASE_NOT_FOUND");
  });

  it("answer an id of the wrong shape as one that does not exist", async () => {
    const strange = await problemOf(send("GET", "/v1/knowledge-bases/..%2F..%2Fetc"));
    const unknown = await problemOf(send("GET", "/v1/knowledge-bases/kb_00000000000000000000"));
    expect({ ...strange, request_id: "" }).toEqual({ ...unknown, request_id: "" });
  });

  it("refuse a name twice", async () => {
    expect(await problemOf(send("POST", "/v1/knowledge-bases", { name: "pantry" }))).toMatchObject({
      status: 409,
      code: "KNOWLEDGE_BASE_NAME_TAKEN",
    });
  });
});

describe("refusals", () => {
  it.each([
    {
      what: "a wrong type",
      body: { name: 5 },
      problems: [{ field: "name", reason: "invalid input: expected string, received number" }],
    },
    {
      what: "an unknown name",
      body: { name: "a", colour: "SECRET" },
      problems: [{ field: "colour", reason: "is not known" }],
    },
    { what: "a NUL", body: { name: "a\0b" }, problems: [{ field: "name", reason: "holds a NUL character" }] },
    {
      what: "half a pair",
      body: { name: "\ud800" },
      problems: [{ field: "name", reason: "holds half of a surrogate pair" }],
    },
  ])("tell the field and the reason of $what, and no value", async ({ body, problems }) => {
    const problem = await problemOf(send("POST", "/v1/knowledge-bases", body));
    expect(problem).toMatchObject({ status: 400, code: "REQUEST_INVALID", retryable: false, problems });
    expect(JSON.stringify(problem)).not.toContain("SECRET");
  });

  it.each([
    { what: "text that is not JSON", body: '{"name": ', reason: "is not JSON" },
    { what: "bytes that are not UTF-8", body: new Uint8Array([0x22, 0xff, 0x22]), reason: "is not UTF-8" },
    { what: "nesting without end", body: "[".repeat(100_000), reason: "is nested deeper than 32 levels" },
    { what: "a prototype", body: '{"name":"x","settings":{"__proto__":{}}}', reason: "has a key that is not allowed" },
    { what: "a number past all", body: '{"name":"x","settings":{"n":1e999}}', reason: "is a number too large to hold" },
  ])("meet $what", async ({ body, reason }) => {
    const headers = { "content-type": "application/json" };
    const response = createApi(larder).request("/v1/knowledge-bases", { method: "POST", body, headers });
    expect((await problemOf(response)).problems[0]?.reason).toBe(reason);
  });

  it("stop a chunked body at the limit without reading on", async () => {
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls++;
        controller.enqueue(new Uint8Array(1_000).fill(0x20));
      },
    });
    const init = { method: "POST", body, duplex: "half", headers: { "content-type": "application/json" } } as const;
    const app = createApi(larder, { limits: { jsonBytesMax: 10_000 } });
    const problem = await problemOf(app.request(new Request("http://localhost/v1/knowledge-bases", init)));
    expect(problem).toMatchObject({ status: 413, code: "REQUEST_TOO_LARGE", bytes_max: 10_000 });
    expect(pulls).toBeLessThan(20);
  });

  it("tell 404 from 405, and which methods there are", async () => {
    expect(await problemOf(send("GET", "/v1/nothing"))).toMatchObject({ status: 404, code: "ROUTE_NOT_FOUND" });
    const response = await send("PUT", `/v1/knowledge-bases/${kb}`);
    expect(response.headers.get("allow")).toBe("DELETE, GET, HEAD, PATCH");
    expect((await problemOf(response)).code).toBe("METHOD_NOT_ALLOWED");
  });

  it.each([
    ["text/plain", 415],
    ["application/json; charset=utf-16", 415],
    ["", 415],
  ])("answer content type %j with %i", async (type, status) => {
    const init = { method: "POST", body: new TextEncoder().encode('{"name":"n"}'), headers: { "content-type": type } };
    expect((await createApi(larder).request("/v1/knowledge-bases", init)).status).toBe(status);
  });

  it("hide what a defect says", async () => {
    const health = () => Promise.reject(new Error("at /srv/secret.ts:1 SELECT * FROM x"));
    const broken: TestLarder = Object.assign(Object.create(larder), { health });
    const problem = await problemOf(createApi(broken).request("/health/ready"));
    expect(problem).toMatchObject({ status: 500, code: "UNEXPECTED" });
    expect(JSON.stringify(problem)).not.toMatch(/secret|SELECT/);
  });

  it("list a cursor that no list gave among the problems", async () => {
    const problem = await problemOf(send("GET", "/v1/knowledge-bases?cursor=zzz"));
    expect(problem.problems).toEqual([{ field: "cursor", reason: "not one that this list gave" }]);
  });
});

describe("keys", () => {
  const settings = { apiKeys: [new Secret("first-key-of-the-house"), new Secret("second-key-of-the-house")] };

  it("let each known key in and nothing else", async () => {
    const get = (authorization?: string) =>
      send("GET", "/v1/models", undefined, authorization === undefined ? {} : { authorization }, settings);
    expect((await get("Bearer second-key-of-the-house")).status).toBe(200);
    expect(await problemOf(get())).toMatchObject({ status: 401, code: "KEY_MISSING" });
    expect(await problemOf(get("Bearer first-key-of-the-hous"))).toMatchObject({ status: 401, code: "KEY_WRONG" });
    expect((await get("Basic Zm9v")).headers.get("www-authenticate")).toContain("Bearer");
  });

  it("are asked for before a byte of the body is read", async () => {
    let isRead = false;
    const body = new ReadableStream(
      {
        pull() {
          isRead = true;
        },
      },
      { highWaterMark: 0 },
    );
    const init = { method: "POST", body, duplex: "half", headers: { "content-type": "application/json" } } as const;
    const request = new Request("http://localhost/v1/knowledge-bases", init);
    expect((await createApi(larder, settings).request(request)).status).toBe(401);
    expect(isRead).toBe(false);
  });

  it("are not asked for by the open routes", async () => {
    for (const path of ["/health/live", "/openapi.json", "/docs", "/errors/KEY_WRONG"]) {
      expect((await send("GET", path, undefined, {}, settings)).status).toBe(200);
    }
    expect((await send("GET", "/health/ready", undefined, {}, settings)).status).toBe(401);
  });

  it("absent: only a loopback name is answered, and no foreign page", async () => {
    const app = createApi(larder);
    expect((await app.request("http://evil.example/v1/models")).status).toBe(400);
    expect((await app.request("/v1/models", { headers: { origin: "https://evil.example" } })).status).toBe(400);
    expect((await app.request("/v1/models", { headers: { origin: "http://localhost" } })).status).toBe(200);
  });
});

describe("an Idempotency-Key", () => {
  it("gives the first reply again and does nothing", async () => {
    const headers = { "idempotency-key": "k-1" };
    const first = await send("POST", "/v1/knowledge-bases", { name: "once" }, headers);
    const again = await send("POST", "/v1/knowledge-bases", { name: "once" }, headers);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect([again.status, await again.text()]).toEqual([201, await first.text()]);
    expect(await problemOf(send("POST", "/v1/knowledge-bases", { name: "other" }, headers))).toMatchObject({
      status: 409,
      code: "REQUEST_KEY_REUSED",
    });
  });

  it("asks once for many requests at the same time", async () => {
    const before = larder.questions();
    const ask = () =>
      send("POST", `/v1/knowledge-bases/${kb}/query`, { question: "plums?" }, { "idempotency-key": "k-2" });
    const statuses = (await Promise.all(Array.from({ length: 20 }, ask))).map(({ status }) => status);
    expect(larder.questions() - before).toBe(1);
    expect(new Set(statuses)).toEqual(new Set(statuses.includes(409) ? [200, 409] : [200]));
  });

  it("replays a stream as its final object", async () => {
    const ask = () =>
      send("POST", `/v1/knowledge-bases/${kb}/query`, { question: "a", stream: true }, { "idempotency-key": "k-3" });
    expect(await (await ask()).text()).toContain("event: done");
    expect(await readReply(ask())).toMatchObject({ answer: "Plums keep [1]" });
  });
});

describe("the other routes", () => {
  it("search, and refuse a question without a visible character", async () => {
    const found = await readReply(send("POST", `/v1/knowledge-bases/${kb}/search`, { query: "plums" }));
    expect(found.evidence[0]).toMatchObject({
      heading: "Fruit > Plums",
      page: null,
      scores: { dense: null, lexical: 1 },
    });
    const empty = send("POST", `/v1/knowledge-bases/${kb}/search`, { query: " \u200b\u2060" });
    expect((await problemOf(empty)).code).toBe("QUERY_EMPTY");
  });

  it.each([0, -1, 1.5, "10", 1e9, null])("refuse the search limit %j", async (limit) => {
    const response = send("POST", `/v1/knowledge-bases/${kb}/search`, { query: "plums", limit });
    expect((await problemOf(response)).problems[0]?.field).toBe("limit");
  });

  it.each([
    ["/v1/models", { data: [], price_book: "empty@1", as_of: "2026-11-24" }],
    ["/v1/prices", { data: [], price_book: "empty@1", as_of: "2026-11-24" }],
    ["/v1/receipts", { data: [], next_cursor: null }],
    ["/v1/usage?group=day&window=2h", { group: "day", data: [] }],
    ["/v1/savings?window=30d", { answers: 0, headline: { verdict: "not_established" }, groups: [], holdout: null }],
    ["/v1/usage/calibration", { data: [] }],
    ["/health/ready", { status: "ok", parts: [{ name: "store", state: "ok", detail: "test" }] }],
    ["/errors/QUEUE_FULL", { code: "QUEUE_FULL", status: 429, retryable: true }],
  ])("answer %s when there is nothing", async (path, body) => {
    expect(await readReply(send("GET", path))).toMatchObject(body);
  });

  it("take a price's model with its slashes", async () => {
    expect((await problemOf(send("GET", "/v1/prices/openai/gpt-9"))).code).toBe("MODEL_NOT_FOUND");
    expect((await problemOf(send("GET", "/v1/prices/openai%2Fgpt-9"))).code).toBe("MODEL_NOT_FOUND");
  });

  it("serve the page of the documentation from here alone", async () => {
    const page = await send("GET", "/docs");
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
    const sources = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "");
    for (const source of sources.filter((one) => one !== "data:,")) {
      expect((await send("GET", source)).status, source).toBe(200);
    }
    expect((await send("GET", "/docs/assets/package.json")).status).toBe(404);
  });

  it("lead from the root to the documentation", async () => {
    expect(await readReply(send("GET", "/"))).toMatchObject({ name: "Larder", docs: "/docs" });
    const page = await send("GET", "/", undefined, { accept: "text/html" });
    expect([page.status, page.headers.get("location")]).toEqual([302, "/docs"]);
  });

  it("measure by route template, without ids", async () => {
    const app = createApi(larder);
    await app.request(`/v1/knowledge-bases/${kb}`);
    const text = await (await app.request("/metrics")).text();
    expect(text).toContain('route="/v1/knowledge-bases/:kb",status="200"');
    expect(text).not.toContain(kb);
    expect(text).toMatch(/larder_documents\{status="waiting"\} \d/);
    expect(text).toMatch(/^larder_reindexing_documents 0$/m);
  });
});

it("names the request in the header of every reply: an answer, its stream, its repetition, a problem", async () => {
  const path = `/v1/knowledge-bases/${kb}/query`;
  const headers = { "x-request-id": "mine", "idempotency-key": "named" };
  const replies = [
    await send("POST", path, { question: "plums?" }, headers),
    await send("POST", path, { question: "plums?" }, headers),
    await send("POST", path, { question: "plums?", stream: true }, { "x-request-id": "mine" }),
    await send("GET", "/nowhere", undefined, { "x-request-id": "mine" }),
    await send("GET", "/v1/knowledge-bases", undefined, { "x-request-id": "mine" }),
  ];
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 404, 200]);
  expect(replies[1]?.headers.get("idempotent-replayed")).toBe("true");
  expect(replies.map((reply) => reply.headers.get("x-request-id"))).toEqual(Array(5).fill("mine"));
});

import type { Question, RetrievalQuery } from "@larder/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestLarder } from "../../test/open-test-larder.ts";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { readReply } from "../../test/read-reply.ts";
import { createApi } from "../create-api.ts";

let larder: TestLarder;
let send: (route: "search" | "query", body: object) => Promise<Response>;
/** What reached the use cases, in order. */
const asked: (Question | RetrievalQuery)[] = [];

beforeAll(async () => {
  larder = await openTestLarder({ onAsked: (query) => asked.push(query) });
  const app = createApi(larder);
  const request = async (path: string, body: object) =>
    app.request(path, {
      method: "POST",
      headers: { "content-type": "application/json", host: "localhost" },
      body: JSON.stringify(body),
    });
  const { id } = await readReply(request("/v1/knowledge-bases", { name: "k" }));
  send = (route, body) => request(`/v1/knowledge-bases/${id}/${route}`, body);
});
afterAll(() => larder[Symbol.asyncDispose]());

const routes = [
  { route: "search", words: { query: "plums" } },
  { route: "query", words: { question: "plums?" } },
] as const;

describe.each(routes)("POST …/$route", ({ route, words }) => {
  it("hands a filter on as it was meant", async () => {
    const filter = {
      type: "and",
      filters: [
        { type: "in", key: "metadata.team", value: ["search", "ops"] },
        { type: "not", filter: { type: "lt", key: "document.created_at", value: "2026-03-01" } },
      ],
    };
    expect((await send(route, { ...words, filter })).status).toBe(200);
    expect(asked.at(-1)?.filter).toEqual({
      kind: "and",
      filters: [
        { kind: "in", field: { kind: "metadata", path: ["team"] }, values: ["search", "ops"] },
        {
          kind: "not",
          filter: { kind: "lt", field: { kind: "document", fact: "createdAt" }, value: "2026-03-01" },
        },
      ],
    });
  });

  it("still takes document_ids, an empty filter and none", async () => {
    await send(route, { ...words, filter: { document_ids: ["doc_0123456789", "other"] } });
    const field = { kind: "document", fact: "id" };
    expect(asked.at(-1)?.filter).toEqual({ kind: "in", field, values: ["doc_0123456789"] });
    for (const filter of [{}, undefined]) {
      expect((await send(route, { ...words, filter })).status).toBe(200);
      expect(asked.at(-1)).not.toHaveProperty("filter");
    }
  });

  it("points at what is wrong, and asks nobody", async () => {
    const before = asked.length;
    const filter = {
      type: "or",
      filters: [
        { type: "exists", key: "metadata.a" },
        { type: "eq", key: "team" },
      ],
    };
    const response = await send(route, { ...words, filter });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "REQUEST_INVALID",
      problems: [
        { field: "filter.filters[1].key", reason: expect.stringContaining("metadata.<name>") },
        { field: "filter.filters[1].value", reason: expect.any(String) },
      ],
    });
    expect(asked).toHaveLength(before);
  });
});

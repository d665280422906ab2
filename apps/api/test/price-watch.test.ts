import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FakeProvider } from "@larder/testkit";
import { startFakeProvider } from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { InProcessLarder } from "../src/open-in-process.ts";
import { openInProcess } from "../src/open-in-process.ts";
import { openPriceRecords } from "../src/open-price-records.ts";

/** A model of the catalog's OpenAI with a key, and a server of one's own that alone tells of its model. */
let folder = "";
let server: FakeProvider;
let larder: InProcessLarder;
let env: Record<string, string>;

const source = { name: "test", url: "https://example.org", as_of: "2026-11-01" };
const catalogWith = (input: string) => ({
  about: "a test",
  sources: { test: source },
  models: [
    {
      ...{
        id: "gpt-test",
        provider: "openai",
        sources: ["test"],
        disagreements: [],
        context_tokens: 100_000,
        max_output_tokens: 8_000,
      },
      price_usd_per_mtok: { input, output: input },
    },
  ],
});

const post = async (path: string, body: unknown) => {
  const headers = { "content-type": "application/json" };
  const response = await larder.fetch(
    new Request(`http://localhost${path}`, { method: "POST", headers, body: JSON.stringify(body) }),
  );
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-watch-"));
  server = await startFakeProvider({ models: [{ id: "home-model", contextTokens: 32_000 }] });
  const providers = [
    {
      ...{ id: "acme", base_url: server.url },
      models: [{ id: "home-model", context_tokens: 32_000, price_usd_per_mtok: { input: "1", output: "2" } }],
    },
  ];
  await writeFile(join(folder, "providers.json"), JSON.stringify({ providers }));
  env = {
    LARDER_DATA_DIR: join(folder, "data"),
    LARDER_PROVIDERS_FILE: join(folder, "providers.json"),
    LARDER_LOCAL_BASE_URL: server.url,
  };
  larder = await openInProcess(env, { isWorking: false });
  const asked = { model: "auto", max_tokens: 20, messages: [{ role: "user", content: "Say hello." }] };
  expect((await post("/v1/chat/completions", asked)).status).toBe(200);
});
afterAll(async () => {
  await larder.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

describe("POST /v1/prices/watch", () => {
  it("compares what receipts recorded with the prices in force", async () => {
    const { status, body } = await post("/v1/prices/watch", {});
    expect(status).toBe(200);
    expect(body).toMatchObject({ receipts: 1, replayed: 1, reroutes: [], repriced: { change_usd: "0.000000000" } });
  });

  it("keeps models of local servers on both sides of another catalog: no route is lost for want of them", async () => {
    const { status, body } = await post("/v1/prices/watch", { catalog: catalogWith("5"), last: 10 });
    expect(body).toMatchObject({
      receipts: 1,
      reroutes: [],
      local_against_api: { compared: 1, moved_to_local: 0, moved_to_api: 0 },
    });
    expect(status).toBe(200);
  });

  it("knows them from the command line too", async () => {
    const book = await openPriceRecords(env).priceBook();
    expect(book.find("local", "home-model")).toMatchObject({ isLocal: true });
  });

  it.each([
    [{ catalog: { models: "none" } }, 400, "PRICES_INVALID"],
    [{ last: 0 }, 400, "REQUEST_INVALID"],
    [{ lasst: 5 }, 400, "REQUEST_INVALID"],
  ])("refuses %j", async (body, status, code) => {
    expect(await post("/v1/prices/watch", body)).toMatchObject({ status, body: { code } });
  });
});

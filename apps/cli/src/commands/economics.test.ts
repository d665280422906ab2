import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { startFakeProvider } from "@larder/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommandContext } from "../command-context.ts";
import { toBreakEvenBody } from "../economics/profile.ts";
import type { MeasureGiven } from "./economics.ts";
import { breakEven, measure } from "./economics.ts";
import { priceHistory } from "./price-history.ts";

let folder: string;
const before = { ...process.env };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "larder-cli-economics-"));
  process.env.LARDER_DATA_DIR = join(folder, "data");
});
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true, force: true });
});

function context(json = false) {
  const printed: string[] = [];
  const given: CommandContext = {
    signal: AbortSignal.timeout(20_000),
    options: { json },
    isTerminal: false,
    print: (text) => void printed.push(text),
    connect: () => expect.unreachable(), // neither needs a server of ours
  };
  return { given, printed, text: () => stripVTControlCharacters(printed.join("\n")) };
}

/** One list on four dates, over which its cheapest model retires once. */
function writeCatalogs(): string {
  const row = (usdPerMTok: number) => ({
    litellm_provider: "openai",
    mode: "chat",
    max_input_tokens: 128_000,
    input_cost_per_token: usdPerMTok / 1e6,
    output_cost_per_token: (4 * usdPerMTok) / 1e6,
  });
  // The other list tells the qualities, under a maker's name and in another spelling.
  const judged = ["m-4-mini", "m.5-mini", "m-6-mini"].map((id) => ({
    id: `vendor/${id}`,
    context_length: 128_000,
    pricing: { prompt: "0.00001", completion: "0.00004" },
    benchmarks: { artificial_analysis: { intelligence_index: 60 } },
  }));
  writeFileSync(join(folder, "openrouter-2026-07-01.json"), JSON.stringify({ data: judged }));
  const lists = {
    "2026-01-01": { "m-4-mini": row(1), "m-5-mini": row(3) },
    "2026-03-01": { "m-4-mini": row(0.5), "m-5-mini": row(3) },
    "2026-05-01": { "m-5-mini": row(2) },
    "2026-07-01": { "m-5-mini": row(1), "m-6-mini": row(4) },
  };
  for (const [date, list] of Object.entries(lists)) {
    writeFileSync(join(folder, `litellm-${date}.json`), JSON.stringify(list));
  }
  return folder;
}

describe("larder prices history", () => {
  it("shows the three indices of one model, and the decline at constant quality", async () => {
    const { given, text } = context(true);
    const asked = { model: "m-5-mini", minQuality: 0.5, input: 1_000_000, output: 0 };
    await priceHistory(writeCatalogs(), asked, given);
    const body = JSON.parse(text()) as Record<string, { usd_per_query: string; source: string }[]> & {
      decline: { n_points: number };
    };
    const prices = (index: string) =>
      body[index]?.filter(({ source }) => source === "litellm").map(({ usd_per_query: usd }) => Number(usd));
    expect(prices("same_sku")).toEqual([3, 3, 2, 1]);
    expect(prices("same_slot")).toEqual([3, 3, 2, 4]);
    expect(prices("constant_quality")).toEqual([1, 0.5, 2, 1]); // up again when m-4-mini is listed no more
    expect(body.decline.n_points).toBe(5);
    expect(body).toMatchObject({
      model: "openai/m-5-mini",
      jumps: { log_ratios: [Math.log(0.5), Math.log(2 / 3), Math.log(0.5)] },
    });
  });

  it("prints them as tables, and refuses a model that no catalog has", async () => {
    const { given, text } = context();
    await priceHistory(writeCatalogs(), { model: "openai/m-4-mini", minQuality: 0, input: 1_000, output: 100 }, given);
    expect(text()).toContain("the model's own list price");
    expect(text()).toContain("3 jumps of single prices between catalogs of one source, 0 of them up");
    const none = priceHistory(folder, { model: "none", minQuality: 0, input: 1, output: 1 }, context().given);
    await expect(none).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  });
});

describe("the body of larder economics break-even", () => {
  const profile = {
    workload: { queries_per_month: 10, in_tok_per_q: 100 },
    local: { capex_usd: 1, ops_hours_per_month: 9 },
    draws: 100,
  };
  const body = (given: Omit<Parameters<typeof toBreakEvenBody>[1], "profile">) =>
    toBreakEvenBody(JSON.stringify(profile), { profile: "hw.json", ...given });

  it("is the profile, with the options in its place", () => {
    expect(body({})).toEqual(profile);
    expect(
      body({ opsHours: 4, rate: 90, queries: 20, mc: 500, seed: 3, compare: "m", minQuality: 0.5, decline: "2" }),
    ).toEqual({
      workload: { queries_per_month: 20, in_tok_per_q: 100 },
      local: { capex_usd: 1, ops_hours_per_month: 4, rate_usd_per_h: 90 },
      ...{ draws: 500, seed: 3, compare: "m", min_quality: 0.5, decline: { x_per_year: 2 } },
    });
    expect(body({ decline: "0" })).toMatchObject({ decline: { x_per_year: 1 } });
    expect(body({ decline: "fit" })).toMatchObject({ decline: "fit" });
  });

  it("carries the history and the jumps of a folder of catalogs", () => {
    const carried = body({ history: writeCatalogs(), compare: "m-5-mini" });
    expect(carried).toMatchObject({
      price_moves: { log_ratios: [expect.any(Number), expect.any(Number), expect.any(Number)] },
    });
    expect(carried).toMatchObject({ price_history: { same_sku: [{}, {}, {}, {}] } });
  });

  it.each(["{", "[]", "3"])("refuses the profile %s", (text) => {
    expect(() => toBreakEvenBody(text, { profile: "hw.json" })).toThrow(
      expect.objectContaining({ code: "REQUEST_INVALID" }),
    );
  });

  it("refuses a decline that is no factor", () => {
    expect(() => body({ decline: "fast" })).toThrow(expect.objectContaining({ code: "REQUEST_INVALID" }));
  });
});

it("refuses a page that cannot be written before anything is computed", async () => {
  const html = join(folder, "none", "page.html");
  const refused = breakEven({ profile: "nowhere.json", html }, context().given); // connecting would fail the test
  await expect(refused).rejects.toMatchObject({
    problem: { code: "CONFIG_INVALID", detail: expect.stringContaining("its folder does not exist") },
  });
});

describe("larder economics measure", () => {
  const asked: MeasureGiven = {
    provider: "local",
    concurrency: [1, 2],
    rounds: 1,
    input: 100,
    output: 16,
    seconds: 20,
    dryRun: false,
  };
  const start = () =>
    startFakeProvider({
      models: [{ id: "embed-small" }, { id: "m-local" }],
      answer: () => ({ deltas: ["a", " b", " c"], usage: { promptTokens: 100, completionTokens: 3 } }),
    });

  it("says what it will ask, asks exactly that, and gives tokens a second", async () => {
    await using server = await start();
    process.env.LARDER_LOCAL_BASE_URL = server.url;
    const { given, printed } = context();
    await measure(asked, given);
    expect(printed[0]).toMatch(
      /^4 requests to m-local at 127\.0\.0\.1:\d+, about 100 tokens in and at most 16 out each, 1 and 2 at once/,
    );
    expect(server.arrivals).toBe(4);
    expect(printed[1]).toContain("written tokens/s");
  });

  it("gives the same as JSON, in a form that a profile takes", async () => {
    await using server = await start();
    const { given, printed } = context(true);
    await measure({ ...asked, baseUrl: server.url, concurrency: [1] }, given);
    expect(JSON.parse(printed.join(""))).toMatchObject({
      ...{ model: "m-local", requests: 2, failures: 0, cut_by_time: false },
      tok_per_s: { prefill: expect.any(Number), concurrency: 1, measured_at: expect.stringMatching(/Z$/) },
      speeds: [{ concurrency: 1, answers: 1, prefill_tok_per_s: expect.any(Number) }],
    });
  });

  it("sends nothing with --dry-run but the question what is served", async () => {
    await using server = await start();
    await measure({ ...asked, baseUrl: server.url, dryRun: true }, context().given);
    expect(server.arrivals).toBe(0);
  });

  it.each([
    { what: "an address of the network", given: { baseUrl: "http://192.0.2.1/v1" } },
    { what: "a name that looks like this machine's", given: { baseUrl: "http://127.0.0.1.example.com/v1" } },
    { what: "another protocol", given: { baseUrl: "file:///etc" } },
    { what: "a server that is not configured", given: { provider: "local-2" } },
    { what: "a provider that is not local", given: { provider: "openai" } },
  ])("refuses $what before anything is sent", async ({ given }) => {
    await expect(measure({ ...asked, ...given }, context().given)).rejects.toMatchObject({
      code: "ECONOMICS_SERVER_NOT_LOCAL",
    });
  });

  it("refuses a model that the server does not list", async () => {
    await using server = await start();
    const wrong = measure({ ...asked, baseUrl: server.url, model: "none" }, context().given);
    await expect(wrong).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  });
});

import { readFileSync } from "node:fs";
import type { Attempt, ModelEntry, NanoUsdPerMTok, Receipt } from "@larder/contracts";
import { nanoUsd, noTokens, parseUsdPerMTok } from "@larder/contracts";
import type { EconomicsDocument } from "@larder/economics";
import { economicsDocument } from "@larder/economics";
import { createPriceBook } from "@larder/generator-router";
import { receiptOf } from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { TestLarder } from "../../test/open-test-larder.ts";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { createApi } from "../create-api.ts";
import type { Larder } from "../larder.ts";
import { systemIds } from "../system-ports.ts";

const rate = (text: string) => parseUsdPerMTok(text) as NanoUsdPerMTok;
function entry(model: string, input: string | null, output: string, more: Partial<ModelEntry> = {}): ModelEntry {
  return {
    provider: "acme",
    model,
    isLocal: false,
    regions: [],
    contextTokens: 128_000,
    outputTokensMax: null,
    rates: input === null ? null : { inputFresh: rate(input), outputText: rate(output) },
    tiers: [],
    cache: null,
    capabilities: [],
    quality: null,
    sources: [{ name: "test", asOf: "2026-11-01" }],
    ...more,
  };
}
const models = [
  entry("terra", "1", "5", { quality: 0.7 }),
  entry("sonnet", "2", "10", { quality: 0.8, regions: ["eu"] }),
  entry("haiku", "0.1", "0.5", { quality: 0.4 }),
  entry("unpriced", null, "1", { quality: 0.9 }),
  entry("small-window", "0.01", "0.01", { quality: 0.9, contextTokens: 2_000 }),
  entry("gone", "0.01", "0.01", { quality: 0.9, retiresOn: "2020-01-01" }),
  entry("ours", "0", "0", { provider: "local", isLocal: true, quantization: "Q4_K_M" }),
];

let larder: TestLarder;
let app: ReturnType<typeof createApi>;
beforeAll(async () => {
  larder = await openTestLarder();
  const router = { ...larder.router, priceBook: createPriceBook(models, { today: "2026-11-01" }) };
  app = createApi(Object.create(larder, { router: { value: router } }) as Larder); // its getters would throw in a spread
});
afterAll(() => larder[Symbol.asyncDispose]());

const workload = { queries_per_month: 300_000, in_tok_per_q: 4_600, out_tok_per_q: 300, peak_factor: 1 };
const local = {
  name: "a box",
  capex_usd: "3000",
  power_w: { active: 0, idle: 0 },
  kwh_usd: 0,
  tok_per_s: { prefill: 5_000, decode: 200 },
  running_usd_per_month: 650,
  quality: 0.75,
};
const base = { workload, local, decline: { x_per_year: 5 }, min_quality: 0.6, draws: 500 };

const post = (body: unknown) =>
  app.request("/v1/economics/break-even", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
async function ask(body: object): Promise<EconomicsDocument> {
  const response = await post(body);
  expect(await response.clone().text()).not.toContain("NaN");
  expect(response.status).toBe(200);
  return economicsDocument.parse(await response.json());
}

describe("POST /v1/economics/break-even", () => {
  it("gives a document of the published schema", async () => {
    const published = JSON.parse(
      readFileSync(new URL("../../../../docs/schemas/economics-1.json", import.meta.url), "utf8"),
    );
    expect(published).toEqual(z.toJSONSchema(economicsDocument)); // npm run docs:schemas
    const body: unknown = await (await post(base)).json();
    const schema = z.fromJSONSchema(published);
    expect(schema.safeParse(body).error).toBeUndefined();
    expect(schema.safeParse({ ...(body as object), verdict: "perhaps" }).success).toBe(false);
    expect(schema.safeParse({ ...(body as object), stray: 1 }).success).toBe(false);
  });

  it("compares with the cheapest model that is capable, and breaks even as worked out by hand", async () => {
    const { api, breakeven, verdict, local: machine } = await ask(base);
    expect(api).toMatchObject({ comparator: "acme/terra", bill_month0_usd: "1830.00", quality: 0.7 });
    expect(api.capable_evidence).toContain("nothing was measured");
    expect(api.strictest).toMatchObject({ model: "acme/sonnet" });
    expect(machine).toMatchObject({ capex_usd: "3000.00", running_usd_per_month: "650.00", units_needed: 1 });
    expect(breakeven.months.closed_form?.toFixed(1)).toBe("3.8");
    expect(breakeven.scenarios.map(({ name }) => name)).toEqual(["as_stated", "flat", "rising", "falling_10x"]);
    expect(breakeven.scenarios.map(({ months }) => months?.toFixed(1) ?? "never").slice(0, 2)).toEqual(["3.8", "2.5"]);
    expect(breakeven.scenarios[3]?.months).toBeNull();
    expect(verdict).toBe("buy_local");
  });

  it("says otherwise against a cheaper model, and what would flip it", async () => {
    const { api, verdict, flips, breakeven } = await ask({ ...base, min_quality: 0.3 });
    expect(api.comparator).toBe("acme/haiku");
    expect(breakeven.months).toMatchObject({ closed_form: null, p50: null });
    expect(breakeven.p_never).toBeGreaterThan(0.9); // not 1: prices may rise
    expect(verdict).toBe("stay_api");
    expect(flips).toContainEqual(
      expect.objectContaining({ variable: "comparator_price", direction: "above", to: "local" }),
    );
    for (const { words } of flips) expect(words).toMatch(/^\S.* [<>] \S/);
  });

  it("asks policy and quality before price", async () => {
    const eu = await ask({ ...base, policy: { regions: ["eu"] } });
    expect(eu.api.comparator).toBe("acme/sonnet");
    expect(eu.policy_gate.blocked_options[0]).toContain("not known to be served in eu");
    const air = await ask({ ...base, policy: { offline_required: true } });
    expect(air).toMatchObject({ verdict: "constraint_decides", personas: { recommended: "sovereign" } });
    const none = await ask({ ...base, min_quality: 0.99, local: { ...local, quality_gate: "passed" } });
    expect(none).toMatchObject({ verdict: "constraint_decides", api: { comparator: null, usd_per_query: null } });
    const failed = await ask({ ...base, local: { ...local, quality: 0.2 } });
    expect(failed).toMatchObject({ verdict: "stay_api", local: { quality_gate: "failed" } });
    const slow = await ask({ ...base, latency: { answer_ms_max: 100 } });
    expect(slow.policy_gate.gates.find(({ step }) => step === "latency")?.status).toBe("failed");
  });

  it("fits a decline to a history, and tells what it was given and what it assumed", async () => {
    const constant_quality = [10, 8, 9, 5].map((usd, i) => ({
      date: `2026-0${1 + 2 * i}-01`,
      usd_per_query: `${usd}`,
      model: "m",
    }));
    const history = { same_sku: [], same_slot: [], constant_quality };
    const { decline: _, ...undecided } = base;
    const fitted = await ask({ ...undecided, price_history: history });
    expect(fitted.api.decline).toMatchObject({ index: "constant_quality", n_points: 4, basis: "observed" });
    expect(fitted.breakeven.jumps).toMatchObject({ count: 3, source: "the constant-quality index" });
    const assumed = await ask(undecided);
    expect(assumed.api.decline).toMatchObject({ basis: "assumed", x_per_year: expect.closeTo(5, 6) });
    expect(assumed.warnings.join()).toContain("5x a year is assumed");
    expect(assumed.weakest_basis).toBe("assumed");
  });

  it("hedges when outages cost more than a fallback, and counts wrong answers when they have a price", async () => {
    const risk = { outage_hours_per_month: 2, usd_per_outage_hour: 2_000 };
    const hedged = await ask({ ...base, min_quality: 0.3, risk });
    expect(hedged).toMatchObject({ verdict: "hybrid_fallback", personas: { recommended: "risk_hedge" } });
    const priced = await ask({ ...base, risk: { usd_per_error: 1 } });
    expect(priced.cost_per_pass_usd.api_with_errors).toBe((0.0061 + 0.3).toFixed(6));
    expect(priced.personas.recommended).toBe("specialist");
  });

  it("takes the speed of local models from their own attempts, and shows it beside their quality", async () => {
    const { tok_per_s: _, ...unknown } = local;
    const refused = await post({ ...base, local: unknown });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      code: "ECONOMICS_SPEED_UNKNOWN",
      hint: expect.stringContaining("measure"),
    });
    await larder.ledger.record(localReceipt(), { signal: AbortSignal.timeout(20_000) });
    const observed = await ask({ ...base, local: unknown, observations: [{ model: "other", tok_per_s: 10 }] });
    expect(observed.local.tok_per_s).toMatchObject({ prefill: 2_000, decode: 100, basis: "observed" });
    expect(observed.quantisation).toMatchObject([
      { model: "local/ours", quantization: "Q4_K_M", tok_per_s: 100, answers: 1 },
      { model: "other", tok_per_s: 10, speed_basis: "stated" },
    ]);
  });

  it.each([
    { what: "a stray name", body: { ...base, extra: 1 }, status: 400, code: "REQUEST_INVALID" },
    { what: "no workload", body: { local }, status: 400, code: "REQUEST_INVALID" },
    { what: "a share above 1", body: { ...base, min_quality: 2 }, status: 400, code: "REQUEST_INVALID" },
    {
      what: "a machine of no speed",
      body: { ...base, local: { ...local, tok_per_s: { prefill: 0, decode: 1 } } },
      status: 400,
      code: "REQUEST_INVALID",
    },
    { what: "a model that is not there", body: { ...base, compare: "none" }, status: 404, code: "MODEL_NOT_FOUND" },
    {
      what: "a model without a price",
      body: { ...base, compare: "unpriced" },
      status: 422,
      code: "ECONOMICS_COMPARATOR_UNPRICED",
    },
    { what: "nothing to fit", body: { ...base, decline: "fit" }, status: 422, code: "ECONOMICS_HISTORY_TOO_SHORT" },
  ])("refuses $what", async ({ body, status, code }) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, hint: expect.stringMatching(/\S/) });
  });
});

/** One answer of the local model: 1,000 tokens read in half a second, 101 written in a second. */
function localReceipt(): Receipt {
  const attempt: Attempt = {
    provider: "local",
    model: "ours",
    outcome: "answered",
    billed: "yes",
    usage: { tokens: { ...noTokens, inputFresh: 1_000, outputText: 101 }, source: "provider" },
    startedAtMs: Date.now() - 2_000,
    firstTextMs: 500,
    totalMs: 1_500,
  };
  const chosen = { provider: "local", model: "ours" };
  return receiptOf({
    id: systemIds.next("receipt"),
    knowledgeBaseId: systemIds.next("knowledgeBase"),
    createdAtMs: Date.now() - 1_000,
    route: { chosen, reason: "", candidates: [], attempts: [attempt], priceBookId: "b" },
    cost: nanoUsd(0n),
  });
}

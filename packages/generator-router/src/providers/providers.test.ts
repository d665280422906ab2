import { inspect } from "node:util";
import { noTokens } from "@larder/contracts";
import { startFakeProvider } from "@larder/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canary } from "../../test/router-fixtures.ts";
import { readCatalog } from "../catalog/read-catalog.ts";
import { createPriceBook } from "../prices/price-book.ts";
import { discoverLocalProvider } from "./discover-local-provider.ts";
import { knownProviders } from "./known-providers.ts";
import { parseProvidersFile } from "./parse-providers-file.ts";
import { connectProvider } from "./provider-setup.ts";
import { mergeProviders, providersFromEnvironment } from "./providers-from-environment.ts";

const today = "2026-11-24";
const parse = (file: unknown, environment: Record<string, string> = {}) =>
  parseProvidersFile(typeof file === "string" ? file : JSON.stringify(file), { environment, changedOn: today });
const call = () => ({ signal: AbortSignal.timeout(10_000) });

const model = {
  id: "m-small",
  context_tokens: 128_000,
  max_output_tokens: 8_192,
  price_usd_per_mtok: { input: "0.10", input_cache_read: "0.01", output: "0.40" },
  capabilities: ["json_schema", "tools"],
  quality: 0.62,
};
const provider = {
  id: "acme",
  base_url: "http://127.0.0.1:9100/v1",
  api_key_env: "ACME_KEY",
  local: false,
  regions: ["eu"],
  models: [model],
};

describe("a providers file", () => {
  it("is read as its guide shows it", () => {
    const [setup] = parse({ providers: [provider] }, { ACME_KEY: canary });
    expect(setup).toMatchObject({ id: "acme", baseUrl: "http://127.0.0.1:9100/v1", isLocal: false, isKeyNeeded: true });
    expect(setup?.key?.reveal()).toBe(canary);
    expect(inspect(setup, { depth: 9, showHidden: true })).not.toContain(canary);
    expect(setup?.models).toEqual([
      {
        provider: "acme",
        model: "m-small",
        isLocal: false,
        regions: ["eu"],
        contextTokens: 128_000,
        outputTokensMax: 8_192,
        rates: { inputFresh: 100_000_000n, inputCacheRead: 10_000_000n, outputText: 400_000_000n },
        tiers: [],
        cache: null,
        capabilities: ["json_schema", "tools"],
        quality: 0.62,
        sources: [{ name: "providers file", asOf: today }],
      },
    ]);
  });

  it("may name tiers, cache rules, a date of retirement and the date of its prices", () => {
    const more = {
      ...model,
      tiers: [
        { from_input_tokens: 200_000, price_usd_per_mtok: { input: "0.4", output: "0.8" } },
        { above_input_tokens: 100_000, price_usd_per_mtok: { input: "0.2", output: "0.8" } },
      ],
      cache: { min_prefix_tokens: 1_024, ttl_ms: 300_000 },
      retires_on: "2027-01-31",
    };
    const [entry] = parse({ providers: [{ ...provider, as_of: "2026-11-01", models: [more] }] })[0]?.models ?? [];
    expect(entry?.tiers.map(({ inputTokens, isInclusive }) => [inputTokens, isInclusive])).toEqual([
      [100_000, false],
      [200_000, true],
    ]);
    expect(entry).toMatchObject({
      cache: { prefixTokensMin: 1_024 },
      retiresOn: "2027-01-31",
      sources: [{ asOf: "2026-11-01" }],
    });
  });

  it("leaves a remote model without a price unpriced, and makes a local one free", () => {
    const bare = { id: "m" };
    const [remote, local] = parse({
      providers: [
        { id: "far", base_url: "http://127.0.0.1:1/v1", models: [bare] },
        { id: "near", base_url: "http://127.0.0.1:2/v1", local: true, models: [bare] },
      ],
    });
    expect(remote?.models[0]).toMatchObject({ rates: null, contextTokens: null, outputTokensMax: null, quality: null });
    expect(local?.models[0]?.rates).toEqual({ inputFresh: 0n, outputText: 0n, inputAudio: 0n, outputAudio: 0n });
    expect(local && connectProvider(local, { nowMs: () => 0 }).isConfigured).toBe(true);
  });

  it("lists a provider whose key is not there, and calls it not configured", () => {
    const [setup] = parse({ providers: [provider] }, { ACME_KEY: "  " });
    expect(setup && connectProvider(setup, { nowMs: () => 0 }).isConfigured).toBe(false);
  });

  it("tells all problems at once, and none of its content", () => {
    const wrong = {
      providers: [
        {
          ...provider,
          api_key: canary,
          models: [{ ...model, price_usd_per_mtok: { input: 0.1, output: "-1" }, quality: 7 }],
        },
        { ...provider, id: "a/b", base_url: "not a url" },
      ],
    };
    let thrown: unknown;
    try {
      parse(wrong);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "PROVIDERS_FILE_INVALID" });
    const { problems } = (thrown as { details: { problems: string } }).details;
    for (const place of [
      "price_usd_per_mtok.input",
      "price_usd_per_mtok.output",
      "quality",
      "providers[1].id",
      "base_url",
      "api_key",
    ]) {
      expect(problems).toContain(place);
    }
    expect(problems.split("\n").length).toBeGreaterThanOrEqual(6);
    expect(inspect(thrown, { depth: 9 })).not.toContain(canary);
  });

  it.each([
    ["", "the file is not JSON"],
    [`{"providers": ["${canary}"`, "the file is not JSON"],
    ["[]", "expected object"],
    [{ providers: [provider, provider] }, "the id acme is used more than once"],
    [{ providers: [{ ...provider, models: [model, model] }] }, "acme lists m-small more than once"],
  ])("refuses %j", (file, problem) => {
    expect(() => parse(file)).toThrow(
      expect.objectContaining({ details: { problems: expect.stringContaining(problem) } }),
    );
    expect(parse({ providers: [] })).toEqual([]);
  });

  it("is read or refused, and nothing else, whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.jsonValue().map((models) => JSON.stringify({ providers: [{ ...provider, models }] })),
        ),
        (text) => {
          try {
            parse(text);
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: "PROVIDERS_FILE_INVALID" });
          }
        },
      ),
    );
  });
});

describe("the catalog", () => {
  const catalog = readCatalog();

  it("has hundreds of models, of every provider that a key is enough for, each with a source and a window", () => {
    expect(catalog.models.length).toBeGreaterThanOrEqual(600);
    const inCatalog = new Set(catalog.models.map(({ provider: id }) => id));
    expect(knownProviders.filter(({ id }) => !inCatalog.has(id))).toEqual([]);
    for (const entry of catalog.models) {
      expect(entry.contextTokens).toBeGreaterThanOrEqual(8_000);
      expect(entry.sources.length).toBeGreaterThanOrEqual(1);
    }
    expect(catalog.models.filter(({ rates }) => rates === null).length).toBeLessThan(20);
  });

  it("has nothing that the lint calls wrong, and says where its sources differ", () => {
    const book = createPriceBook(catalog.models, { findings: catalog.findings });
    const found = new Set(book.findings().map(({ code }) => code));
    expect([...found].toSorted()).toEqual(["price_unknown", "source_single", "sources_disagree", "sources_unsound"]);
  });

  it.each([
    // 6,000 in and 400 out at the prices that the vendors' own lists showed on 2026-08-01.
    ["openai", "gpt-5.4-nano", 1_700_000n], // $0.20 and $1.25
    ["anthropic", "claude-haiku-4-5", 8_000_000n], // $1 and $5
    ["gemini", "gemini-3.1-flash-lite", 2_100_000n], // $0.25 and $1.50
    ["deepseek", "deepseek-v4-flash", 952_000n], // $0.14 and $0.28
    ["xai", "grok-4.3", 8_500_000n], // $1.25 and $2.50
    ["groq", "llama-3.1-8b-instant", 332_000n], // $0.05 and $0.08
  ])("prices a usual request to %s %s", (id, name, cost) => {
    const tokens = { ...noTokens, inputFresh: 6_000, outputText: 400 };
    expect(createPriceBook(catalog.models).price(id, name, tokens)).toEqual({ kind: "priced", cost });
  });

  it("claims no schema where the endpoint ignores one", () => {
    const claims = catalog.models
      .filter(({ provider: id }) => id === "anthropic")
      .flatMap((entry) => entry.capabilities);
    expect(claims).not.toContain("json_schema");
  });
});

describe("providers from the environment", () => {
  const catalog = readCatalog();
  it("lists every known one and configures those with a key", () => {
    const setups = providersFromEnvironment({ DEEPSEEK_API_KEY: canary, OPENAI_API_KEY: " " }, catalog);
    expect(setups.map(({ id }) => id)).toEqual(knownProviders.map(({ id }) => id));
    expect(setups.filter(({ key }) => key !== undefined).map(({ id }) => id)).toEqual(["deepseek"]);
    expect(setups.flatMap(({ models }) => models)).toHaveLength(
      catalog.models.filter(({ provider: id }) => knownProviders.some((each) => each.id === id)).length,
    );
    expect(JSON.stringify(setups.map(({ key }) => key))).not.toContain(canary);
  });

  it("gives way to a file's provider of the same name", () => {
    const own = parse({ providers: [{ ...provider, id: "openai", api_key_env: undefined }] });
    const merged = mergeProviders(providersFromEnvironment({}, catalog), own);
    expect(merged).toHaveLength(knownProviders.length);
    expect(merged.find(({ id }) => id === "openai")?.models.map((each) => each.model)).toEqual(["m-small"]);
  });
});

describe("a local server", () => {
  it("lists its models as free and local, with the window that it tells or the default", async () => {
    await using server = await startFakeProvider({
      models: [{ id: "qwen3:8b", contextTokens: 40_960 }, { id: "gemma3" }, { id: "nomic-embed-text" }],
    });
    const found = await discoverLocalProvider({ baseUrl: new URL(server.url).origin, today }, call());
    expect(found).toMatchObject({ id: "local", baseUrl: server.url, isLocal: true, isKeyNeeded: false });
    expect(found.models.map((each) => [each.model, each.contextTokens, each.rates?.inputFresh, each.isLocal])).toEqual([
      ["qwen3:8b", 40_960, 0n, true],
      ["gemma3", 8_192, 0n, true],
    ]);
  });

  it("is refused with a typed error when it is not there, refuses, or is too slow", async () => {
    const gone = await startFakeProvider({ models: [] });
    await gone.close();
    await expect(discoverLocalProvider({ baseUrl: gone.url, today }, call())).rejects.toMatchObject({
      code: "PROVIDER_UNREACHABLE",
    });
    await using locked = await startFakeProvider({ models: [], key: "other" });
    await expect(discoverLocalProvider({ baseUrl: locked.url, today }, call())).rejects.toMatchObject({
      code: "PROVIDER_AUTHENTICATION",
    });
    await expect(discoverLocalProvider({ baseUrl: `${locked.url}/nowhere`, today }, call())).rejects.toMatchObject({
      code: "PROVIDER_REJECTED",
    });
    const reason = new Error("stop");
    const aborted = discoverLocalProvider({ baseUrl: locked.url, today }, { signal: AbortSignal.abort(reason) });
    await expect(aborted).rejects.toBe(reason);
  });
});

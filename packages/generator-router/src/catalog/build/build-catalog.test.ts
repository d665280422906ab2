import { describe, expect, it } from "vitest";
import { createPriceBook } from "../../prices/price-book.ts";
import { parseCatalog } from "../read-catalog.ts";
import { buildCatalog, printCatalog } from "./build-catalog.ts";
import type { PriceFiles } from "./price-files.ts";

type Rows = Readonly<Record<string, object>>;
const chat = (provider: string, input: number | string, output: number | string, more: object = {}) => ({
  litellm_provider: provider,
  mode: "chat",
  max_input_tokens: 128_000,
  max_output_tokens: 8_192,
  input_cost_per_token: input,
  output_cost_per_token: output,
  ...more,
});
const dev = (input: number, output: number, more: object = {}) => ({
  cost: { input, output, ...more },
  limit: { context: 128_000, output: 8_192 },
  modalities: { input: ["text"], output: ["text"] },
});
const router = (id: string, prompt: string, completion: string, more: object = {}) => ({
  id,
  context_length: 128_000,
  architecture: { input_modalities: ["text"], output_modalities: ["text"] },
  pricing: { prompt, completion },
  top_provider: { max_completion_tokens: 8_192 },
  supported_parameters: ["tools"],
  ...more,
});

function built({
  litellm = {},
  modelsDev = {},
  openrouter = [],
}: {
  litellm?: Rows;
  modelsDev?: Rows;
  openrouter?: object[];
}) {
  const files: PriceFiles = {
    litellm: { asOf: "2026-08-01", content: litellm },
    openrouter: { asOf: "2026-08-01", content: { data: openrouter } },
    modelsDev: { asOf: "2026-07-02", content: modelsDev },
  };
  const catalog = parseCatalog(printCatalog(buildCatalog(files)));
  const find = (name: string) => catalog.models.find(({ provider, model }) => `${provider}/${model}` === name);
  const codes = (name: string) =>
    catalog.findings.filter(({ provider, model }) => `${provider}/${model}` === name).map(({ code }) => code);
  return { catalog, find, codes };
}

describe("a catalog of price files", () => {
  it("is empty for empty files", () => {
    expect(built({}).catalog).toEqual({ models: [], findings: [] });
  });

  it("holds one price where sources agree, in whatever unit each has it", () => {
    const { find, codes } = built({
      litellm: { m: chat("openai", "2e-07", 1.2e-6, { cache_read_input_token_cost: 2e-8 }) },
      modelsDev: { openai: { models: { m: dev(0.2, 1.2) } } },
      openrouter: [router("openai/m", "0.0000002", "0.0000012000000000000001")],
    });
    expect(find("openai/m")).toMatchObject({
      rates: { inputFresh: 200_000_000n, inputCacheRead: 20_000_000n, outputText: 1_200_000_000n },
      sources: [{ asOf: "2026-08-01" }, { asOf: "2026-08-01" }, { asOf: "2026-07-02" }],
    });
    expect(codes("openai/m")).toEqual([]);
  });

  it("takes what two agree on, else the dearest, and says that they differ", () => {
    const { find, codes } = built({
      litellm: { a: chat("openai", 2e-6, 8e-6), b: chat("openai", 2e-6, 8e-6) },
      modelsDev: { openai: { models: { a: dev(1, 8), b: dev(1.5, 8) } } },
      openrouter: [router("openai/a", "0.000001", "0.000008")],
    });
    expect(find("openai/a")?.rates?.inputFresh).toBe(1_000_000_000n);
    expect(find("openai/b")?.rates?.inputFresh).toBe(2_000_000_000n);
    expect([codes("openai/a"), codes("openai/b")]).toEqual([["sources_disagree"], ["sources_disagree"]]);
  });

  it("does not price what sources put more than twice apart, nor a slip of units, nor an odd ratio", () => {
    const { find, codes, catalog } = built({
      litellm: {
        apart: chat("openai", 2e-6, 8e-6),
        slip: chat("openai", 0.005, 0.005),
        ratio: chat("openai", 2e-7, 6e-6),
        fine: chat("openai", 2e-6, 8e-6),
      },
      modelsDev: { openai: { models: { apart: dev(0.9, 8) } } },
    });
    for (const name of ["apart", "slip", "ratio"]) {
      expect(find(`openai/${name}`)?.rates).toBeNull();
      expect(codes(`openai/${name}`)).toContain("sources_unsound");
      expect(createPriceBook(catalog.models).price("openai", name, {} as never).kind).toBe("unpriced");
    }
    expect(codes("openai/fine")).toEqual(["source_single"]);
  });

  it("leaves a rate out that contradicts the others: what it would cost without is safe", () => {
    const { find } = built({
      litellm: {
        read: chat("openai", 1e-6, 4e-6, { cache_read_input_token_cost: 4.5e-6 }),
        storage: chat("gemini", 1e-6, 4e-6, { cache_creation_input_token_cost: 8e-8 }),
        batch: chat("openai", 1e-6, 4e-6, { input_cost_per_token_batches: 2e-6, output_cost_per_token_batches: 4e-6 }),
        line: chat("openai", 2e-6, 4e-6, {
          input_cost_per_token_above_200k_tokens: 1e-6,
          output_cost_per_token_above_200k_tokens: 4e-6,
        }),
        zero: chat("openai", 1e-6, 4e-6, { cache_read_input_token_cost: 0 }),
      },
    });
    expect(find("openai/read")?.rates).not.toHaveProperty("inputCacheRead");
    expect(find("gemini/storage")?.rates).not.toHaveProperty("inputCacheWrite");
    expect(find("openai/batch")).not.toHaveProperty("cards");
    expect(find("openai/line")?.tiers).toEqual([]);
    expect(find("openai/zero")?.rates).not.toHaveProperty("inputCacheRead"); // here 0 means that it is not told
  });

  it("reads lanes, lines, regions, fees and off-peak hours", () => {
    const { find } = built({
      litellm: {
        m: chat("openai", 2.5e-6, 1.5e-5, {
          input_cost_per_token_above_272k_tokens: 5e-6,
          cache_creation_input_token_cost: 3e-6,
          cache_creation_input_token_cost_above_1hr: 5e-6,
          input_cost_per_token_batches: 1.25e-6,
          output_cost_per_token_batches: 7.5e-6,
          input_cost_per_token_above_272k_tokens_priority: 1e-5,
          output_cost_per_token_above_272k_tokens_priority: 4e-5,
          input_cost_per_token_priority: 5e-6,
          output_cost_per_token_priority: 3e-5,
          regional_processing_uplift_multiplier_eu: 1.1,
          search_context_cost_per_query: { search_context_size_low: 0.01, search_context_size_high: 0.025 },
          off_peak_pricing: { hours_utc: "16:30-00:30", input_cost_per_token: 1e-6 },
        }),
        "xai/grok": chat("xai", 1e-6, 2e-6, {
          input_cost_per_token_above_200k_tokens: 2e-6,
          output_cost_per_token_above_200k_tokens: 4e-6,
        }),
        "anthropic/c": chat("anthropic", 5e-6, 2.5e-5, { provider_specific_entry: { us: 1.1, fast: 2 } }),
        "dashscope/q": chat("dashscope", "", "", {
          tiered_pricing: [
            { range: [0, 32_000], input_cost_per_token: 1e-7, output_cost_per_token: 4e-7 },
            { range: [32_000, 256_000], input_cost_per_token: 2e-7, output_cost_per_token: 8e-7 },
          ],
        }),
      },
    });
    expect(find("openai/m")).toMatchObject({
      rates: { inputCacheWrite: 3_000_000_000n, inputCacheWriteLong: 5_000_000_000n },
      // The line tells no output price: it keeps the base's, and is not free.
      tiers: [
        {
          inputTokens: 272_000,
          isInclusive: false,
          rates: { inputFresh: 5_000_000_000n, outputText: 15_000_000_000n },
        },
      ],
      cards: {
        batch: { rates: { inputFresh: 1_250_000_000n }, tiers: [] },
        priority: { tiers: [{ rates: { inputFresh: 10_000_000_000n } }] },
      },
      regionMultipliers: [{ region: "eu", numerator: 11, denominator: 10 }],
      fees: { search: 25_000_000n },
      offPeak: { windows: [{ startMinute: 990, endMinute: 30 }], rates: { inputFresh: 1_000_000_000n } },
    });
    expect(find("xai/grok")?.tiers[0]?.isInclusive).toBe(true);
    expect(find("anthropic/c")).toMatchObject({
      cards: { priority: { rates: { inputFresh: 10_000_000_000n, outputText: 50_000_000_000n } } },
      regionMultipliers: [{ region: "us", numerator: 11, denominator: 10 }],
    });
    expect(find("alibaba/q")).toMatchObject({
      rates: { inputFresh: 100_000_000n },
      tiers: [{ inputTokens: 32_000, isInclusive: false, rates: { inputFresh: 200_000_000n } }],
    });
  });

  it("leaves out what is no chat over text, free, rationed, an alias, retired, tiny, or listed by one host alone", () => {
    const { catalog } = built({
      litellm: {
        "gpt-4o-audio-preview": chat("openai", 1e-6, 4e-6),
        "text-embedding": chat("openai", 1e-6, 4e-6, { mode: "embedding" }),
        codex: chat("openai", 1e-6, 4e-6, { supported_endpoints: ["/v1/responses"] }),
        free: chat("openai", 0, 0),
        old: chat("openai", 1e-6, 4e-6, { deprecation_date: "2026-07-31" }),
        tiny: chat("openai", 1e-6, 4e-6, { max_input_tokens: 4_096 }),
        "together_ai/one": chat("together_ai", 1e-6, 4e-6),
      },
      openrouter: [
        router("~openai/gpt-latest", "0.000001", "0.000004"),
        router("openai/x:free", "0", "0"),
        router("openrouter/auto", "-1", "-1"),
      ],
    });
    expect(catalog.models).toEqual([]);
  });

  it("believes OpenRouter of its own prices, whatever others list", () => {
    const { find, codes } = built({
      litellm: { "openrouter/a/m": chat("openrouter", 9e-6, 9e-6) },
      openrouter: [router("a/m", "0.000001", "0.000004")],
    });
    expect(find("openrouter/a/m")?.rates?.inputFresh).toBe(1_000_000_000n);
    expect(codes("openrouter/a/m")).toEqual(["sources_disagree"]);
  });
});

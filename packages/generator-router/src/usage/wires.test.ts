import type { UsageTokens } from "@larder/contracts";
import { inputTokensOf, noTokens, outputTokensOf, usageBuckets } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UsageWire } from "./usage-of.ts";
import { usageOf } from "./usage-of.ts";

describe("usage of each wire as disjoint buckets", () => {
  it.each<[what: string, wire: UsageWire, value: object, tokens: Partial<UsageTokens>]>([
    [
      "OpenAI chat with audio and an image",
      "chat",
      {
        prompt_tokens: 1_000,
        completion_tokens: 300,
        prompt_tokens_details: { cached_tokens: 400, audio_tokens: 100, image_tokens: 50 },
        completion_tokens_details: { reasoning_tokens: 120, audio_tokens: 80 },
      },
      {
        inputFresh: 450,
        inputCacheRead: 400,
        inputAudio: 100,
        inputImage: 50,
        outputText: 100,
        outputReasoning: 120,
        outputAudio: 80,
      },
    ],
    [
      "OpenAI Responses",
      "responses",
      {
        input_tokens: 125,
        output_tokens: 48,
        input_tokens_details: { cached_tokens: 98 },
        output_tokens_details: { reasoning_tokens: 40 },
      },
      { inputFresh: 27, inputCacheRead: 98, outputText: 8, outputReasoning: 40 },
    ],
    [
      "Anthropic, whose input excludes the cache, writes split by time",
      "anthropic",
      {
        input_tokens: 10,
        cache_read_input_tokens: 2_000,
        cache_creation_input_tokens: 700,
        cache_creation: { ephemeral_5m_input_tokens: 500, ephemeral_1h_input_tokens: 200 },
        output_tokens: 30,
      },
      { inputFresh: 10, inputCacheRead: 2_000, inputCacheWrite: 500, inputCacheWriteLong: 200, outputText: 30 },
    ],
    [
      "Anthropic with nothing but a cache read",
      "anthropic",
      { input_tokens: 0, cache_read_input_tokens: 50, output_tokens: 1 },
      { inputCacheRead: 50, outputText: 1 },
    ],
    [
      "Gemini, thoughts beside candidates, cached audio counted once",
      "gemini",
      {
        promptTokenCount: 1_000,
        cachedContentTokenCount: 600,
        candidatesTokenCount: 40,
        thoughtsTokenCount: 200,
        toolUsePromptTokenCount: 5,
        totalTokenCount: 1_245,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: 700 },
          { modality: "AUDIO", tokenCount: 300 },
        ],
        cacheTokensDetails: [{ modality: "AUDIO", tokenCount: 250 }],
      },
      { inputFresh: 355, inputCacheRead: 600, inputAudio: 50, outputText: 40, outputReasoning: 200 },
    ],
    [
      "Gemini that thought and said nothing",
      "gemini",
      { promptTokenCount: 10, thoughtsTokenCount: 64, totalTokenCount: 74 },
      { inputFresh: 10, outputReasoning: 64 },
    ],
    [
      "Mistral",
      "chat",
      { prompt_tokens: 90, completion_tokens: 9, total_tokens: 99, prompt_audio_seconds: null },
      { inputFresh: 90, outputText: 9 },
    ],
    ["Ollama", "ollama", { prompt_eval_count: 26, eval_count: 290, done: true }, { inputFresh: 26, outputText: 290 }],
    [
      "llama.cpp with a prompt half in memory, whose tokens_cached counts the answer too",
      "llama_cpp",
      { tokens_evaluated: 100, tokens_predicted: 7, tokens_cached: 106, timings: { cache_n: 60, prompt_n: 40 } },
      { inputFresh: 40, inputCacheRead: 60, outputText: 7 },
    ],
  ])("%s", (_, wire, value, tokens) => {
    expect(usageOf(wire, value)).toMatchObject({ source: "provider", tokens: { ...noTokens, ...tokens } });
  });

  it("reads llama.cpp's timings beside the OpenAI form, and alone", () => {
    const timings = { cache_n: 6, prompt_n: 5, predicted_n: 3 };
    const told = { prompt_tokens: 11, completion_tokens: 3 };
    const tokens = { ...noTokens, inputFresh: 5, inputCacheRead: 6, outputText: 3 };
    expect(usageOf("chat", told, { timings })).toMatchObject({ tokens });
    expect(usageOf("chat", undefined, { timings })).toMatchObject({ tokens });
  });

  it.each<[UsageWire, unknown]>([
    ["anthropic", { output_tokens: 5 }],
    ["anthropic", { input_tokens: 0, output_tokens: 0 }],
    ["gemini", { candidatesTokenCount: 5 }],
    ["gemini", null],
    ["responses", { input_tokens: 0, output_tokens: 0 }],
    ["ollama", { eval_count: 5 }], // the prompt was in memory: not told is not zero
    ["llama_cpp", {}],
    ["llama_cpp", "x"],
  ])("%s: nothing usable in %j", (wire, value) => {
    expect(usageOf(wire, value)).toBeUndefined();
  });

  it("keeps the lane and the region that the reply tells", () => {
    const chat = { prompt_tokens: 10, completion_tokens: 1 };
    expect(usageOf("chat", chat, { serviceTier: "flex" })).toMatchObject({ lane: "flex" });
    expect(usageOf("chat", chat, { serviceTier: "default" })).toMatchObject({ lane: "standard" });
    expect(usageOf("chat", chat, { serviceTier: "scale" })).not.toHaveProperty("lane");
    const geo = { input_tokens: 1, output_tokens: 1, inference_geo: "us", service_tier: "batch" };
    expect(usageOf("anthropic", geo)).toMatchObject({ region: "us", lane: "batch" });
    expect(usageOf("anthropic", { ...geo, inference_geo: "global" })).not.toHaveProperty("region");
  });

  it("counts searches", () => {
    const searched = { input_tokens: 1, output_tokens: 1, server_tool_use: { web_search_requests: 3 } };
    expect(usageOf("anthropic", searched)).toMatchObject({ searches: 3 });
  });
});

describe("what the provider itself charges", () => {
  const counts = { prompt_tokens: 10, completion_tokens: 3 };
  it.each<[what: string, told: object, nano: bigint | undefined]>([
    ["OpenRouter's cost", { cost: 0.00014 }, 140_000n],
    ["a cost in exponent form, with float dust", { cost: 6.000000000000001e-7 }, 600n],
    ["a free model's zero, which is known", { cost: 0 }, 0n],
    [
      "the upstream bill of one's own key, beside the fee",
      { cost: 0.0001, is_byok: true, cost_details: { upstream_inference_cost: 0.002 } },
      2_100_000n,
    ],
    ["no bill for one's own key without the upstream's", { cost: 0.0001, is_byok: true }, undefined],
    [
      "no upstream cost that is part of the charge",
      { cost: 0.003, cost_details: { upstream_inference_cost: 0.002 } },
      3_000_000n,
    ],
    ["xAI's ticks", { cost_in_usd_ticks: 37_756_000 }, 3_775_600n],
    ["a tenth of a nano-dollar, rounded up", { cost_in_usd_ticks: 1 }, 1n],
    ["Perplexity's total", { cost: { total_cost: 0.006 } }, 6_000_000n],
    ["no negative cost", { cost: -1 }, undefined],
    ["no cost as text", { cost: "0.1" }, undefined],
  ])("%s", (_, told, nano) => {
    expect(usageOf("chat", { ...counts, ...told })?.billedCost).toBe(nano);
  });
});

describe("counts that claim more than there is", () => {
  const count = fc.option(fc.integer({ min: -5, max: 2_000 }), { nil: undefined });
  it("are cut to the total, and flagged", () => {
    const value = {
      input_tokens: 100,
      output_tokens: 10,
      input_tokens_details: { cached_tokens: 90, audio_tokens: 60, image_tokens: 5 },
    };
    expect(usageOf("responses", value)).toMatchObject({
      tokens: { inputFresh: 0, inputCacheRead: 90, inputAudio: 10, inputImage: 0 },
      flags: ["counts_overlap"],
    });
  });

  it("never give a bucket below zero, nor another sum than the total, on any wire", () => {
    const parts = fc.record({
      cached_tokens: count,
      cache_write_tokens: count,
      audio_tokens: count,
      image_tokens: count,
      reasoning_tokens: count,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.nat(1_000), parts, parts, (input, output, ins, outs) => {
        const usage = usageOf("responses", {
          input_tokens: input,
          output_tokens: output,
          input_tokens_details: ins,
          output_tokens_details: outs,
        });
        if (usage === undefined) return expect.unreachable();
        expect(inputTokensOf(usage.tokens)).toBe(input);
        expect(outputTokensOf(usage.tokens)).toBe(output);
        for (const bucket of usageBuckets) expect(usage.tokens[bucket]).toBeGreaterThanOrEqual(0);
      }),
    );
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), fc.nat(500), fc.nat(500), fc.nat(500), (fresh, read, all, short, long) => {
        const usage = usageOf("anthropic", {
          input_tokens: fresh,
          output_tokens: 1,
          cache_read_input_tokens: read,
          cache_creation_input_tokens: all,
          cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
        });
        const total = fresh + read + Math.max(all, short + long);
        expect(usage === undefined ? 0 : inputTokensOf(usage.tokens)).toBe(total);
      }),
    );
  });
});

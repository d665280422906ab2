import type { ModelEntry, UsageTokens } from "@larder/contracts";
import { noTokens } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import { entryOf, usd } from "../../test/router-fixtures.ts";
import { createPriceBook } from "../prices/price-book.ts";
import { priceUsage } from "../prices/price-usage.ts";
import { mergeAnthropicUsage } from "./anthropic-usage.ts";
import type { UsageWire } from "./usage-of.ts";
import { usageOf } from "./usage-of.ts";

const model = { provider: "acme", model: "m" };
function costOf(wire: UsageWire, value: unknown, entry: Partial<ModelEntry>): bigint | undefined {
  const usage = usageOf(wire, value);
  const book = createPriceBook([entryOf("m", "1", "1", entry)]);
  return usage && priceUsage(book, model, usage, { atMs: 0 });
}

/** Each is a bill that a gateway got wrong; the amounts follow from the counts and rates in the test. */
describe("double counting that others shipped", () => {
  it("litellm#14849: Gemini's cached tokens are not billed again as fresh ones", () => {
    // $1.25 fresh, $0.125 cached, $10 out: 1,000 × 1.25 + 9,000 × 0.125 + 100 × 10 per million.
    const rates = { inputFresh: usd("1.25"), inputCacheRead: usd("0.125"), outputText: usd("10") };
    const native = { promptTokenCount: 10_000, cachedContentTokenCount: 9_000, candidatesTokenCount: 100 };
    const chat = {
      prompt_tokens: 10_000,
      completion_tokens: 100,
      prompt_tokens_details: { cached_tokens: 9_000 },
    };
    expect(costOf("gemini", native, { rates })).toBe(1_250_000n + 1_125_000n + 1_000_000n);
    expect(costOf("chat", chat, { rates })).toBe(1_250_000n + 1_125_000n + 1_000_000n);
  });

  it("litellm#9812: Anthropic's written tokens are not charged as prompt and as creation", () => {
    // $3 fresh, $3.75 written: 4 × 3 + 12,304 × 3.75 + 550 × 15 per million.
    const rates = { inputFresh: usd("3"), inputCacheWrite: usd("3.75"), outputText: usd("15") };
    const value = { input_tokens: 4, cache_creation_input_tokens: 12_304, output_tokens: 550 };
    expect(costOf("anthropic", value, { rates })).toBe(12_000n + 46_140_000n + 8_250_000n);
  });

  it("bifrost#3451: a stream's start and end tell the same written tokens, which are charged once", () => {
    const start = { input_tokens: 3, cache_creation_input_tokens: 5_000, cache_read_input_tokens: 0, output_tokens: 1 };
    const delta = { cache_creation_input_tokens: 5_000, cache_read_input_tokens: null, output_tokens: 80 };
    const usage = usageOf("anthropic", mergeAnthropicUsage(start, delta));
    expect(usage?.tokens).toEqual({ ...noTokens, inputFresh: 3, inputCacheWrite: 5_000, outputText: 80 });
  });

  it("bifrost#904: cached tokens are not charged at the full rate", () => {
    const rates = { inputFresh: usd("3"), inputCacheRead: usd("0.3"), outputText: usd("15") };
    const value = { input_tokens: 0, cache_read_input_tokens: 100_000, output_tokens: 0 };
    expect(costOf("anthropic", value, { rates })).toBe(30_000_000n);
  });

  it("litellm#37407: xAI's cached tokens that are also text or image tokens are charged once", () => {
    // The sample of xAI's own documentation: 125 in the prompt, 125 of them text, 98 cached.
    const rates = { inputFresh: usd("2"), inputCacheRead: usd("0.5"), outputText: usd("10") };
    const value = {
      prompt_tokens: 125,
      completion_tokens: 48,
      total_tokens: 173,
      prompt_tokens_details: { text_tokens: 125, audio_tokens: 0, image_tokens: 0, cached_tokens: 98 },
    };
    expect(costOf("chat", value, { rates })).toBe(54_000n + 49_000n + 480_000n);
    const image = {
      ...value,
      prompt_tokens: 1_000,
      total_tokens: 1_048,
      prompt_tokens_details: { text_tokens: 200, image_tokens: 800, cached_tokens: 900 },
    };
    expect(usageOf("chat", image)?.tokens).toMatchObject({ inputCacheRead: 900, inputImage: 100, inputFresh: 0 });
  });

  it("rule 3: reasoning inside the completion is charged once, at its own rate where there is one", () => {
    const value = {
      prompt_tokens: 0,
      completion_tokens: 1_000,
      completion_tokens_details: { reasoning_tokens: 900, text_tokens: 1_000 },
    };
    const counted = { ...value, prompt_tokens: 1 };
    const rates = { inputFresh: usd("0"), outputText: usd("2"), outputReasoning: usd("3") };
    expect(costOf("chat", counted, { rates })).toBe(200_000n + 2_700_000n);
    expect(costOf("chat", counted, { rates: { inputFresh: usd("0"), outputText: usd("2") } })).toBe(2_000_000n);
  });

  it("DeepSeek tells its hits twice, which are charged once", () => {
    const tokens: Partial<UsageTokens> = { inputFresh: 36, inputCacheRead: 64 };
    const value = {
      prompt_tokens: 100,
      completion_tokens: 1,
      prompt_cache_hit_tokens: 64,
      prompt_cache_miss_tokens: 36,
      prompt_tokens_details: { cached_tokens: 64 },
    };
    expect(usageOf("chat", value)?.tokens).toMatchObject(tokens);
  });

  it("hermes-agent#12023: a usage that a stream leaves out is unknown, not 0", () => {
    expect(usageOf("chat", null)).toBeUndefined();
    expect(usageOf("chat", { prompt_tokens: 0, completion_tokens: 0 })).toBeUndefined();
  });

  it("rule 5: writes of an untold time are billed as short ones, and flagged", () => {
    const value = {
      input_tokens: 1,
      output_tokens: 1,
      cache_creation_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 40 },
    };
    expect(usageOf("anthropic", value)).toMatchObject({
      tokens: { inputCacheWrite: 60, inputCacheWriteLong: 40 },
      flags: ["cache_write_time_unknown"],
    });
  });
});

import { inputTokensOf, outputTokensOf, usageBuckets } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseUsage } from "./chat-usage.ts";

const told = ["inputFresh", "inputCacheRead", "inputCacheWrite", "outputText", "outputReasoning"] as const;
const bucketsOf = (value: unknown) => {
  const usage = normaliseUsage(value);
  return usage && told.map((bucket) => usage.tokens[bucket]);
};

describe("usage as disjoint buckets: fresh, read, written, text, reasoning", () => {
  it.each<[string, object, number[] | undefined]>([
    [
      "OpenAI",
      {
        prompt_tokens: 100,
        completion_tokens: 30,
        total_tokens: 130,
        prompt_tokens_details: { cached_tokens: 64, cache_write_tokens: 20 },
        completion_tokens_details: { reasoning_tokens: 10 },
      },
      [16, 64, 20, 20, 10],
    ],
    ["no details", { prompt_tokens: 100, completion_tokens: 30 }, [100, 0, 0, 30, 0]],
    ["null details", { prompt_tokens: 100, completion_tokens: 30, prompt_tokens_details: null }, [100, 0, 0, 30, 0]],
    [
      "DeepSeek",
      { prompt_tokens: 100, completion_tokens: 30, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 },
      [36, 64, 0, 30, 0],
    ],
    [
      "DeepSeek with both forms, counted once",
      {
        prompt_tokens: 100,
        completion_tokens: 30,
        prompt_cache_hit_tokens: 64,
        prompt_tokens_details: { cached_tokens: 64 },
      },
      [36, 64, 0, 30, 0],
    ],
    ["Moonshot", { prompt_tokens: 100, completion_tokens: 30, cached_tokens: 40 }, [60, 40, 0, 30, 0]],
    [
      "xAI, reasoning beside the completion",
      {
        prompt_tokens: 125,
        completion_tokens: 10,
        total_tokens: 435,
        prompt_tokens_details: { text_tokens: 125, cached_tokens: 98 },
        completion_tokens_details: { reasoning_tokens: 300 },
      },
      [27, 98, 0, 10, 300],
    ],
    [
      "Gemini, thoughts in the total only",
      { prompt_tokens: 100, completion_tokens: 30, total_tokens: 180 },
      [100, 0, 0, 30, 50],
    ],
    [
      "OpenRouter with its own cost",
      { prompt_tokens: 10, completion_tokens: 3, cost: 0.00014, cost_details: { upstream_inference_cost: null } },
      [10, 0, 0, 3, 0],
    ],
    [
      "more cached than there is",
      {
        prompt_tokens: 100,
        completion_tokens: 30,
        prompt_tokens_details: { cached_tokens: 900, cache_write_tokens: 5 },
      },
      [0, 100, 0, 30, 0],
    ],
    [
      "cached and written overlapping",
      {
        prompt_tokens: 100,
        completion_tokens: 30,
        prompt_tokens_details: { cached_tokens: 80, cache_write_tokens: 80 },
      },
      [0, 80, 20, 30, 0],
    ],
    [
      "more reasoning than output",
      {
        prompt_tokens: 100,
        completion_tokens: 30,
        total_tokens: 130,
        completion_tokens_details: { reasoning_tokens: 90 },
      },
      [100, 0, 0, 0, 30],
    ],
    ["a total that contradicts", { prompt_tokens: 100, completion_tokens: 30, total_tokens: 7 }, [100, 0, 0, 30, 0]],
    ["a completion left to the total", { prompt_tokens: 100, total_tokens: 130 }, [100, 0, 0, 30, 0]],
    ["nothing generated", { prompt_tokens: 100, completion_tokens: 0 }, [100, 0, 0, 0, 0]],
    ["zero for everything, which was not counted", { prompt_tokens: 0, completion_tokens: 0 }, undefined],
    ["negative counts", { prompt_tokens: -5, completion_tokens: 3 }, undefined],
    ["counts as text", { prompt_tokens: "100", completion_tokens: "30" }, undefined],
    ["only a completion", { completion_tokens: 30 }, undefined],
    ["an empty object", {}, undefined],
  ])("%s", (_, value, expected) => {
    expect(bucketsOf(value)).toEqual(expected);
  });

  it.each([null, undefined, 5, "x", []])("is absent for %j", (value) => {
    expect(normaliseUsage(value)).toBeUndefined();
  });

  it("sums to what the provider said, whatever the parts claim", () => {
    const count = fc.option(fc.integer({ min: -10, max: 1_000 }), { nil: undefined });
    const details = fc.record({ cached_tokens: count, cache_write_tokens: count });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.nat(1_000),
        details,
        count,
        count,
        (prompt, completion, parts, reasoning, total) => {
          const usage = normaliseUsage({
            prompt_tokens: prompt,
            completion_tokens: completion,
            total_tokens: total,
            prompt_tokens_details: parts,
            completion_tokens_details: { reasoning_tokens: reasoning },
          });
          if (usage === undefined) return expect.unreachable();
          expect(inputTokensOf(usage.tokens)).toBe(prompt);
          expect(outputTokensOf(usage.tokens)).toBeGreaterThanOrEqual(completion);
          expect(
            usageBuckets.every((bucket) => Number.isInteger(usage.tokens[bucket]) && usage.tokens[bucket] >= 0),
          ).toBe(true);
        },
      ),
    );
  });
});

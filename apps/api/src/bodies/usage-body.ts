import { z } from "@hono/zod-openapi";
import type { Usage, UsageBucket, UsageTokens, UsageTotal } from "@larder/contracts";
import { formatUsd } from "@larder/contracts";
import { usdText } from "./scalars.ts";

export const usageBucketNames = {
  inputFresh: "input_fresh",
  inputCacheRead: "input_cache_read",
  inputCacheWrite: "input_cache_write",
  inputCacheWriteLong: "input_cache_write_long",
  inputAudio: "input_audio",
  inputImage: "input_image",
  outputText: "output_text",
  outputReasoning: "output_reasoning",
  outputAudio: "output_audio",
} as const satisfies Record<UsageBucket, string>;

const tokensBody = z
  .object({
    input_fresh: z.int(),
    input_cache_read: z.int(),
    input_cache_write: z.int().describe("Kept for five minutes, or for a time that was not told."),
    input_cache_write_long: z.int().describe("Kept for an hour."),
    input_audio: z.int(),
    input_image: z.int(),
    output_text: z.int(),
    output_reasoning: z.int(),
    output_audio: z.int(),
  })
  .openapi("UsageTokens", { description: "Disjoint: the input buckets sum to all input, the output buckets to all." });

export const usageBody = tokensBody
  .extend({ source: z.enum(["provider", "estimated"]).describe("Who counted.") })
  .openapi("Usage");

export const usageTotalBody = z
  .object({
    key: z.string(),
    attempts: z.int(),
    tokens: tokensBody,
    cost_usd: usdText.describe("Sum of the known costs."),
    unpriced_attempts: z.int().describe("Attempts whose cost is not known and not in the sum."),
  })
  .openapi("UsageTotal");

function toTokensBody(tokens: UsageTokens): z.infer<typeof tokensBody> {
  return {
    input_fresh: tokens.inputFresh,
    input_cache_read: tokens.inputCacheRead,
    input_cache_write: tokens.inputCacheWrite,
    input_cache_write_long: tokens.inputCacheWriteLong,
    input_audio: tokens.inputAudio,
    input_image: tokens.inputImage,
    output_text: tokens.outputText,
    output_reasoning: tokens.outputReasoning,
    output_audio: tokens.outputAudio,
  };
}

export function toUsageBody(usage: Usage | undefined): z.infer<typeof usageBody> | null {
  return usage === undefined ? null : { ...toTokensBody(usage.tokens), source: usage.source };
}

export function toUsageTotalBody(total: UsageTotal): z.infer<typeof usageTotalBody> {
  return {
    key: total.key,
    attempts: total.attempts,
    tokens: toTokensBody(total.tokens),
    cost_usd: formatUsd(total.cost),
    unpriced_attempts: total.unpricedAttempts,
  };
}

import type { NanoUsd } from "./money.ts";

/**
 * Tokens billed at one rate each. The buckets are disjoint: the input buckets sum to the provider's total input, the
 * output buckets to its total output. `inputCacheWrite` is a write kept for five minutes, or for a time that the
 * provider did not tell; `inputCacheWriteLong` one kept for an hour.
 */
export const usageBuckets = [
  "inputFresh",
  "inputCacheRead",
  "inputCacheWrite",
  "inputCacheWriteLong",
  "inputAudio",
  "inputImage",
  "outputText",
  "outputReasoning",
  "outputAudio",
] as const;

export type UsageBucket = (typeof usageBuckets)[number];

/** Whole tokens per bucket, each >= 0. */
export type UsageTokens = Readonly<Record<UsageBucket, number>>;

/** Who counted: the provider's bill, or our own tokenizer because the provider said nothing. */
export type UsageSource = "provider" | "estimated";

/** How a request was served, and at which of a model's rate cards it is billed. */
export type PriceLane = "standard" | "batch" | "flex" | "priority";

/**
 * What of a usage is not as exact as it looks. `cache_write_time_unknown`: writes were told as one sum and stand in the
 * five-minute bucket; `counts_overlap`: the parts summed to more than the total, and were cut, cache first.
 */
export type UsageFlag = "cache_write_time_unknown" | "counts_overlap";

export interface Usage {
  readonly tokens: UsageTokens;
  readonly source: UsageSource;
  /** Web searches, which are billed each. Absent: none were told. */
  readonly searches?: number;
  /** What the provider itself says that it charges: it stands above any price book. */
  readonly billedCost?: NanoUsd;
  /** As the reply tells it, which may be another than the request asked for. */
  readonly lane?: PriceLane;
  /** Where it was served, as the reply tells it. */
  readonly region?: string;
  readonly flags?: readonly UsageFlag[];
}

export const noTokens: UsageTokens = {
  inputFresh: 0,
  inputCacheRead: 0,
  inputCacheWrite: 0,
  inputCacheWriteLong: 0,
  inputAudio: 0,
  inputImage: 0,
  outputText: 0,
  outputReasoning: 0,
  outputAudio: 0,
};

export function addTokens(a: UsageTokens, b: UsageTokens): UsageTokens {
  return {
    inputFresh: a.inputFresh + b.inputFresh,
    inputCacheRead: a.inputCacheRead + b.inputCacheRead,
    inputCacheWrite: a.inputCacheWrite + b.inputCacheWrite,
    inputCacheWriteLong: a.inputCacheWriteLong + b.inputCacheWriteLong,
    inputAudio: a.inputAudio + b.inputAudio,
    inputImage: a.inputImage + b.inputImage,
    outputText: a.outputText + b.outputText,
    outputReasoning: a.outputReasoning + b.outputReasoning,
    outputAudio: a.outputAudio + b.outputAudio,
  };
}

export function inputTokensOf(tokens: UsageTokens): number {
  const cached = tokens.inputCacheRead + tokens.inputCacheWrite + tokens.inputCacheWriteLong;
  return tokens.inputFresh + cached + tokens.inputAudio + tokens.inputImage;
}

export function outputTokensOf(tokens: UsageTokens): number {
  return tokens.outputText + tokens.outputReasoning + tokens.outputAudio;
}

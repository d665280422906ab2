/**
 * Tokens billed at one rate each. The buckets are disjoint: the input buckets sum to the provider's total input, the
 * output buckets to its total output.
 */
export const usageBuckets = [
  "inputFresh",
  "inputCacheRead",
  "inputCacheWrite",
  "outputText",
  "outputReasoning",
] as const;

export type UsageBucket = (typeof usageBuckets)[number];

/** Whole tokens per bucket, each >= 0. */
export type UsageTokens = Readonly<Record<UsageBucket, number>>;

/** Who counted: the provider's bill, or our own tokenizer because the provider said nothing. */
export type UsageSource = "provider" | "estimated";

export interface Usage {
  readonly tokens: UsageTokens;
  readonly source: UsageSource;
}

export const noTokens: UsageTokens = {
  inputFresh: 0,
  inputCacheRead: 0,
  inputCacheWrite: 0,
  outputText: 0,
  outputReasoning: 0,
};

export function addTokens(a: UsageTokens, b: UsageTokens): UsageTokens {
  return {
    inputFresh: a.inputFresh + b.inputFresh,
    inputCacheRead: a.inputCacheRead + b.inputCacheRead,
    inputCacheWrite: a.inputCacheWrite + b.inputCacheWrite,
    outputText: a.outputText + b.outputText,
    outputReasoning: a.outputReasoning + b.outputReasoning,
  };
}

export function inputTokensOf(tokens: UsageTokens): number {
  return tokens.inputFresh + tokens.inputCacheRead + tokens.inputCacheWrite;
}

export function outputTokensOf(tokens: UsageTokens): number {
  return tokens.outputText + tokens.outputReasoning;
}

import type { ModelEntry, RequestShape, UsageTokens } from "@larder/contracts";
import { noTokens } from "@larder/contracts";

export interface PrefixHabit {
  /** Chance that the provider still holds the stable prefix: 0 … 1. */
  readonly hitProbability: number;
  /** The provider caches prompts that are sent the way we send them. */
  readonly cachesPrompts: boolean;
}

/** The request in one model's own tokens. */
export interface ModelTokens {
  readonly input: number;
  readonly expected: UsageTokens;
  readonly worst: UsageTokens;
}

/**
 * What a request is expected to take of a model, and what it can take at worst.
 *
 * The o200k counts are scaled by the model's tokenizer ratio, rounded up. Of a stable prefix that the provider would
 * cache, the share `hitProbability` is read; where writing is billed, the rest of it is written; all else is fresh.
 * Expected output is billed as text: reasoning has the same rate nearly everywhere.
 * At worst nothing is read, the whole input is written where that is dearer, and the answer takes its maximum.
 */
export function tokensFor(entry: ModelEntry, shape: RequestShape, ratio: number, habit: PrefixHabit): ModelTokens {
  const input = Math.ceil(shape.inputTokens * ratio);
  const prefix = Math.min(Math.ceil(shape.stablePrefixTokens * ratio), input);
  const isCached = habit.cachesPrompts && entry.cache !== null && prefix >= entry.cache.prefixTokensMin;
  const cacheRead = isCached ? Math.floor(prefix * habit.hitProbability) : 0;
  const billsWrites = habit.cachesPrompts && entry.cache !== null && entry.rates?.inputCacheWrite !== undefined;
  const cacheWrite = isCached && billsWrites ? prefix - cacheRead : 0;
  const output = Math.ceil(shape.outputTokensExpected * ratio);
  const outputMax = Math.max(output, shape.outputTokensMax);
  const isWriteDearer = billsWrites && (entry.rates?.inputCacheWrite ?? 0n) > (entry.rates?.inputFresh ?? 0n);
  const isReasoningDearer = (entry.rates?.outputReasoning ?? 0n) > (entry.rates?.outputText ?? 0n);
  return {
    input,
    expected: {
      ...noTokens,
      inputFresh: input - cacheRead - cacheWrite,
      inputCacheRead: cacheRead,
      inputCacheWrite: cacheWrite,
      outputText: Math.min(output, outputMax),
    },
    worst: {
      ...noTokens,
      inputFresh: isWriteDearer ? 0 : input,
      inputCacheWrite: isWriteDearer ? input : 0,
      outputText: isReasoningDearer ? 0 : outputMax,
      outputReasoning: isReasoningDearer ? outputMax : 0,
    },
  };
}

import type { ModelEntry, Rates } from "@larder/contracts";
import type { RandomRequest } from "./random-requests.ts";

/** One model's cost of one request, in nano-dollars. */
export interface Priced {
  readonly entry: ModelEntry;
  readonly cost: bigint;
}

/**
 * Every eligible model with its expected cost, by enumeration: shares no code with the router, on purpose. `hits` is the
 * chance that the model's cache holds the prefix.
 */
export function enumerate(
  models: readonly ModelEntry[],
  { shape, policy }: RandomRequest,
  hits: (entry: ModelEntry) => number,
  today: string,
): readonly Priced[] {
  return models.flatMap((entry) => {
    const { rates, contextTokens, outputTokensMax, quality } = entry;
    if (rates === null || contextTokens === null) return [];
    if (shape.inputTokens + shape.outputTokensMax > contextTokens) return [];
    if (outputTokensMax !== null && shape.outputTokensMax > outputTokensMax) return [];
    if (shape.needs.some((need) => !entry.capabilities.includes(need))) return [];
    if (policy.providers !== undefined && !policy.providers.includes(entry.provider)) return [];
    if (policy.models !== undefined && !policy.models.includes(`${entry.provider}/${entry.model}`)) return [];
    if (entry.retiresOn !== undefined && entry.retiresOn < today) return [];
    if (policy.qualityMin !== undefined && (quality === null || quality < policy.qualityMin)) return [];
    const at = ratesAt(entry, rates, shape.inputTokens);
    if (policy.costMax !== undefined && worst(at, rates, entry, shape) > policy.costMax) return [];
    return [{ entry, cost: expected(at, rates, entry, shape, hits(entry)) }];
  });
}

function ratesAt({ tiers }: ModelEntry, base: Rates, inputTokens: number): Rates {
  let found = base;
  for (const tier of tiers) {
    if (inputTokens > tier.inputTokens || (tier.isInclusive && inputTokens === tier.inputTokens)) found = tier.rates;
  }
  return found;
}

function expected(at: Rates, base: Rates, { cache }: ModelEntry, shape: RandomRequest["shape"], hit: number): bigint {
  const prefix = cache !== null && shape.stablePrefixTokens >= cache.prefixTokensMin ? shape.stablePrefixTokens : 0;
  const read = Math.floor(prefix * hit);
  const write = base.inputCacheWrite === undefined ? 0 : prefix - read;
  const fresh = shape.inputTokens - read - write;
  return ceil(
    BigInt(fresh) * at.inputFresh +
      BigInt(read) * (at.inputCacheRead ?? at.inputFresh) +
      BigInt(write) * (at.inputCacheWrite ?? at.inputFresh) +
      BigInt(shape.outputTokensExpected) * at.outputText,
  );
}

function worst(at: Rates, base: Rates, { cache }: ModelEntry, shape: RandomRequest["shape"]): bigint {
  const isWriteDearer = cache !== null && (base.inputCacheWrite ?? 0n) > base.inputFresh;
  const input = isWriteDearer ? (at.inputCacheWrite ?? at.inputFresh) : at.inputFresh;
  const isReasoningDearer = (base.outputReasoning ?? 0n) > base.outputText;
  const output = isReasoningDearer ? (at.outputReasoning ?? at.outputText) : at.outputText;
  return ceil(BigInt(shape.inputTokens) * input + BigInt(shape.outputTokensMax) * output);
}

const ceil = (sum: bigint) => (sum + 999_999n) / 1_000_000n;

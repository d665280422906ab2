import type { ModelEntry, NanoUsdPerMTok, PriceSource, PriceTier, Rates } from "@larder/contracts";
import { parseUsdPerMTok } from "@larder/contracts";
import { z } from "zod";

const tokens = z.int().positive();
const isoDate = z.iso.date();
/** Decimal text: JSON numbers cannot say 0.1. */
const usd = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'expected dollars per million tokens as decimal text, such as "0.10"')
  .transform((text) => parseUsdPerMTok(text) as NanoUsdPerMTok); // the pattern is narrower than what it parses
const prices = z.strictObject({
  input: usd,
  input_cache_read: usd.optional(),
  input_cache_write: usd.optional(),
  output: usd,
  output_reasoning: usd.optional(),
});
const tier = z
  .strictObject({
    above_input_tokens: tokens.optional(),
    from_input_tokens: tokens.optional(),
    price_usd_per_mtok: prices,
  })
  .refine((each) => (each.above_input_tokens === undefined) !== (each.from_input_tokens === undefined), {
    message: "expected one of above_input_tokens and from_input_tokens",
  });

/** One model as the providers file and the catalog write it. */
export const modelForm = z.strictObject({
  id: z.string().min(1).max(200),
  context_tokens: tokens.nullish(),
  max_output_tokens: tokens.nullish(),
  /** Absent or null: unknown, and then never chosen. */
  price_usd_per_mtok: prices.nullish(),
  tiers: z.array(tier).default([]),
  cache: z.strictObject({ min_prefix_tokens: tokens, ttl_ms: tokens }).nullish(),
  capabilities: z
    .array(z.enum(["json_schema", "json_object", "tools", "vision", "reasoning", "system_prompt"]))
    .default([]),
  quality: z.number().min(0).max(1).nullish(),
  retires_on: isoDate.optional(),
});
export type ModelForm = z.infer<typeof modelForm>;

export interface ModelOwner {
  readonly provider: string;
  readonly isLocal: boolean;
  readonly regions: readonly string[];
  readonly sources: readonly PriceSource[];
}

const zero = 0n as NanoUsdPerMTok;
/** Nobody sends a bill for a model on one's own machine: this zero is known, not missing. */
export const zeroRates: Rates = { inputFresh: zero, outputText: zero };

export function toModelEntry(form: ModelForm, owner: ModelOwner): ModelEntry {
  const rates = form.price_usd_per_mtok ? toRates(form.price_usd_per_mtok) : owner.isLocal ? zeroRates : null;
  return {
    provider: owner.provider,
    model: form.id,
    isLocal: owner.isLocal,
    regions: owner.regions,
    contextTokens: form.context_tokens ?? null,
    outputTokensMax: form.max_output_tokens ?? null,
    rates,
    tiers: form.tiers.map(toTier).toSorted((a, b) => a.inputTokens - b.inputTokens),
    cache: form.cache ? { prefixTokensMin: form.cache.min_prefix_tokens, ttlMs: form.cache.ttl_ms } : null,
    capabilities: form.capabilities,
    quality: form.quality ?? null,
    ...(form.retires_on !== undefined && { retiresOn: form.retires_on }),
    sources: owner.sources,
  };
}

function toTier(form: z.infer<typeof tier>): PriceTier {
  return {
    inputTokens: form.above_input_tokens ?? form.from_input_tokens ?? 0,
    isInclusive: form.from_input_tokens !== undefined,
    rates: toRates(form.price_usd_per_mtok),
  };
}

function toRates(form: z.infer<typeof prices>): Rates {
  return {
    inputFresh: form.input,
    outputText: form.output,
    ...(form.input_cache_read !== undefined && { inputCacheRead: form.input_cache_read }),
    ...(form.input_cache_write !== undefined && { inputCacheWrite: form.input_cache_write }),
    ...(form.output_reasoning !== undefined && { outputReasoning: form.output_reasoning }),
  };
}

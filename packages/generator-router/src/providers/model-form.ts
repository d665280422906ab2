import type { CacheRules, ModelEntry, NanoUsdPerMTok, PriceSource, Rates } from "@larder/contracts";
import { z } from "zod";
import { furtherPricesForm, pricesForm, tiersForm, toCard, toFurtherPrices, usdPerMTok } from "./price-form.ts";

const tokens = z.int().positive();
const isoDate = z.iso.date();

/** One model as the providers file and the catalog write it. */
export const modelForm = z.strictObject({
  id: z.string().min(1).max(200),
  context_tokens: tokens.nullish(),
  max_output_tokens: tokens.nullish(),
  /** Absent or null: unknown, and then never chosen. */
  price_usd_per_mtok: pricesForm.nullish(),
  tiers: tiersForm,
  ...furtherPricesForm,
  cache: z
    .strictObject({
      min_prefix_tokens: tokens,
      ttl_ms: tokens,
      /** false: the time runs from the write. Absent: each use begins it anew. */
      renewed_by_use: z.boolean().optional(),
      /** Of an explicit cache that is billed for being kept. */
      storage_usd_per_mtok_hour: usdPerMTok.optional(),
    })
    .nullish(),
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
export const zeroRates: Rates = { inputFresh: zero, outputText: zero, inputAudio: zero, outputAudio: zero };

export function toModelEntry(form: ModelForm, owner: ModelOwner): ModelEntry {
  const prices = form.price_usd_per_mtok;
  const card = prices ? toCard(prices, form.tiers) : undefined;
  return {
    provider: owner.provider,
    model: form.id,
    isLocal: owner.isLocal,
    regions: owner.regions,
    contextTokens: form.context_tokens ?? null,
    outputTokensMax: form.max_output_tokens ?? null,
    rates: card?.rates ?? (owner.isLocal ? zeroRates : null),
    tiers: card?.tiers ?? [],
    ...toFurtherPrices(form),
    cache: form.cache ? toCacheRules(form.cache) : null,
    capabilities: form.capabilities,
    quality: form.quality ?? null,
    ...(form.retires_on !== undefined && { retiresOn: form.retires_on }),
    sources: owner.sources,
  };
}

function toCacheRules(form: NonNullable<ModelForm["cache"]>): CacheRules {
  const { renewed_by_use: isRenewedByUse, storage_usd_per_mtok_hour: storagePerMTokHour } = form;
  return {
    prefixTokensMin: form.min_prefix_tokens,
    ttlMs: form.ttl_ms,
    ...(isRenewedByUse !== undefined && { isRenewedByUse }),
    ...(storagePerMTokHour !== undefined && { storagePerMTokHour }),
  };
}

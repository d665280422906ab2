import { z } from "@hono/zod-openapi";
import type { ModelEntry, ModelListing, PriceFinding, PriceTier, Rates } from "@larder/contracts";
import { formatUsdPerMTok } from "@larder/contracts";

const rateText = z.string().openapi({ example: "0.4" });

const ratesBody = z
  .object({
    input: rateText,
    input_cache_read: rateText.nullable(),
    input_cache_write: rateText.nullable(),
    input_cache_write_long: rateText.nullable(),
    input_audio: rateText.nullable(),
    input_image: rateText.nullable(),
    output: rateText,
    output_reasoning: rateText.nullable(),
    output_audio: rateText.nullable(),
  })
  .openapi("Rates", { description: "Dollars per million tokens, as decimal text. Null: not stated by the source." });

export const priceBody = z
  .object({
    provider: z.string(),
    model: z.string(),
    price_usd_per_mtok: ratesBody.nullable().describe("Null when unknown; such a model is never chosen."),
    tiers: z.array(z.object({ input_tokens: z.int(), inclusive: z.boolean(), price_usd_per_mtok: ratesBody })),
    sources: z.array(z.object({ name: z.string(), url: z.string().nullable(), as_of: z.string() })),
    findings: z.array(z.object({ code: z.string(), message: z.string() })),
  })
  .openapi("Price");

export const modelBody = priceBody
  .extend({
    id: z.string().describe("`provider/model`, as a chat completion takes it."),
    object: z.literal("model"),
    created: z.int().describe("Always 0: no source tells it."),
    owned_by: z.string(),
    configured: z.boolean().describe("Credentials are there, or none are needed."),
    local: z.boolean(),
    regions: z.array(z.string()),
    context_tokens: z.int().nullable(),
    max_output_tokens: z.int().nullable(),
    cache: z.object({ prefix_tokens_min: z.int(), ttl_ms: z.int() }).nullable(),
    capabilities: z.array(z.string()),
    quality: z.number().nullable(),
    retires_on: z.string().nullable(),
  })
  .openapi("Model");

function toRatesBody(rates: Rates): z.infer<typeof ratesBody> {
  const orNull = (rate: Rates["inputCacheRead"]) => (rate === undefined ? null : formatUsdPerMTok(rate));
  return {
    input: formatUsdPerMTok(rates.inputFresh),
    input_cache_read: orNull(rates.inputCacheRead),
    input_cache_write: orNull(rates.inputCacheWrite),
    input_cache_write_long: orNull(rates.inputCacheWriteLong),
    input_audio: orNull(rates.inputAudio),
    input_image: orNull(rates.inputImage),
    output: formatUsdPerMTok(rates.outputText),
    output_reasoning: orNull(rates.outputReasoning),
    output_audio: orNull(rates.outputAudio),
  };
}

function toTierBody({ inputTokens, isInclusive, rates }: PriceTier) {
  return { input_tokens: inputTokens, inclusive: isInclusive, price_usd_per_mtok: toRatesBody(rates) };
}

export function toPriceBody(entry: ModelEntry, findings: readonly PriceFinding[]): z.infer<typeof priceBody> {
  return {
    provider: entry.provider,
    model: entry.model,
    price_usd_per_mtok: entry.rates === null ? null : toRatesBody(entry.rates),
    tiers: entry.tiers.map(toTierBody),
    sources: entry.sources.map(({ name, url, asOf }) => ({ name, url: url ?? null, as_of: asOf })),
    findings: findings
      .filter(({ provider, model }) => provider === entry.provider && model === entry.model)
      .map(({ code, message }) => ({ code, message })),
  };
}

export function toModelBody(listing: ModelListing, findings: readonly PriceFinding[]): z.infer<typeof modelBody> {
  const { cache } = listing;
  return {
    ...toPriceBody(listing, findings),
    id: `${listing.provider}/${listing.model}`,
    object: "model",
    created: 0,
    owned_by: listing.provider,
    configured: listing.isConfigured,
    local: listing.isLocal,
    regions: [...listing.regions],
    context_tokens: listing.contextTokens,
    max_output_tokens: listing.outputTokensMax,
    cache: cache === null ? null : { prefix_tokens_min: cache.prefixTokensMin, ttl_ms: cache.ttlMs },
    capabilities: [...listing.capabilities],
    quality: listing.quality,
    retires_on: listing.retiresOn ?? null,
  };
}

import { z } from "@hono/zod-openapi";
import type { ModelEntry, ModelListing, OffPeak, PriceFinding, PriceTier, Rates } from "@larder/contracts";
import { formatUsd, formatUsdPerMTok } from "@larder/contracts";

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

const tiersBody = z.array(z.object({ input_tokens: z.int(), inclusive: z.boolean(), price_usd_per_mtok: ratesBody }));
const cardBody = z.object({ price_usd_per_mtok: ratesBody, tiers: tiersBody }).openapi("RateCard");

export const priceBody = z
  .object({
    provider: z.string(),
    model: z.string(),
    price_usd_per_mtok: ratesBody.nullable().describe("Null when unknown; such a model is never chosen."),
    tiers: tiersBody,
    lanes: z
      .record(z.string(), cardBody)
      .describe("Rates of batch, flex and priority, where known; a lane that is not there costs the standard rates."),
    region_multipliers: z.record(z.string(), z.string()).describe("Ratio on every token rate, by region: `11/10`."),
    off_peak: z
      .object({
        windows: z.array(
          z.object({ start_minute: z.int(), end_minute: z.int(), weekdays: z.array(z.int()).nullable() }),
        ),
        price_usd_per_mtok: z.record(z.string(), rateText),
      })
      .nullable()
      .describe("Minutes of the UTC day, end exclusive; weekdays from 0, Sunday. What is not priced stays."),
    fees_usd: z.object({ request: z.string().nullable(), search: z.string().nullable() }),
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
    quantization: z.string().nullable().describe("Of a local model, where its server tells it."),
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

function toLaneBodies({ cards = {} }: ModelEntry) {
  return Object.fromEntries(
    Object.entries(cards).map(([lane, { rates, tiers }]) => [
      lane,
      { price_usd_per_mtok: toRatesBody(rates), tiers: tiers.map(toTierBody) },
    ]),
  );
}

function toOffPeakBody(offPeak: OffPeak) {
  const rates = Object.entries(offPeak.rates).filter(([, rate]) => rate !== undefined);
  return {
    windows: offPeak.windows.map(({ startMinute, endMinute, weekdays }) => ({
      start_minute: startMinute,
      end_minute: endMinute,
      weekdays: weekdays === undefined ? null : [...weekdays],
    })),
    price_usd_per_mtok: Object.fromEntries(rates.map(([bucket, rate]) => [bucketName(bucket), formatUsdPerMTok(rate)])),
  };
}

/** `inputCacheRead` is `input_cache_read`; the plain rates are `input` and `output`, as in the standard prices. */
const bucketName = (bucket: string) =>
  bucket === "inputFresh"
    ? "input"
    : bucket === "outputText"
      ? "output"
      : bucket.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export function toPriceBody(entry: ModelEntry, findings: readonly PriceFinding[]): z.infer<typeof priceBody> {
  return {
    provider: entry.provider,
    model: entry.model,
    price_usd_per_mtok: entry.rates === null ? null : toRatesBody(entry.rates),
    tiers: entry.tiers.map(toTierBody),
    lanes: toLaneBodies(entry),
    region_multipliers: Object.fromEntries(
      (entry.regionMultipliers ?? []).map(({ region, numerator, denominator }) => [
        region,
        `${numerator}/${denominator}`,
      ]),
    ),
    off_peak: entry.offPeak === undefined ? null : toOffPeakBody(entry.offPeak),
    fees_usd: {
      request: entry.fees?.request === undefined ? null : formatUsd(entry.fees.request),
      search: entry.fees?.search === undefined ? null : formatUsd(entry.fees.search),
    },
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
    quantization: listing.quantization ?? null,
    capabilities: [...listing.capabilities],
    quality: listing.quality,
    retires_on: listing.retiresOn ?? null,
  };
}

import type {
  ModelEntry,
  NanoUsd,
  NanoUsdPerMTok,
  OffPeakWindow,
  PriceTier,
  RateCard,
  Rates,
  RegionMultiplier,
} from "@larder/contracts";
import { parseUsd, parseUsdPerMTok } from "@larder/contracts";
import { z } from "zod";

const decimal = /^\d+(\.\d+)?$/;
const tokens = z.int().positive();
/** Decimal text: JSON numbers cannot say 0.1. The pattern is narrower than what the transforms parse. */
export const usdPerMTok = z
  .string()
  .regex(decimal, 'expected dollars per million tokens as decimal text, such as "0.10"')
  .transform((text) => parseUsdPerMTok(text) as NanoUsdPerMTok);
const usd = z
  .string()
  .regex(decimal, 'expected dollars as decimal text, such as "0.01"')
  .transform((text) => parseUsd(text) as NanoUsd);

const optionalPrices = {
  input_cache_read: usdPerMTok.optional(),
  /** Kept for five minutes, or for the provider's only time. */
  input_cache_write: usdPerMTok.optional(),
  /** Kept for an hour. */
  input_cache_write_long: usdPerMTok.optional(),
  input_audio: usdPerMTok.optional(),
  input_image: usdPerMTok.optional(),
  output_reasoning: usdPerMTok.optional(),
  output_audio: usdPerMTok.optional(),
};
export const pricesForm = z.strictObject({ input: usdPerMTok, output: usdPerMTok, ...optionalPrices });
/** A tier that leaves its output out keeps the base's: it is never free. */
const tierPricesForm = z.strictObject({ input: usdPerMTok, output: usdPerMTok.optional(), ...optionalPrices });
const partialPricesForm = z.strictObject({
  input: usdPerMTok.optional(),
  output: usdPerMTok.optional(),
  ...optionalPrices,
});

const tierForm = z
  .strictObject({
    above_input_tokens: tokens.optional(),
    from_input_tokens: tokens.optional(),
    price_usd_per_mtok: tierPricesForm,
  })
  .refine((each) => (each.above_input_tokens === undefined) !== (each.from_input_tokens === undefined), {
    message: "expected one of above_input_tokens and from_input_tokens",
  });
export const tiersForm = z.array(tierForm).default([]);
const cardForm = z.strictObject({ price_usd_per_mtok: pricesForm, tiers: tiersForm });

const hour = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'expected an hour of UTC, such as "16:30"');
const windowForm = z.strictObject({
  from: hour,
  to: hour,
  /** UTC, 0 is Sunday. */
  weekdays: z.array(z.int().min(0).max(6)).min(1).optional(),
});

/** Prices besides the standard card's, as the catalog, the providers file and an override file write them. */
export const furtherPricesForm = {
  batch: cardForm.optional(),
  flex: cardForm.optional(),
  priority: cardForm.optional(),
  /** By region: what every token price is multiplied by there, as decimal text. */
  region_multipliers: z
    .record(z.string().min(1), z.string().regex(/^(?!0+(\.0+)?$)\d{1,3}(\.\d{1,6})?$/, 'expected text such as "1.1"'))
    .optional(),
  off_peak: z.strictObject({ windows: z.array(windowForm).min(1), price_usd_per_mtok: partialPricesForm }).optional(),
  fees_usd: z.strictObject({ request: usd.optional(), search: usd.optional() }).optional(),
};
const furtherPrices = z.object(furtherPricesForm);

export function toCard(prices: z.infer<typeof pricesForm>, tiers: z.infer<typeof tiersForm>): RateCard {
  const rates = toRates(prices);
  return {
    rates,
    tiers: tiers
      .map(
        (form): PriceTier => ({
          inputTokens: form.above_input_tokens ?? form.from_input_tokens ?? 0,
          isInclusive: form.from_input_tokens !== undefined,
          rates: toRates({ ...form.price_usd_per_mtok, output: form.price_usd_per_mtok.output ?? prices.output }),
        }),
      )
      .toSorted((a, b) => a.inputTokens - b.inputTokens),
  };
}

type FurtherPrices = Pick<ModelEntry, "cards" | "regionMultipliers" | "offPeak" | "fees">;

export function toFurtherPrices(form: z.infer<typeof furtherPrices>): FurtherPrices {
  const lanes = (["batch", "flex", "priority"] as const).flatMap((lane) => {
    const card = form[lane];
    return card === undefined ? [] : [[lane, toCard(card.price_usd_per_mtok, card.tiers)]];
  });
  const { region_multipliers: regions, off_peak: offPeak, fees_usd: fees } = form;
  return {
    ...(lanes.length > 0 && { cards: Object.fromEntries(lanes) }),
    ...(regions && { regionMultipliers: Object.entries(regions).map(([region, text]) => toMultiplier(region, text)) }),
    ...(offPeak && {
      offPeak: { windows: offPeak.windows.map(toWindow), rates: toPartialRates(offPeak.price_usd_per_mtok) },
    }),
    ...(fees && {
      fees: {
        ...(fees.request !== undefined && { request: fees.request }),
        ...(fees.search !== undefined && { search: fees.search }),
      },
    }),
  };
}

/** `1.1` is 11 / 10: no double stands between the text and the sum. */
function toMultiplier(region: string, text: string): RegionMultiplier {
  const [whole = "0", fraction = ""] = text.split(".");
  return { region, numerator: Number(whole + fraction), denominator: 10 ** fraction.length };
}

function toWindow({ from, to, weekdays }: z.infer<typeof windowForm>): OffPeakWindow {
  const minute = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return { startMinute: minute(from), endMinute: minute(to), ...(weekdays && { weekdays }) };
}

function toRates(form: z.infer<typeof pricesForm>): Rates {
  return { ...toPartialRates(form), inputFresh: form.input, outputText: form.output };
}

const rateNames = {
  inputFresh: "input",
  inputCacheRead: "input_cache_read",
  inputCacheWrite: "input_cache_write",
  inputCacheWriteLong: "input_cache_write_long",
  inputAudio: "input_audio",
  inputImage: "input_image",
  outputText: "output",
  outputReasoning: "output_reasoning",
  outputAudio: "output_audio",
} as const satisfies Record<keyof Rates, keyof z.infer<typeof partialPricesForm>>;

function toPartialRates(form: z.infer<typeof partialPricesForm>): Partial<Rates> {
  return Object.fromEntries(
    Object.entries(rateNames).flatMap(([bucket, name]) => (form[name] === undefined ? [] : [[bucket, form[name]]])),
  );
}
